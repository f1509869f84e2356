#include "hpe3par/wsapi/curl_transport.h"

#include <gtest/gtest.h>

#include <optional>

#include "tiny_server.h"

namespace hpe3par::wsapi {
namespace {

using test::TinyServer;
using Kind = TransportFailure::Kind;

class CurlTransportTest : public testing::Test {
 protected:
  Deadline in(int ms) { return Deadline::after(clock, Millis(ms)); }
  void serve(TinyServer::Handler handler) { server.emplace(std::move(handler)); }
  void answer(const std::string& text) {
    serve([this, text](int connection) {
      request = TinyServer::read_head(connection);
      TinyServer::write_all(connection, text);
    });
  }
  HttpOutcome get(const Deadline& deadline, Millis patience = Millis(30'000), BodySink* sink = nullptr) {
    return transport->perform(
        {"GET", server->url() + "/api/v1/volumes", {{"Accept", "application/json"}}, "", sink, patience}, deadline);
  }
  TransportFailure failure(const Deadline& deadline, Millis patience = Millis(30'000)) {
    const HttpOutcome outcome = get(deadline, patience);
    if (const auto* failed = std::get_if<TransportFailure>(&outcome)) return *failed;
    ADD_FAILURE() << "answered";
    return {};
  }

  SystemClock clock;
  std::string request;
  std::optional<TinyServer> server;
  std::unique_ptr<Transport> transport = make_curl_transport({}, "hpe3pard/test");
};

class Collector final : public BodySink {
 public:
  void restart() override {}
  bool append(std::string_view bytes) override {
    text += bytes;
    return text.size() < limit;
  }
  std::string finish() override { return ""; }
  std::string text;
  std::size_t limit = 1U << 30U;
};

TEST_F(CurlTransportTest, BringsStatusHeadersAndBody) {
  answer(
      "HTTP/1.1 201 Created\r\nlocation: /api/v1/volumes/v1\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
      "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
  const auto reply = std::get<HttpReply>(get(in(5'000)));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.location, "/api/v1/volumes/v1");
  EXPECT_EQ(reply.date, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(reply.body, "{}");
  EXPECT_EQ(reply.local_address, "127.0.0.1");
  EXPECT_NE(request.find("GET /api/v1/volumes HTTP/1.1\r\n"), std::string::npos);
  EXPECT_NE(request.find("User-Agent: hpe3pard/test\r\n"), std::string::npos);
}

TEST_F(CurlTransportTest, FollowsNoRedirect) {
  answer("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(std::get<HttpReply>(get(in(5'000))).status, 302);
  EXPECT_EQ(server->connections(), 1);
}

TEST_F(CurlTransportTest, UsesAConnectionOnce) {
  serve([](int connection) {
    for (int i = 0; i < 2 && !TinyServer::read_head(connection).empty(); ++i) {
      TinyServer::write_all(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    }
  });
  get(in(5'000));
  get(in(5'000));
  EXPECT_EQ(server->connections(), 2);
}

TEST_F(CurlTransportTest, SinkGetsTheBodyOfA200Only) {
  Collector sink;
  answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(std::get<HttpReply>(get(in(5'000), Millis(1'000), &sink)).status, 200);
  EXPECT_EQ(sink.text, "abcde");
  server.reset();
  answer("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_EQ(std::get<HttpReply>(get(in(5'000), Millis(1'000), &sink)).body, "{}");
  EXPECT_EQ(sink.text, "abcde");
}

TEST_F(CurlTransportTest, StopsReadingWhenTheSinkHadEnough) {
  Collector sink;
  sink.limit = 1'000;
  serve([this](int connection) {
    TinyServer::read_head(connection);
    TinyServer::write_all(connection, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 100'000 && !server->stopping(); ++i) TinyServer::write_all(connection, std::string(1'000, 'x'));
  });
  EXPECT_EQ(std::get<HttpReply>(get(in(5'000), Millis(1'000), &sink)).status, 200);
  EXPECT_LT(sink.text.size(), 1'000'000U);
}

TEST_F(CurlTransportTest, AnExceptionOfTheSinkComesThrough) {
  class Thrower final : public BodySink {
   public:
    void restart() override {}
    bool append(std::string_view) override { throw std::runtime_error("enough"); }
    std::string finish() override { return ""; }
  } sink;
  answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  EXPECT_THROW(get(in(5'000), Millis(1'000), &sink), std::runtime_error);
}

TEST_F(CurlTransportTest, ARefusedConnectionWasNeverSent) {
  serve([](int) {});
  const std::string url = server->url();
  server.reset();
  const auto outcome = transport->perform({"GET", url + "/api", {}, "", nullptr, Millis(1'000)}, in(5'000));
  const auto& failed = std::get<TransportFailure>(outcome);
  EXPECT_EQ(failed.kind, Kind::connect);
  EXPECT_FALSE(failed.sent);
  EXPECT_EQ(failed.text, "cannot connect to " + url.substr(7) + ": Connection refused");
}

TEST_F(CurlTransportTest, ATlsAlertInsteadOfHttpIsTakenForAPortThatSpeaksTls) {
  answer(std::string("\x15\x03\x03\x00\x02\x02\x46", 7));
  const std::string text = failure(in(5'000)).text;
  EXPECT_NE(text.find("; if the array speaks TLS there, write https:// in hpe3par_api_url"), std::string::npos) << text;
}

TEST_F(CurlTransportTest, AnHttpAnswerToATlsHandshakeIsCalledSo) {
  serve([](int connection) { TinyServer::write_all(connection, "HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const std::string url = "https" + server->url().substr(4);
  const auto outcome = transport->perform({"GET", url + "/api", {}, "", nullptr, Millis(5'000)}, in(5'000));
  const std::string& text = std::get<TransportFailure>(outcome).text;
  EXPECT_NE(text.find(" does not speak TLS; "), std::string::npos) << text;
  EXPECT_NE(text.find("write http:// there"), std::string::npos) << text;
}

TEST_F(CurlTransportTest, AResetWasSentAndLost) {
  serve([](int connection) {
    TinyServer::read_head(connection);
    TinyServer::reset(connection);
  });
  const auto failed = failure(in(5'000));
  EXPECT_EQ(failed.kind, Kind::lost);
  EXPECT_TRUE(failed.sent);
}

TEST_F(CurlTransportTest, SoIsAnEmptyOrCutAnswer) {
  answer("");
  EXPECT_EQ(failure(in(5'000)).kind, Kind::lost);
  server.reset();
  answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cut\":");
  EXPECT_EQ(failure(in(5'000)).kind, Kind::lost);
  server.reset();
  answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"cut\":\r\n");
  EXPECT_EQ(failure(in(5'000)).kind, Kind::lost);
  server.reset();
  answer("nonsense\r\n\r\n");
  EXPECT_EQ(failure(in(5'000)).kind, Kind::lost);
}

TEST_F(CurlTransportTest, ASilentServerIsLeftAtTheDeadline) {
  serve([this](int connection) {
    TinyServer::read_head(connection);
    while (!server->stopping()) std::this_thread::sleep_for(Millis(5));
  });
  const auto begun = clock.now();
  const auto failed = failure(in(200));
  EXPECT_EQ(failed.kind, Kind::out_of_time);
  EXPECT_TRUE(failed.sent);
  EXPECT_LT(clock.now() - begun, Millis(1'000));
  EXPECT_EQ(failure(in(60'000), Millis(100)).kind, Kind::stalled);
}

TEST_F(CurlTransportTest, ACallerWhoLeavesIsNoticedSoon) {
  serve([this](int connection) {
    TinyServer::read_head(connection);
    while (!server->stopping()) std::this_thread::sleep_for(Millis(5));
  });
  std::atomic<bool> gone{false};
  std::thread leaver([&] {
    std::this_thread::sleep_for(Millis(100));
    gone = true;
  });
  const auto begun = clock.now();
  const auto failed = failure(Deadline::after(clock, Millis(60'000), CancelToken([&] { return gone.load(); })));
  leaver.join();
  EXPECT_EQ(failed.kind, Kind::cancelled);
  EXPECT_LT(clock.now() - begun, Millis(500));
}

TEST_F(CurlTransportTest, PatienceIsForSilenceNotForLength) {
  serve([](int connection) {
    TinyServer::read_head(connection);
    TinyServer::write_all(connection, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    for (int i = 0; i < 10; ++i) {
      std::this_thread::sleep_for(Millis(50));
      TinyServer::write_all(connection, "x");
    }
  });
  EXPECT_EQ(std::get<HttpReply>(get(in(5'000), Millis(250))).body, "xxxxxxxxxx");
}

TEST_F(CurlTransportTest, ABodyWithoutEndIsCutOff) {
  serve([this](int connection) {
    TinyServer::read_head(connection);
    TinyServer::write_all(connection, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 100 && !server->stopping(); ++i) TinyServer::write_all(connection, std::string(100'000, 'x'));
  });
  EXPECT_EQ(failure(in(10'000)).text, "the answer is too long");
}

TEST_F(CurlTransportTest, AServerThatDoesNotSpeakTlsIsCalledSo) {
  serve([this](int) {
    while (!server->stopping()) std::this_thread::sleep_for(Millis(5));
  });
  const std::string authority = server->url().substr(7);
  const auto outcome =
      transport->perform({"GET", "https://" + authority + "/api", {}, "", nullptr, Millis(200)}, in(5'000));
  const auto& failed = std::get<TransportFailure>(outcome);
  EXPECT_EQ(failed.kind, Kind::connect);
  EXPECT_EQ(
      failed.text,
      "cannot connect to " + authority +
          ": it accepts connections, but does not answer as a TLS server; it hangs, or its port speaks plain HTTP "
          "(then write http:// in hpe3par_api_url)");
}

TEST_F(CurlTransportTest, ANameThatCannotBeResolvedWasNeverSent) {
  const auto outcome =
      transport->perform({"GET", "http://no-such-host.invalid/api", {}, "", nullptr, Millis(5'000)}, in(10'000));
  EXPECT_FALSE(std::get<TransportFailure>(outcome).sent);
}

}  // namespace
}  // namespace hpe3par::wsapi
