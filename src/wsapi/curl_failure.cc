#include "curl_failure.h"

#include <openssl/x509_vfy.h>

#include <cstring>

#include "masking.h"

namespace hpe3par::wsapi {

namespace {

using Kind = TransportFailure::Kind;

constexpr std::size_t kForeign = 200;  // bytes of what somebody else says; our own words and the pin stay whole

std::string words(const CurlFailure& failure) {
  return one_line(failure.text.empty() ? curl_easy_strerror(failure.code) : failure.text, kForeign);
}

// At the end of the sentence, so that it can be copied.
std::string pin_hint(const CurlFailure& failure, const TlsWitness& witness) {
  if (witness.pin.empty()) return "";
  return std::string(", or if that is the right array, trust its key") +
         (failure.ca_file.empty() ? "" : " instead of hpe3par_ca_file") + " with hpe3par_tls_pin = " + witness.pin;
}

std::string wrong_pin(const TlsWitness& witness) {
  std::string begin = "its key is not the one that hpe3par_tls_pin names";
  if (witness.pin.empty()) return begin;
  return begin + "; the key seen is " + witness.pin +
         "; set hpe3par_tls_pin to that if the array was given a new key, else somebody answers in its place";
}

std::string wrong_certificate(const CurlFailure& failure, const TlsWitness& witness) {
  switch (witness.code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "its certificate has expired, by the clock of this host; renew it on the array";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate is not valid yet, by the clock of this host; set the clock that is wrong";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "it shows a self-signed certificate, which no authority vouches for; name a file with that certificate "
             "with hpe3par_ca_file";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "its certificate is from an authority that is not known to " +
             (failure.ca_file.empty() ? "this host" : failure.ca_file) +
             "; name a file with the certificate of that authority with hpe3par_ca_file";
    default: return "its certificate is not accepted: " + witness.problem + "; give the array another one";
  }
}

std::string unusable_ca_file(const CurlFailure& failure) {
  if (failure.ca_file.empty())
    return "the certificates of this system's authorities cannot be read; install them (package ca-certificates), or "
           "name a file with hpe3par_ca_file";
  return "cannot read the CA file " + failure.ca_file + " that hpe3par_ca_file names: " + failure.ca_problem +
         "; put the certificate of the array's authority there";
}

std::string tls_text(const CurlFailure& failure, const TlsWitness& witness) {
  const std::string who = "cannot trust " + failure.authority + ": ";
  if (failure.code == CURLE_SSL_PINNEDPUBKEYNOTMATCH) return who + wrong_pin(witness);
  if (failure.code == CURLE_SSL_CACERT_BADFILE) return unusable_ca_file(failure);
  if (!witness.problem.empty()) return who + wrong_certificate(failure, witness) + pin_hint(failure, witness);
  if (failure.code == CURLE_PEER_FAILED_VERIFICATION) {
    return who + "its certificate is for another name (" +
           one_line(witness.names.empty() ? failure.text : witness.names, kForeign) +
           "); write the right name into hpe3par_api_url" + pin_hint(failure, witness);
  }
  return "no TLS connection with " + failure.authority + ": " + words(failure);
}

// What OpenSSL says when the two have no version in common, as seen from either side.
bool is_old_tls(const std::string& text) {
  return text.find("unsupported protocol") != std::string::npos || text.find("protocol version") != std::string::npos;
}

bool is_no_tls(const std::string& text) {
  return text.find("wrong version number") != std::string::npos ||
         text.find("packet length too long") != std::string::npos;
}

TransportFailure handshake_failure(const CurlFailure& failure, const TlsWitness& witness) {
  if (!witness.problem.empty() || failure.sent) return {Kind::tls, false, tls_text(failure, witness)};
  if (is_old_tls(failure.text))
    return {Kind::tls, false,
            "cannot trust " + failure.authority +
                ": it has no TLS 1.2 or later, and older versions are not safe; allow TLS 1.2 on the array"};
  if (is_no_tls(failure.text))
    return {Kind::tls, false,
            failure.authority +
                " does not speak TLS; look whether the port in hpe3par_api_url is right, or write http:// there if the "
                "array is to be asked without TLS"};
  // Also what a server that closes during the handshake looks like: not a matter of trust.
  return {Kind::connect, false, tls_text(failure, witness)};
}

TransportFailure connect_failure(const CurlFailure& failure) {
  const std::string reason = failure.os_error != 0 ? std::strerror(failure.os_error) : words(failure);
  return {Kind::connect, false, "cannot connect to " + failure.authority + ": " + reason};
}

TransportFailure silence(const CurlFailure& failure) {
  const std::string what =
      failure.connected ? " accepts connections, but does not answer as a TLS server; it hangs, or its port speaks "
                          "plain HTTP (then write http:// in hpe3par_api_url)"
                        : " does not answer";
  return {Kind::connect, false, "cannot connect to " + failure.authority + ": it" + what};
}

// What a TLS server does with plain HTTP: it closes, resets, or says something that is no HTTP.
TransportFailure broken(const CurlFailure& failure) {
  std::string text = "the connection broke before the answer was complete: " + words(failure);
  if (failure.plain && !failure.answered) text += "; if the array speaks TLS there, write https:// in hpe3par_api_url";
  return {Kind::lost, true, text};
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
    case CURLE_SSL_CONNECT_ERROR: return handshake_failure(failure, witness);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER: return {Kind::tls, false, tls_text(failure, witness)};
    default:
      if (!failure.sent) return connect_failure(failure);
      return broken(failure);
  }
}

}  // namespace hpe3par::wsapi
