#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "hpe3par/wsapi/curl_transport.h"
#include "tls_server.h"

namespace hpe3par::wsapi {
namespace {

using test::TlsIdentity;
using test::TlsServer;

constexpr const char* kRightName = "IP:127.0.0.1";

class Tls : public testing::Test {
 protected:
  Tls() { std::signal(SIGPIPE, SIG_IGN); }
  ~Tls() override { std::filesystem::remove(ca_file); }

  HttpOutcome ask(const TlsServer& server, const TlsSettings& settings) {
    transport = make_curl_transport(settings, "hpe3pard/test");
    return again(server);
  }
  HttpOutcome again(const TlsServer& server) {
    return transport->perform({"GET", server.url() + "/api", {}, "", nullptr, Millis(5'000)},
                              Deadline::after(clock, Millis(10'000)));
  }
  std::string refusal(const TlsServer& server, const TlsSettings& settings) {
    const HttpOutcome outcome = ask(server, settings);
    const auto* failed = std::get_if<TransportFailure>(&outcome);
    if (failed == nullptr) return "accepted";
    EXPECT_EQ(failed->kind, TransportFailure::Kind::tls);
    EXPECT_FALSE(failed->sent);
    return failed->text;
  }
  static bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
  /// The pin that a refusal recommends.
  static std::string pin_in(const std::string& text) {
    const auto at = text.find("sha256//");
    return at == std::string::npos ? "" : text.substr(at);
  }

  SystemClock clock;
  std::string ca_file = testing::TempDir() + "tls_test_ca." + std::to_string(::getpid()) + ".pem";
  std::unique_ptr<Transport> transport;
};

TEST_F(Tls, ASelfSignedCertificateIsRefusedAndItsPinShown) {
  TlsServer server(TlsIdentity(kRightName, 3600));
  const std::string text = refusal(server, {});
  EXPECT_TRUE(has(text, "self-signed certificate")) << text;
  EXPECT_TRUE(has(text, "hpe3par_tls_pin = sha256//")) << text;
}

TEST_F(Tls, ThePinThatWasShownIsAccepted) {
  TlsServer server(TlsIdentity(kRightName, 3600));
  const std::string pin = pin_in(refusal(server, {}));
  EXPECT_EQ(pin.size(), 52U);
  EXPECT_TRUE(std::holds_alternative<HttpReply>(ask(server, {true, "", pin})));
}

TEST_F(Tls, AnotherKeyThanThePinnedIsRefusedAndShown) {
  TlsServer server(TlsIdentity(kRightName, 3600));
  const std::string wrong = "sha256//" + std::string(43, 'A') + "=";
  for (const bool verify : {true, false}) {
    const std::string text = refusal(server, {verify, "", wrong});
    EXPECT_TRUE(has(text, "not the one that hpe3par_tls_pin names; the key seen is sha256//")) << text;
  }
}

TEST_F(Tls, ACertificateOfTheGivenCaIsAccepted) {
  const TlsIdentity identity(kRightName, 3600);
  identity.write_pem(ca_file);
  TlsServer server(identity);
  EXPECT_TRUE(std::holds_alternative<HttpReply>(ask(server, {true, ca_file, ""})));
}

TEST_F(Tls, AWrongNameIsCalledSo) {
  const TlsIdentity identity("DNS:elsewhere.example.com", 3600);
  identity.write_pem(ca_file);
  TlsServer server(identity);
  EXPECT_TRUE(has(
      refusal(server, {true, ca_file, ""}),
      "its certificate is for another name (elsewhere.example.com); write the right name into hpe3par_api_url, or "));
}

TEST_F(Tls, AnExpiredCertificateIsCalledSo) {
  const TlsIdentity identity(kRightName, -3600);
  identity.write_pem(ca_file);
  TlsServer server(identity);
  EXPECT_TRUE(has(refusal(server, {true, ca_file, ""}), "certificate has expired"));
}

TEST_F(Tls, AMissingCaFileIsCalledSo) {
  TlsServer server(TlsIdentity(kRightName, 3600));
  EXPECT_TRUE(has(refusal(server, {true, "/nonexistent/ca.pem", ""}),
                  "cannot read the CA file /nonexistent/ca.pem that hpe3par_ca_file names: No such file or directory"));
}

TEST_F(Tls, ACaFileWithoutACertificateIsCalledSoUntilThereIsOne) {
  const TlsIdentity identity(kRightName, 3600);
  TlsServer server(identity);
  std::ofstream(ca_file) << "hello\n";
  EXPECT_TRUE(has(refusal(server, {true, ca_file, ""}), "it holds no certificate in PEM form"));
  identity.write_pem(ca_file);
  EXPECT_TRUE(std::holds_alternative<HttpReply>(again(server)));
}

TEST_F(Tls, AnAuthorityThatTheCaFileDoesNotHaveIsCalledSo) {
  TlsIdentity(kRightName, 3600).write_pem(ca_file);
  TlsServer server(TlsIdentity(kRightName, 3600));
  const std::string text = refusal(server, {true, ca_file, ""});
  EXPECT_TRUE(has(text, "trust its key instead of hpe3par_ca_file with hpe3par_tls_pin = sha256//")) << text;
}

TEST_F(Tls, NothingIsVerifiedWhenSaidSo) {
  TlsServer server(TlsIdentity(kRightName, -3600));
  EXPECT_TRUE(std::holds_alternative<HttpReply>(ask(server, {false, "", ""})));
}

// The session of a connection that was given up after the handshake is resumed, and then no certificate comes.
TEST_F(Tls, TheKeyIsShownAlsoWhenTheSessionWasResumed) {
  const TlsIdentity identity("DNS:elsewhere.example.com", 3600);
  identity.write_pem(ca_file);
  TlsServer server(identity);
  for (const TlsSettings& settings :
       {TlsSettings{true, ca_file, ""}, TlsSettings{true, "", "sha256//" + std::string(43, 'A') + "="}}) {
    const std::string first = refusal(server, settings);
    EXPECT_TRUE(has(first, "sha256//")) << first;
    for (int i = 0; i < 5; ++i) {
      const HttpOutcome outcome = again(server);
      ASSERT_TRUE(std::holds_alternative<TransportFailure>(outcome));
      EXPECT_EQ(std::get<TransportFailure>(outcome).text, first);
    }
  }
}

TEST_F(Tls, TheSecondConnectionResumesTheSession) {
  const TlsIdentity identity(kRightName, 3600);
  identity.write_pem(ca_file);
  TlsServer server(identity);
  ask(server, {true, ca_file, ""});
  EXPECT_TRUE(std::holds_alternative<HttpReply>(again(server)));
  EXPECT_EQ(server.resumed(), 1);
}

}  // namespace
}  // namespace hpe3par::wsapi
