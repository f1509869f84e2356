#pragma once

#include <string>

namespace hpe3par::wsapi {

/// What the server showed during one TLS handshake, kept for the sentence that explains why it was not believed.
struct TlsWitness {
  std::string pin;      ///< sha256//… of the server's key; empty if no certificate came
  std::string names;    ///< what its certificate is for: "a.example, 10.0.0.1"
  std::string problem;  ///< why the chain was not accepted, in OpenSSL's words; empty if it was
  int code = 0;         ///< the same as X509_V_ERR_
};

/// Makes the OpenSSL context of a curl handle (CURLOPT_SSL_CTX_FUNCTION) report to `witness`, which must outlive it.
void observe_tls(void* ssl_context, TlsWitness& witness);

}  // namespace hpe3par::wsapi
