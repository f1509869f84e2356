#include "curl_failure.h"

#include <cstring>

namespace hpe3par::wsapi {

namespace {

using Kind = TransportFailure::Kind;

std::string pin_hint(const TlsWitness& witness) {
  if (witness.pin.empty()) return "";
  return "; if that is the right array, trust its key with hpe3par_tls_pin = " + witness.pin;
}

std::string tls_text(const CurlFailure& failure, const TlsWitness& witness) {
  const std::string who = "cannot trust " + failure.authority + ": ";
  if (failure.code == CURLE_SSL_PINNEDPUBKEYNOTMATCH) {
    const std::string seen = witness.pin.empty() ? "" : "; the key seen is " + witness.pin;
    return who + "its key is not the one that hpe3par_tls_pin names" + seen;
  }
  if (failure.code == CURLE_SSL_CACERT_BADFILE) return "cannot read the CA file: " + failure.text;
  if (!witness.problem.empty()) return who + "its certificate is not accepted: " + witness.problem + pin_hint(witness);
  if (failure.code == CURLE_PEER_FAILED_VERIFICATION) {
    return who + "its certificate is for another name: " + failure.text + pin_hint(witness);
  }
  return "no TLS connection with " + failure.authority + ": " + failure.text;
}

std::string words(const CurlFailure& failure) {
  if (!failure.text.empty()) return failure.text;
  return curl_easy_strerror(failure.code);
}

TransportFailure connect_failure(const CurlFailure& failure) {
  const std::string reason = failure.os_error != 0 ? std::strerror(failure.os_error) : words(failure);
  return {Kind::connect, false, "cannot connect to " + failure.authority + ": " + reason};
}

TransportFailure silence(const CurlFailure& failure) {
  const std::string what =
      failure.connected ? " accepts connections, but does not answer as a TLS server" : " does not answer";
  return {Kind::connect, false, "cannot connect to " + failure.authority + ": it" + what};
}

}  // namespace

TransportFailure explain(const CurlFailure& failure, const TlsWitness& witness) {
  switch (failure.code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Kind::connect, false, "the name in " + failure.authority + " cannot be resolved"};
    case CURLE_COULDNT_CONNECT: return connect_failure(failure);
    case CURLE_OPERATION_TIMEDOUT:
      if (!failure.sent) return silence(failure);
      return {Kind::lost, true, words(failure)};
    case CURLE_SSL_CONNECT_ERROR:
      // Also what a server that closes during the handshake looks like: not a matter of trust.
      if (witness.problem.empty() && !failure.sent) return {Kind::connect, false, tls_text(failure, witness)};
      return {Kind::tls, false, tls_text(failure, witness)};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER: return {Kind::tls, false, tls_text(failure, witness)};
    default:
      if (!failure.sent) return connect_failure(failure);
      return {Kind::lost, true, "the connection broke before the answer was complete: " + words(failure)};
  }
}

}  // namespace hpe3par::wsapi
