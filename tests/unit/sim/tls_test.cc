#include "tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "fixture.h"

namespace hpe3par::sim {
namespace {

std::string content(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(TlsIdentity, IsVerifiedByItsOwnAuthorityForItsHosts) {
  const TemporaryDirectory directory;
  const TlsIdentity identity(directory.path(), {"array.example", "10.0.0.7"});
  SSL_CTX* client = SSL_CTX_new(TLS_client_method());
  ASSERT_EQ(SSL_CTX_load_verify_locations(client, (directory.path() / "ca.pem").c_str(), nullptr), 1);
  X509_STORE_CTX* check = X509_STORE_CTX_new();
  X509* certificate = SSL_CTX_get0_certificate(identity.context().get());
  X509_STORE_CTX_init(check, SSL_CTX_get_cert_store(client), certificate, nullptr);
  EXPECT_EQ(X509_verify_cert(check), 1);
  EXPECT_EQ(X509_check_host(certificate, "array.example", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "10.0.0.7", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate, "10.0.0.8", 0), 0);
  X509_STORE_CTX_free(check);
  SSL_CTX_free(client);
}

TEST(TlsIdentity, PlaysEveryKindOfBadCertificate) {
  const TemporaryDirectory directory;
  const TlsIdentity identity(directory.path(), {});
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> client(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  ASSERT_EQ(SSL_CTX_load_verify_locations(client.get(), (directory.path() / "ca.pem").c_str(), nullptr), 1);
  const auto verdict_on = [&](X509* certificate) {
    const std::unique_ptr<X509_STORE_CTX, void (*)(X509_STORE_CTX*)> check(X509_STORE_CTX_new(), X509_STORE_CTX_free);
    X509_STORE_CTX_init(check.get(), SSL_CTX_get_cert_store(client.get()), certificate, nullptr);
    X509_verify_cert(check.get());
    return X509_STORE_CTX_get_error(check.get());
  };
  struct Row {
    CertificateKind kind;
    int verdict;
    bool right_name;
    bool same_key;
  };
  EVP_PKEY* usual = X509_get0_pubkey(SSL_CTX_get0_certificate(identity.context().get()));
  for (const Row& row :
       {Row{CertificateKind::good, X509_V_OK, true, true}, Row{CertificateKind::wrong_name, X509_V_OK, false, true},
        Row{CertificateKind::expired, X509_V_ERR_CERT_HAS_EXPIRED, true, true},
        Row{CertificateKind::self_signed, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, true, true},
        Row{CertificateKind::other_key, X509_V_OK, true, false}}) {
    const auto context = identity.make_context({row.kind, false});
    X509* certificate = SSL_CTX_get0_certificate(context.get());
    EXPECT_EQ(verdict_on(certificate), row.verdict) << static_cast<int>(row.kind);
    EXPECT_EQ(X509_check_ip_asc(certificate, "127.0.0.1", 0) == 1, row.right_name) << static_cast<int>(row.kind);
    EXPECT_EQ(EVP_PKEY_eq(X509_get0_pubkey(certificate), usual) == 1, row.same_key) << static_cast<int>(row.kind);
  }
}

TEST(TlsIdentity, KeepsItsKeysPrivateAndAcrossRestarts) {
  const TemporaryDirectory directory;
  { const TlsIdentity first(directory.path(), {}); }
  const std::string key = content(directory.path() / "server.key");
  { const TlsIdentity second(directory.path(), {}); }
  EXPECT_EQ(content(directory.path() / "server.key"), key);
  struct stat status {};
  ASSERT_EQ(::stat((directory.path() / "ca.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

}  // namespace
}  // namespace hpe3par::sim
