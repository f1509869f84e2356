#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct ssl_ctx_st;

namespace hpe3par::sim {

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

  /// TLS 1.2 and later.
  ssl_ctx_st* context() const { return context_; }

 private:
  ssl_ctx_st* context_ = nullptr;
};

}  // namespace hpe3par::sim
