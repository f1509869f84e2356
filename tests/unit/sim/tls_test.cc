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
