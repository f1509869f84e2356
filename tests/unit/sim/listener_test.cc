#include "listener.h"

#include <gtest/gtest.h>

#include <chrono>

#include "client.h"
#include "hpe3par/base/error.h"

namespace hpe3par::sim {
namespace {

using Seconds = std::chrono::duration<double>;

class ListenerTest : public testing::Test {
 protected:
  HttpResponse serve(const HttpRequest& request, Exchange& exchange) {
    exchange.delivery = delivery_;
    return {.status = 200,
            .headers = {{"X-Version", exchange.http_version}, {"X-From", request.remote_address}},
            .content_type = "application/json",
            .body = R"({"path":")" + request.path + R"("})",
            .chunked = chunked_};
  }

  std::atomic<Delivery> delivery_ = Delivery::answer;
  std::atomic<bool> chunked_ = false;
  Listener listener_{
      {"127.0.0.1", 0},
      [this](const HttpRequest& request, Exchange& exchange) { return serve(request, exchange); },
      [](int status, const std::string& why) {
        return HttpResponse{
            .status = status, .headers = {}, .content_type = "application/json", .body = "\"" + why + "\""};
      }};
};

TEST_F(ListenerTest, ServesARequestPerConnection) {
  const Reply reply = exchange(listener_.port(), "GET", "/a?b");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("path"), "/a");
  EXPECT_NE(reply.head.find("Connection: close"), std::string::npos);
  EXPECT_NE(reply.head.find("X-From: 127.0.0.1"), std::string::npos);
}

TEST_F(ListenerTest, AnswersAPostWithoutLengthAtOnce) {
  const auto start = std::chrono::steady_clock::now();
  RawClient client(listener_.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(client.receive().starts_with("HTTP/1.1 200"));
  EXPECT_LT(Seconds(std::chrono::steady_clock::now() - start).count(), 1);
}

TEST_F(ListenerTest, TellsTheServiceWhichVersionWasSpoken) {
  RawClient client(listener_.port());
  client.send("GET /a HTTP/1.0\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.receive().find("X-Version: HTTP/1.0"), std::string::npos);
}

TEST_F(ListenerTest, AnswersWhatIsNotHttpWithJson) {
  RawClient client(listener_.port());
  client.send("hello\r\n\r\n");
  const std::string answer = client.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_TRUE(answer.ends_with("\"not an HTTP request\""));
}

TEST_F(ListenerTest, SendsLongAnswersInChunks) {
  chunked_ = true;
  const Reply reply = exchange(listener_.port(), "GET", "/a");
  EXPECT_NE(reply.head.find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_TRUE(reply.text.ends_with("\r\n0\r\n\r\n"));
}

TEST_F(ListenerTest, NeverCompresses) {
  RawClient client(listener_.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nAccept-encoding: gzip, br\r\nAccept: */*\r\n\r\n");
  const std::string answer = client.receive();
  EXPECT_EQ(answer.find("Content-Encoding"), std::string::npos);
  EXPECT_TRUE(answer.ends_with(R"({"path":"/a"})"));
}

TEST_F(ListenerTest, NeverAnswersInPart) {
  RawClient client(listener_.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\nrange: bytes=0-3\r\nContent-Encoding: gzip\r\nAccept: */*\r\n\r\n");
  EXPECT_TRUE(client.receive().ends_with(R"({"path":"/a"})"));
}

TEST_F(ListenerTest, RefusesInJsonWhatTheEngineDoesNotTake) {
  const Reply unknown = exchange(listener_.port(), "BREW", "/a");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.text, "\"not an HTTP request\"");
  const Reply long_one = exchange(listener_.port(), "GET", "/" + std::string(10000, 'a'));
  EXPECT_EQ(long_one.status, 414);
  EXPECT_EQ(long_one.text, "\"input is too long\"");
}

TEST_F(ListenerTest, ResetsWhenAsked) {
  delivery_ = Delivery::reset;
  RawClient client(listener_.port());
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.error(), ECONNRESET);
}

TEST_F(ListenerTest, CutsTheBodyWhenAsked) {
  delivery_ = Delivery::cut;
  const Reply reply = exchange(listener_.port(), "GET", "/a");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text, R"({"path)");
}

TEST_F(ListenerTest, HangsUntilThePeerGivesUp) {
  delivery_ = Delivery::hang;
  RawClient client(listener_.port());
  set_timeouts(client.fd(), 1);
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.error(), EAGAIN);
}

TEST_F(ListenerTest, RefusesConnectionsAndComesBackOnTheSamePort) {
  RawClient before(listener_.port());
  before.send("GET");
  listener_.set_mode(Listener::Mode::refuse);
  before.receive();
  EXPECT_EQ(before.error(), ECONNRESET);
  EXPECT_EQ(RawClient(listener_.port()).error(), ECONNREFUSED);
  listener_.set_mode(Listener::Mode::serve);
  EXPECT_EQ(exchange(listener_.port(), "GET", "/a").status, 200);
}

TEST_F(ListenerTest, RefusesFromTheMomentItWasTold) {
  for (int round = 0; round < 50; ++round) {
    listener_.set_mode(Listener::Mode::refuse);
    EXPECT_EQ(RawClient(listener_.port()).error(), ECONNREFUSED);
    listener_.set_mode(Listener::Mode::serve);
    EXPECT_EQ(RawClient(listener_.port()).error(), 0);
  }
}

TEST_F(ListenerTest, AcceptsAndKeepsSilentUntilTheModeEnds) {
  listener_.set_mode(Listener::Mode::hang);
  RawClient client(listener_.port());
  EXPECT_EQ(client.error(), 0);
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  set_timeouts(client.fd(), 1);
  EXPECT_EQ(client.receive(), "");
  EXPECT_EQ(client.error(), EAGAIN);
  listener_.set_mode(Listener::Mode::serve);
  client.receive();
  EXPECT_EQ(client.error(), ECONNRESET);
  EXPECT_EQ(exchange(listener_.port(), "GET", "/a").status, 200);
}

TEST_F(ListenerTest, NamesTheAddressThatIsTaken) {
  try {
    const Listener second({"127.0.0.1", listener_.port()}, {}, {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.what(),
              "cannot listen at 127.0.0.1:" + std::to_string(listener_.port()) + ": Address already in use");
  }
}

}  // namespace
}  // namespace hpe3par::sim
