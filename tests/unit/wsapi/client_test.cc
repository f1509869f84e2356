#include "hpe3par/wsapi/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hpe3par/base/log.h"
#include "hpe3par/wsapi/volumes.h"
#include "scripted_transport.h"
#include "tests/fakes/fake_clock.h"

namespace hpe3par::wsapi {
namespace {

using test::FakeClock;
using test::ScriptedTransport;

constexpr const char* kVolume = R"({"name":"dcv-v1","wwn":"60002AC0","sizeMiB":1024})";

class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    auto owned = std::make_unique<ScriptedTransport>();
    transport = owned.get();
    ClientConfig config{"A", "https://10.0.0.1:8080/api/v1", "docker", Secret("s3cret"), 4};
    client = std::make_unique<Client>(config, clock, std::move(owned));
  }
  Deadline in(int ms) { return Deadline::after(clock, Millis(ms)); }
  auto get() { return get_volume(*client, "dcv-v1", in(60'000)); }
  Sent post() {
    VolumeBody body;
    body.name = "dcv-v1";
    return post_volume(*client, body, in(60'000));
  }
  /// The error of a GET.
  Error failure() {
    try {
      get();
    } catch (const Error& error) {
      return error;
    }
    return Error(ErrorKind::internal, "no error");
  }

  FakeClock clock;
  ScriptedTransport* transport = nullptr;
  std::unique_ptr<Client> client;
};

TEST_F(ClientTest, SpendsOneRequestOnceLoggedIn) {
  transport->then(ScriptedTransport::reply(200, kVolume));
  transport->then(ScriptedTransport::reply(200, kVolume));
  EXPECT_TRUE(get());
  const auto before = requests_of_this_thread();
  EXPECT_TRUE(get());
  EXPECT_EQ(requests_of_this_thread() - before, 1U);
  EXPECT_EQ(transport->lines(),
            (std::vector<std::string>{"POST /credentials", "GET /volumes/dcv-v1", "GET /volumes/dcv-v1"}));
}

TEST_F(ClientTest, SendsTheKeyInItsHeaderAndNowhereElse) {
  transport->then(ScriptedTransport::reply(200, kVolume));
  get();
  const auto call = transport->calls().at(1);
  bool found = false;
  for (const auto& [name, value] : call.headers)
    found = found || (name == "X-HP3PAR-WSAPI-SessionKey" && value == "k1");
  EXPECT_TRUE(found);
  EXPECT_EQ(call.url, "https://10.0.0.1:8080/api/v1/volumes/dcv-v1");
}

TEST_F(ClientTest, LogsInAgainOnceWhenTheSessionHasExpired) {
  transport->then(ScriptedTransport::error(403, 6, "invalid session key"));
  transport->then(ScriptedTransport::reply(200, kVolume));
  EXPECT_TRUE(get());
  EXPECT_EQ(transport->count("POST /credentials"), 2U);
  EXPECT_EQ(client->sessions_open(), 1);
}

TEST_F(ClientTest, AlsoForAPost) {
  transport->then(ScriptedTransport::error(403, 6, "invalid session key"));
  transport->then(ScriptedTransport::created("/volumes/dcv-v1"));
  EXPECT_TRUE(post().done());
  EXPECT_EQ(transport->count("POST /credentials"), 2U);
}

TEST_F(ClientTest, AndFor401) {
  transport->then(ScriptedTransport::reply(401, ""));
  transport->then(ScriptedTransport::reply(200, kVolume));
  EXPECT_TRUE(get());
}

TEST_F(ClientTest, ASecondExpiryIsAnError) {
  transport->otherwise([](const auto&) { return ScriptedTransport::error(403, 6, "invalid session key"); });
  EXPECT_EQ(failure().kind(), ErrorKind::unauthenticated);
  EXPECT_EQ(transport->count("GET /volumes/dcv-v1"), 2U);
  EXPECT_EQ(client->sessions_open(), 0);
}

TEST_F(ClientTest, Other403sAreFinal) {
  transport->then(ScriptedTransport::error(403, 13, "permission denied"));
  const Error error = failure();
  EXPECT_EQ(error.kind(), ErrorKind::permission_denied);
  EXPECT_EQ(error.remote_code(), 13);
  EXPECT_STREQ(error.what(), "array A: cannot look up volume dcv-v1: permission denied (HTTP 403, code 13)");
  EXPECT_EQ(transport->count("POST /credentials"), 1U);
  EXPECT_EQ(transport->count("GET /volumes/dcv-v1"), 1U);
}

TEST_F(ClientTest, AWrongPasswordIsAskedForOnce) {
  transport->then_login(ScriptedTransport::error(403, 5, "invalid username or password"));
  EXPECT_EQ(failure().kind(), ErrorKind::unauthenticated);
  EXPECT_EQ(failure().kind(), ErrorKind::unauthenticated);
  EXPECT_EQ(transport->lines(), std::vector<std::string>{"POST /credentials"});
  EXPECT_EQ(client->health().state, Health::State::refused);
}

TEST_F(ClientTest, AGetIsRepeatedWhenItsAnswerIsLost) {
  transport->then(ScriptedTransport::lost());
  transport->then(ScriptedTransport::error(503, 1, "busy"));
  transport->then(ScriptedTransport::reply(200, "{\"na"));
  transport->then(ScriptedTransport::reply(200, kVolume));
  transport->otherwise([](const auto&) { return ScriptedTransport::reply(200, kVolume); });
  EXPECT_EQ(failure().kind(), ErrorKind::unavailable);  // the third unanswered one
  EXPECT_TRUE(get());
}

TEST_F(ClientTest, APostIsNotRepeatedWhenItsAnswerIsLost) {
  transport->then(ScriptedTransport::lost());
  const Sent sent = post();
  EXPECT_EQ(sent.outcome, Sent::Outcome::unknown);
  EXPECT_EQ(transport->count("POST /volumes"), 1U);
}

TEST_F(ClientTest, APostIsRepeatedWhenThereWasNoConnection) {
  transport->then(ScriptedTransport::not_connected());
  transport->then(ScriptedTransport::created("/volumes/dcv-v1"));
  const Sent sent = post();
  EXPECT_TRUE(sent.done());
  EXPECT_FALSE(sent.repeated);
}

TEST_F(ClientTest, APostIsRepeatedAfter503AndSaysSo) {
  transport->then(ScriptedTransport::error(503, 1, "busy"));
  transport->then(ScriptedTransport::error(409, 22, "volume exists"));
  const Sent sent = post();
  EXPECT_TRUE(sent.refused_with(22));
  EXPECT_TRUE(sent.repeated);
}

TEST_F(ClientTest, AnArrayThatIsDownIsGivenUpSoon) {
  transport->otherwise([](const auto&) { return ScriptedTransport::not_connected(); });
  transport->then_login(ScriptedTransport::not_connected());
  transport->then_login(ScriptedTransport::not_connected());
  transport->then_login(ScriptedTransport::not_connected());
  const auto begun = clock.now();
  const Error error = failure();
  EXPECT_EQ(error.kind(), ErrorKind::unavailable);
  EXPECT_STREQ(error.what(),
               "array A: cannot look up volume dcv-v1: cannot log in as docker: cannot connect: Connection refused");
  EXPECT_LT(clock.now() - begun, Millis(1'000));
  EXPECT_EQ(client->health().state, Health::State::unreachable);
}

TEST_F(ClientTest, BusyIsGivenUpAfterSixAttempts) {
  transport->otherwise([](const auto&) { return ScriptedTransport::error(503, 1, "busy"); });
  EXPECT_EQ(failure().kind(), ErrorKind::unavailable);
  EXPECT_EQ(transport->count("GET /volumes/dcv-v1"), 6U);
}

TEST_F(ClientTest, DoesNotSleepIntoTheEndOfTheDeadline) {
  transport->otherwise([](const auto&) { return ScriptedTransport::error(503, 1, "busy"); });
  const auto begun = clock.now();
  EXPECT_THROW(get_volume(*client, "dcv-v1", in(100)), Error);
  EXPECT_LT(clock.now() - begun, Millis(100));
}

TEST_F(ClientTest, AnswersThatMakeNoSenseAreErrorsWithASentence) {
  const struct {
    int status;
    const char* body;
    const char* sentence;
  } cases[] = {
      {200, "", "GET /volumes/dcv-v1 answered 200 with something that makes no sense: it is not JSON"},
      {200, "<html>", "it is not JSON"},
      {200, "{\"name\":\"dcv", "it is not JSON"},
      {200, "[]", "the object is not an object"},
      {200, "{}", "member \"name\" of the object is missing"},
      {200, R"({"name":"dcv-v1","wwn":"y","sizeMiB":"big"})", "member \"sizeMiB\" of the object is not an integer"},
      {404, "<html>not found</html>", "answered 404 with something that is not JSON"},
      {404, "{}", "answered 404 with JSON that is no error message of an array"},
      {200, R"({"name":"dcv-v2","wwn":"y","sizeMiB":1})", "member \"name\" of the object is not \"dcv-v1\""},
      {500, "", "answered 500 without a body"},
      {302, "", "answered 302 without a body"},
      {403, "", "answered 403 without a body"},
  };
  for (const auto& c : cases) {
    transport->otherwise([&](const auto&) { return ScriptedTransport::reply(c.status, c.body); });
    const Error error = failure();
    EXPECT_EQ(error.kind(), ErrorKind::unavailable) << c.body;
    EXPECT_NE(std::string(error.what()).find(c.sentence), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find("array A: "), 0U);
  }
}

TEST_F(ClientTest, GarbageToAPostLeavesItsOutcomeUnknown) {
  for (const auto& [status, body] : {std::pair{200, "{\"cut"}, {200, ""}, {500, ""}, {502, "<html>"}, {504, ""}}) {
    transport->then(ScriptedTransport::reply(status, body));
    EXPECT_EQ(post().outcome, Sent::Outcome::unknown) << status << body;
  }
}

TEST_F(ClientTest, GarbageToALoginIsAnError) {
  for (const char* body : {"", "<html>", "{}", R"({"key":5})", R"({"key":""})", R"({"key":"a\r\nX: y"})"}) {
    for (int i = 0; i < 3; ++i) transport->then_login(ScriptedTransport::reply(201, body));
    EXPECT_EQ(failure().kind(), ErrorKind::unavailable) << body;
  }
}

TEST_F(ClientTest, SecretsInAnAnswerAreMasked) {
  transport->then(ScriptedTransport::error(400, 12, "bad: s3cret and k1"));
  EXPECT_STREQ(failure().what(), "array A: cannot look up volume dcv-v1: bad: *** and *** (HTTP 400, code 12)");
}

TEST_F(ClientTest, SecretsInAnAnswerAreMaskedInTheLogToo) {
  transport->then(
      [](const auto&) { return ScriptedTransport::reply(400, R"({"code":12,"desc":"bad: s3cret","ref":"k1"})"); });
  testing::internal::CaptureStderr();
  start_logging(LogLevel::trace, LogFormat::text);
  post();
  start_logging(LogLevel::warning, LogFormat::text);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("bad: ***"), std::string::npos) << log;
  for (const char* secret : {"s3cret", "k1"}) EXPECT_EQ(log.find(secret), std::string::npos) << log;
}

TEST_F(ClientTest, ForeignTextBecomesOneShortLine) {
  transport->then(ScriptedTransport::error(400, 12, "a\\nb\\u0007" + std::string(2000, 'x')));
  const std::string text = failure().what();
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_LT(text.size(), 450U);
}

TEST_F(ClientTest, TheDateHeaderTellsTheAgeOfAVolume) {
  HttpReply reply;
  reply.status = 200;
  reply.body = R"({"name":"dcv-v1","wwn":"60","sizeMiB":1,"creationTimeSec":784111700})";
  reply.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  transport->then(reply);
  EXPECT_EQ(get()->age, std::chrono::seconds(77));
}

TEST_F(ClientTest, HealthFollowsTheAnswers) {
  EXPECT_EQ(client->health().state, Health::State::connecting);
  transport->then(ScriptedTransport::error(409, 34, "in use"));
  failure();
  EXPECT_EQ(client->health().state, Health::State::up);
  EXPECT_EQ(client->local_address(), "10.0.0.9");
  const auto since = client->health().since;
  clock.advance(Millis(5'000));
  for (int i = 0; i < 3; ++i) transport->then(ScriptedTransport::lost());
  failure();
  EXPECT_EQ(client->health().state, Health::State::unreachable);
  EXPECT_GT(client->health().since, since);
  EXPECT_NE(client->health().reason.find("the connection broke"), std::string::npos);
  transport->then(ScriptedTransport::reply(200, kVolume));
  get();
  EXPECT_EQ(client->health().state, Health::State::up);
  EXPECT_EQ(client->health().reason, "");
}

// It is shown with each volume of the array, and the next request is about another one.
TEST_F(ClientTest, TheReasonOfASilentArrayNamesNoVolume) {
  const std::vector<HttpOutcome> answers = {ScriptedTransport::lost(), ScriptedTransport::reply(200, "<html>"),
                                            ScriptedTransport::reply(502, "bad gateway"),
                                            ScriptedTransport::error(504, 7, "dcv-v1 took too long")};
  for (const HttpOutcome& answer : answers) {
    for (int i = 0; i < 3; ++i) transport->then(answer);
    const std::string sentence = failure().what();
    const std::string reason = client->health().reason;
    EXPECT_EQ(client->health().state, Health::State::unreachable) << sentence;
    EXPECT_NE(sentence.find("dcv-v1"), std::string::npos) << sentence;
    EXPECT_EQ(reason.find("dcv-v1"), std::string::npos) << reason;
    EXPECT_TRUE(reason.starts_with("array A: ")) << reason;
    EXPECT_GT(reason.size(), 20U) << reason;
    clock.advance(Millis(61'000));
  }
}

TEST_F(ClientTest, AShortWaitDoesNotReplaceAReasonThatSaysMore) {
  const auto short_wait = [] {
    return TransportFailure{TransportFailure::Kind::out_of_time, true, "no answer within 797 ms"};
  };
  for (int i = 0; i < 3; ++i) transport->then(ScriptedTransport::lost());
  failure();
  transport->then(short_wait());
  failure();
  EXPECT_NE(client->health().reason.find("the connection broke"), std::string::npos) << client->health().reason;
  clock.advance(Millis(61'000));
  transport->then(short_wait());
  failure();
  EXPECT_NE(client->health().reason.find("within 797 ms"), std::string::npos) << client->health().reason;
}

TEST_F(ClientTest, ARequestThatHungIsNotRepeated) {
  transport->otherwise([this](const auto&) {
    clock.advance(Millis(6'000));
    return TransportFailure{TransportFailure::Kind::stalled, true, "no answer within 6000 ms"};
  });
  EXPECT_EQ(failure().kind(), ErrorKind::unavailable);
  EXPECT_EQ(transport->count("GET /volumes/dcv-v1"), 1U);
}

TEST_F(ClientTest, AFullSessionTableIsWaitedForAndThenNamedWithItsRemedy) {
  for (int i = 0; i < 3; ++i) transport->then_login(ScriptedTransport::error(503, 29, "too many sessions"));
  transport->then(ScriptedTransport::reply(200, kVolume));
  std::thread time([this] {
    while (transport->count("GET /volumes/dcv-v1") == 0 && transport->calls().size() < 20) {
      std::this_thread::sleep_for(Millis(5));
      clock.advance(Millis(500));
    }
  });
  EXPECT_TRUE(get());
  time.join();
  EXPECT_EQ(client->health().state, Health::State::up);
  EXPECT_EQ(client->health().reason, "");

  client->close_idle_sessions(true, in(1'000));
  for (int i = 0; i < 200; ++i) transport->then_login(ScriptedTransport::error(503, 29, "too many sessions"));
  std::atomic<bool> over = false;
  std::thread end([this, &over] {
    while (!over) {
      std::this_thread::sleep_for(Millis(5));
      clock.advance(Millis(5'000));
    }
  });
  const Error error = failure();
  over = true;
  end.join();
  EXPECT_EQ(error.kind(), ErrorKind::resource_exhausted);
  const std::string text = error.what();
  EXPECT_NE(text.find("too many sessions (HTTP 503, code 29); all of the array's sessions are in use"),
            std::string::npos)
      << text;
  EXPECT_EQ(client->health().state, Health::State::up);
  EXPECT_NE(client->health().reason.find("too many sessions"), std::string::npos);
}

TEST_F(ClientTest, EndingSessionsSendsTheirKeys) {
  transport->then(ScriptedTransport::reply(200, kVolume));
  get();
  client->close_idle_sessions(true, in(1'000));
  EXPECT_EQ(transport->lines().back(), "DELETE /credentials/k1");
  EXPECT_EQ(client->sessions_open(), 0);
}

TEST_F(ClientTest, RefusesABadUrlAtOnce) {
  EXPECT_THROW(Client({"A", "10.0.0.1", "u", Secret("p"), 4}, clock, std::make_unique<ScriptedTransport>()), Error);
}

}  // namespace
}  // namespace hpe3par::wsapi
