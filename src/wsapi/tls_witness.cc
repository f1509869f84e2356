#include "tls_witness.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <array>
#include <memory>
#include <vector>

namespace hpe3par::wsapi {

namespace {

int context_slot() {
  static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

std::string pin_of(X509* certificate) {
  X509_PUBKEY* key = X509_get_X509_PUBKEY(certificate);
  const int size = i2d_X509_PUBKEY(key, nullptr);
  if (size <= 0) return "";
  std::vector<unsigned char> der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  i2d_X509_PUBKEY(key, &out);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der.data(), der.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return "sha256//" + std::string(text.begin(), text.begin() + length);
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string text_of(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return text_of(name->d.dNSName);
  if (name->type != GEN_IPADD) return "";
  const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* address = inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text.data(), text.size());
  return address == nullptr ? "" : address;
}

std::string names_of(X509* certificate) {
  constexpr std::size_t kEnough = 200;
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      GENERAL_NAMES_free);
  std::string names;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()) && names.size() < kEnough; ++i) {
    const std::string name = text_of(sk_GENERAL_NAME_value(all.get(), i));
    if (!name.empty()) names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

TlsWitness* witness_of(const SSL* ssl) {
  return static_cast<TlsWitness*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), context_slot()));
}

void note_certificate(X509* certificate, TlsWitness& witness) {
  if (certificate == nullptr || !witness.pin.empty()) return;
  witness.pin = pin_of(certificate);
  witness.names = names_of(certificate);
}

// A resumed session shows no certificate, but remembers it; libcurl compares names and pins with that, too.
void see_progress(const SSL* ssl, int event, int) {
  TlsWitness* witness = witness_of(ssl);
  if (witness != nullptr && (event & SSL_CB_HANDSHAKE_DONE) != 0)
    note_certificate(SSL_get0_peer_certificate(ssl), *witness);
}

int see_certificate(int accepted, X509_STORE_CTX* chain) {
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsWitness* witness = witness_of(ssl);
  if (witness == nullptr) return accepted;
  note_certificate(X509_STORE_CTX_get0_cert(chain), *witness);
  if (accepted == 0 && witness->problem.empty()) {
    witness->code = X509_STORE_CTX_get_error(chain);
    witness->problem = X509_verify_cert_error_string(witness->code);
  }
  return accepted;
}

}  // namespace

void observe_tls(void* ssl_context, TlsWitness& witness) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  SSL_CTX_set_ex_data(context, context_slot(), &witness);
  SSL_CTX_set_info_callback(context, see_progress);
  SSL_CTX_set_verify(context, SSL_CTX_get_verify_mode(context), see_certificate);
}

}  // namespace hpe3par::wsapi
