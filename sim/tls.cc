#include "tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <set>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"

namespace hpe3par::sim {
namespace {

namespace fs = std::filesystem;

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;
using Context = std::shared_ptr<SSL_CTX>;

constexpr long kValidSeconds = 10L * 365 * 24 * 3600;

template <typename T>
T require(T result, const char* what) {
  if (!result) throw Error(ErrorKind::internal, std::string("TLS: ") + what + " failed");
  return result;
}

File open_for_writing(const fs::path& path, mode_t mode) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd) throw Error(ErrorKind::internal, "cannot write " + path.string());
  return File(require(::fdopen(fd.release(), "w"), "fdopen"));
}

Key load_or_make_key(const fs::path& path) {
  if (const File file{std::fopen(path.c_str(), "r")}) {
    if (Key key{PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr)}) return key;
  }
  Key key(require(EVP_EC_gen("P-256"), "making a key"));
  const File file = open_for_writing(path, 0600);
  require(PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr), "writing a key");
  return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
      require(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), "making an extension"));
  require(X509_add_ext(certificate, extension.get(), -1), "adding an extension");
}

Certificate make_certificate(const char* common_name, EVP_PKEY* key, long valid_seconds = kValidSeconds) {
  Certificate certificate(require(X509_new(), "making a certificate"));
  X509* raw = certificate.get();
  X509_set_version(raw, X509_VERSION_3);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial >> 1U);
  X509_gmtime_adj(X509_getm_notBefore(raw), -kValidSeconds);  // whatever the client's clock says
  X509_gmtime_adj(X509_getm_notAfter(raw), valid_seconds);
  X509_set_pubkey(raw, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  return certificate;
}

Certificate make_authority(EVP_PKEY* key) {
  Certificate authority = make_certificate("wsapi-sim authority", key);
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(authority.get(), key, EVP_sha256()), "signing");
  return authority;
}

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return ::inet_pton(AF_INET, host.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::set<std::string> all(hosts.begin(), hosts.end());
  all.insert({"localhost", "127.0.0.1", "::1"});
  std::string names;
  for (const std::string& host : all)
    names.append(names.empty() ? "" : ",").append(is_address(host) ? "IP:" : "DNS:").append(host);
  return names;
}

struct Order {
  EVP_PKEY* key;
  X509* issuer;  ///< null: by itself
  EVP_PKEY* issuer_key;
  std::string names;
  long valid_seconds = kValidSeconds;
};

Certificate make_server_certificate(const Order& order) {
  Certificate certificate = make_certificate("wsapi-sim", order.key, order.valid_seconds);
  X509* issuer = order.issuer != nullptr ? order.issuer : certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  add_extension(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), issuer, NID_ext_key_usage, "serverAuth");
  if (order.issuer != nullptr) add_extension(certificate.get(), issuer, NID_authority_key_identifier, "keyid");
  add_extension(certificate.get(), issuer, NID_subject_alt_name, order.names);
  require(X509_sign(certificate.get(), order.issuer_key, EVP_sha256()), "signing");
  return certificate;
}

Context make_context_with(X509* certificate, EVP_PKEY* key, X509* authority, bool old_tls) {
  Context context(require(SSL_CTX_new(TLS_server_method()), "making a context"), SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), old_tls ? TLS1_VERSION : TLS1_2_VERSION);
  if (old_tls) {
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
    SSL_CTX_set_security_level(context.get(), 0);  // the others do not allow its signatures
  }
  require(SSL_CTX_use_certificate(context.get(), certificate), "using the certificate");
  require(SSL_CTX_use_PrivateKey(context.get(), key), "using the key");
  if (authority != nullptr) require(SSL_CTX_add1_chain_cert(context.get(), authority), "adding the authority");
  return context;
}

}  // namespace

struct TlsIdentity::Keys {
  Key authority_key;
  Key server_key;
  Certificate authority;
};

TlsIdentity::TlsIdentity(const fs::path& directory, const std::vector<std::string>& hosts) : hosts_(hosts) {
  keys_ = std::make_unique<Keys>();
  keys_->authority_key = load_or_make_key(directory / "ca.key");
  keys_->server_key = load_or_make_key(directory / "server.key");
  keys_->authority = make_authority(keys_->authority_key.get());
  const File file = open_for_writing(directory / "ca.pem", 0644);
  require(PEM_write_X509(file.get(), keys_->authority.get()), "writing ca.pem");
  context_ = make_context({});
}

TlsIdentity::~TlsIdentity() = default;

std::shared_ptr<ssl_ctx_st> TlsIdentity::make_context(const TlsPlay& play) const {
  constexpr long kYesterday = -24L * 3600;
  Key new_key;
  Order order{keys_->server_key.get(), keys_->authority.get(), keys_->authority_key.get(), alternative_names(hosts_)};
  switch (play.certificate) {
    case CertificateKind::good: break;
    case CertificateKind::wrong_name: order.names = "DNS:elsewhere.example.com"; break;
    case CertificateKind::expired: order.valid_seconds = kYesterday; break;
    case CertificateKind::self_signed:
      order.issuer = nullptr;
      order.issuer_key = order.key;
      break;
    case CertificateKind::other_key:
      new_key.reset(require(EVP_EC_gen("P-256"), "making a key"));
      order.key = new_key.get();
      break;
  }
  const Certificate certificate = make_server_certificate(order);
  return make_context_with(certificate.get(), order.key, order.issuer, play.old_tls);
}

}  // namespace hpe3par::sim
