#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace hpe3par::sim {

/// What a test has an array play towards its clients.
enum class CertificateKind {
  good,
  wrong_name,   ///< for another host
  expired,      ///< yesterday
  self_signed,  ///< instead of issued by the authority
  other_key,    ///< good, but with a new key each time
};

struct TlsPlay {
  CertificateKind certificate = CertificateKind::good;
  bool old_tls = false;  ///< TLS 1.1 at most
};

/// The server's side of TLS: a certificate for the given hosts, issued by a self-made authority whose certificate is
/// written to <directory>/ca.pem for clients to trust.
///
/// Both keys are kept in the directory (mode 0600) and used again after a restart, so that ca.pem and pinned keys stay
/// valid; the server's certificate is new each time.
class TlsIdentity {
 public:
  /// @param hosts names and addresses; `localhost`, 127.0.0.1 and ::1 are always included
  /// @throws Error internal: OpenSSL failed, or the directory cannot be written
  TlsIdentity(const std::filesystem::path& directory, const std::vector<std::string>& hosts);
  ~TlsIdentity();
  TlsIdentity(const TlsIdentity&) = delete;
  TlsIdentity& operator=(const TlsIdentity&) = delete;

  /// A good certificate, TLS 1.2 and later.
  const std::shared_ptr<ssl_ctx_st>& context() const { return context_; }

  /// A context of its own, with its own certificate and session keys.
  /// @throws Error internal: OpenSSL failed
  std::shared_ptr<ssl_ctx_st> make_context(const TlsPlay& play) const;

 private:
  struct Keys;

  std::vector<std::string> hosts_;
  std::unique_ptr<Keys> keys_;
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace hpe3par::sim
