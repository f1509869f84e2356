#include "curl_failure.h"

#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

namespace hpe3par::wsapi {
namespace {

using Kind = TransportFailure::Kind;

constexpr const char* kPin = "sha256//abc=";

struct Row {
  const char* claim;
  CURLcode code;
  const char* text;
  int certificate_error;
  Kind kind;
  const char* sentence;
};

const Row kRows[] = {
    {"expired", CURLE_PEER_FAILED_VERIFICATION, "", X509_V_ERR_CERT_HAS_EXPIRED, Kind::tls,
     "cannot trust array:8080: its certificate has expired, by the clock of this host; renew it on the array, or if "
     "that is the right array, trust its key with hpe3par_tls_pin = sha256//abc="},
    {"self-signed", CURLE_PEER_FAILED_VERIFICATION, "", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Kind::tls,
     "cannot trust array:8080: it shows a self-signed certificate, which no authority vouches for; name a file with "
     "that certificate with hpe3par_ca_file, or if that is the right array, trust its key with hpe3par_tls_pin = "
     "sha256//abc="},
    {"unknown authority", CURLE_PEER_FAILED_VERIFICATION, "", X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Kind::tls,
     "cannot trust array:8080: its certificate is from an authority that is not known to this host; name a file with "
     "the certificate of that authority with hpe3par_ca_file, or if that is the right array, trust its key with "
     "hpe3par_tls_pin = sha256//abc="},
    {"wrong name", CURLE_PEER_FAILED_VERIFICATION, "", X509_V_OK, Kind::tls,
     "cannot trust array:8080: its certificate is for another name (a.example); write the right name into "
     "hpe3par_api_url, or if that is the right array, trust its key with hpe3par_tls_pin = sha256//abc="},
    {"wrong pin", CURLE_SSL_PINNEDPUBKEYNOTMATCH, "", X509_V_OK, Kind::tls,
     "cannot trust array:8080: its key is not the one that hpe3par_tls_pin names; the key seen is sha256//abc=; set "
     "hpe3par_tls_pin to that if the array was given a new key, else somebody answers in its place"},
    {"old TLS, found by us", CURLE_SSL_CONNECT_ERROR, "error:0A000102:SSL routines::unsupported protocol", X509_V_OK,
     Kind::tls,
     "cannot trust array:8080: it has no TLS 1.2 or later, and older versions are not safe; allow TLS 1.2 on the "
     "array"},
    {"old TLS, found by the array", CURLE_SSL_CONNECT_ERROR,
     "error:0A00042E:SSL routines::tlsv1 alert protocol version", X509_V_OK, Kind::tls,
     "cannot trust array:8080: it has no TLS 1.2 or later, and older versions are not safe; allow TLS 1.2 on the "
     "array"},
    {"no TLS", CURLE_SSL_CONNECT_ERROR, "error:0A00010B:SSL routines::wrong version number", X509_V_OK, Kind::tls,
     "array:8080 does not speak TLS; look whether the port in hpe3par_api_url is right, or write http:// there if the "
     "array is to be asked without TLS"},
    {"closed in the middle", CURLE_SSL_CONNECT_ERROR, "unexpected eof", X509_V_OK, Kind::connect,
     "no TLS connection with array:8080: unexpected eof"},
    {"no CA file", CURLE_SSL_CACERT_BADFILE, "", X509_V_OK, Kind::tls,
     "the certificates of this system's authorities cannot be read; install them (package ca-certificates), or name a "
     "file with hpe3par_ca_file"},
};

TEST(CurlFailure, SaysWhatIsWrongAndWhatToDo) {
  for (const Row& row : kRows) {
    CurlFailure failure;
    failure.code = row.code;
    failure.text = row.text;
    failure.authority = "array:8080";
    TlsWitness witness{kPin, "a.example", row.certificate_error == X509_V_OK ? "" : "some problem",
                       row.certificate_error};
    const TransportFailure explained = explain(failure, witness);
    EXPECT_EQ(explained.text, row.sentence) << row.claim;
    EXPECT_EQ(explained.kind, row.kind) << row.claim;
    EXPECT_FALSE(explained.sent) << row.claim;
  }
}

TEST(CurlFailure, CutsWhatOthersSayAndNeverThePin) {
  CurlFailure failure;
  failure.code = CURLE_PEER_FAILED_VERIFICATION;
  failure.text = std::string(5'000, 'x');
  failure.authority = "array:8080";
  for (const std::string& names : {std::string(), std::string(5'000, 'n')}) {
    const std::string text = explain(failure, {kPin, names, "", X509_V_OK}).text;
    EXPECT_LT(text.size(), 500U);
    EXPECT_TRUE(text.ends_with("hpe3par_tls_pin = sha256//abc=")) << text;
  }
}

TEST(CurlFailure, AsksWhetherTlsWasMeantWhenPlainHttpGotNoAnswer) {
  CurlFailure failure;
  failure.sent = failure.plain = true;
  const std::string hint = "; if the array speaks TLS there, write https:// in hpe3par_api_url";
  for (const CURLcode code :
       {CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_GOT_NOTHING, CURLE_RECV_ERROR}) {
    failure.code = code;
    EXPECT_TRUE(explain(failure, {}).text.ends_with(hint)) << code;
  }
  failure.answered = true;
  EXPECT_FALSE(explain(failure, {}).text.ends_with(hint));
  failure.answered = failure.plain = false;
  EXPECT_FALSE(explain(failure, {}).text.ends_with(hint));
}

TEST(CurlFailure, NamesTheCaFileThatWasAsked) {
  CurlFailure failure;
  failure.code = CURLE_SSL_CACERT_BADFILE;
  failure.ca_file = "/etc/ca.pem";
  failure.ca_problem = "Permission denied";
  EXPECT_EQ(explain(failure, {}).text,
            "cannot read the CA file /etc/ca.pem that hpe3par_ca_file names: Permission denied; put the certificate of "
            "the array's authority there");
  failure.code = CURLE_PEER_FAILED_VERIFICATION;
  const TlsWitness witness{kPin, "", "x", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY};
  EXPECT_NE(explain(failure, witness).text.find("not known to /etc/ca.pem"), std::string::npos);
  EXPECT_NE(explain(failure, witness).text.find("instead of hpe3par_ca_file"), std::string::npos);
}

}  // namespace
}  // namespace hpe3par::wsapi
