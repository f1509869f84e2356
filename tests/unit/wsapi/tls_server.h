#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include "tiny_server.h"

namespace hpe3par::test {

/// A server certificate, signed by itself, with a key of its own.
struct TlsIdentity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;

  /// @param seconds_valid negative: expired
  TlsIdentity(const std::string& name, long seconds_valid)
      : key(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate(X509_new(), X509_free) {
    X509* x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -7200);
    X509_gmtime_adj(X509_getm_notAfter(x), seconds_valid);
    X509_set_pubkey(x, key.get());
    X509_NAME* subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("array"), -1, -1, 0);
    X509_set_issuer_name(x, subject);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x, key.get(), EVP_sha256());
  }

  void write_pem(const std::string& path) const {
    std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "w"), std::fclose);
    PEM_write_X509(file.get(), certificate.get());
  }
};

/// Answers every request with an empty JSON object over TLS.
class TlsServer {
 public:
  explicit TlsServer(const TlsIdentity& identity)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
        server_([this](int connection) { answer(connection); }) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
  }

  std::string url() const { return "https://127.0.0.1:" + std::to_string(server_.port()); }
  int resumed() const { return resumed_; }

 private:
  void answer(int connection) {
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(ssl.get(), connection);
    if (SSL_accept(ssl.get()) != 1) return;
    if (SSL_session_reused(ssl.get()) == 1) ++resumed_;
    char buffer[4096];
    if (SSL_read(ssl.get(), buffer, sizeof(buffer)) <= 0) return;
    const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    SSL_write(ssl.get(), text.data(), static_cast<int>(text.size()));
    SSL_shutdown(ssl.get());
  }

  std::shared_ptr<SSL_CTX> context_;
  std::atomic<int> resumed_{0};
  TinyServer server_;
};

}  // namespace hpe3par::test
