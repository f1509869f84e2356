#include "hpe3par/admin/admin_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "hpe3par/base/error.h"
#include "hpe3par/volumes/volume_service.h"
#include "tests/fakes/fake_clock.h"

namespace hpe3par::admin {
namespace {

using nlohmann::json;

constexpr WallTime kTime{std::chrono::seconds(1'800'000'000)};
constexpr const char* kTimeText = "2027-01-15T08:00:00Z";

// Shows what it was given; changes nothing, because nobody may ask for that here.
class FakeService final : public volumes::Service {
 public:
  void create(const std::string&, const volumes::RawOptions&, const Deadline&) override { ADD_FAILURE(); }
  void remove(const std::string&, const std::string&, const Deadline&) override { ADD_FAILURE(); }
  volumes::MountTicket mount(const std::string&, const volumes::MountUser&, const Deadline&) override {
    ADD_FAILURE();
    return {};
  }
  void unmount(const std::string&, const std::string&, const Deadline&) override { ADD_FAILURE(); }
  std::string find_path(const std::string&, const Deadline&) override { return ""; }
  volumes::VolumeInfo get(const std::string& name, std::optional<int>, const Deadline& deadline) override {
    asked = name;
    patience = deadline.remaining();
    if (error) throw Error(*error);
    if (broken) throw std::runtime_error("out of luck");
    return info;
  }
  volumes::VolumeList list(const Deadline& deadline) override {
    patience = deadline.remaining();
    if (error) throw Error(*error);
    return {{info}, silent_arrays};
  }
  std::string array_of(const std::string&) override { return ""; }
  std::vector<volumes::BackendInfo> backends() override { return {backend}; }
  volumes::ServiceStatus status() override { return state; }

  volumes::VolumeInfo info;
  volumes::BackendInfo backend;
  volumes::ServiceStatus state;
  std::vector<volumes::ArrayInfo> silent_arrays;
  std::optional<Error> error;
  bool broken = false;
  std::string asked;
  Millis patience{0};
};

volumes::ArrayInfo some_array(const std::string& state) {
  volumes::ArrayInfo array;
  array.name = "A";
  array.address = "10.0.0.1:8080";
  array.state = state;
  array.since = kTime;
  array.reason = state == "up" ? "" : "array A: connection refused";
  array.serial_number = "1600001";
  array.wsapi_build = 30'102'000;
  array.sessions_open = 2;
  array.backends = {"DEFAULT"};
  return array;
}

json some_array_json(const std::string& state) {
  return {{"name", "A"},
          {"address", "10.0.0.1:8080"},
          {"state", state},
          {"since", kTimeText},
          {"reason", state == "up" ? "" : "array A: connection refused"},
          {"serial_number", "1600001"},
          {"wsapi_build", 30'102'000},
          {"sessions_open", 2},
          {"backends", {"DEFAULT"}}};
}

class AdminApiTest : public testing::Test {
 protected:
  AdminApiTest() {
    service_.state.state = "running";
    service_.state.arrays = {some_array("up")};
    service_.state.mounted_volumes = 1;
    service_.state.clean_up.push_back({"v2", "unmount", "detaching", kTime, "device busy", "A"});
    service_.backend = {"DEFAULT", "loop", true, {"cpg1", "cpg2"}, some_array("up")};
    service_.info.name = "v1";
    service_.info.mountpoint = "/opt/hpe/data/v1";
    service_.info.created = kTime;
    service_.info.since = kTime;
    service_.info.state = "mounted";
    service_.info.size_gib = 2;
    service_.info.mounts = 1;
    service_.info.ids = {"id1"};
  }

  HttpResponse ask(const std::string& path, const std::string& method = "GET") {
    HttpRequest request;
    request.method = method;
    request.path = path;
    return AdminApi(service_, clock_, stop_, "1.2.3").handle(request);
  }
  json get(const std::string& path) {
    const HttpResponse response = ask(path);
    EXPECT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(response.content_type, "application/json");
    return json::parse(response.body);
  }
  void expect_error(const HttpResponse& response, int status, const std::string& kind, const std::string& message) {
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(json::parse(response.body), json({{"error", {{"kind", kind}, {"message", message}}}}));
  }

  test::FakeClock clock_;
  StopFlag stop_{clock_};
  FakeService service_;
};

const json kWork = {{"volume", "v2"},     {"task", "unmount"},           {"state", "detaching"},
                    {"since", kTimeText}, {"last_error", "device busy"}, {"array", "A"},
                    {"group", ""}};

TEST_F(AdminApiTest, TellsTheStatus) {
  json status = get("/v1/status");
  EXPECT_EQ(status["pid"], getpid());
  status.erase("pid");
  EXPECT_EQ(status, json({{"version", "1.2.3"},
                          {"state", "running"},
                          {"reason", ""},
                          {"arrays", {some_array_json("up")}},
                          {"mounted_volumes", 1},
                          {"clean_up", {kWork}}}));
}

TEST_F(AdminApiTest, ListsBackends) {
  EXPECT_EQ(get("/v1/backends"), json({{"backends",
                                        {{{"name", "DEFAULT"},
                                          {"default", true},
                                          {"transport", "loop"},
                                          {"cpgs", {"cpg1", "cpg2"}},
                                          {"array", "A"},
                                          {"address", "10.0.0.1:8080"},
                                          {"state", "up"},
                                          {"since", kTimeText},
                                          {"reason", ""}}}}}));
}

TEST_F(AdminApiTest, ListsCleanUpWork) {
  EXPECT_EQ(get("/v1/cleanup"), json({{"clean_up", {kWork}}}));
  service_.state.clean_up.clear();
  EXPECT_EQ(get("/v1/cleanup"), json({{"clean_up", json::array()}}));
}

TEST_F(AdminApiTest, AVolumeIsTheStatusOfDockerWithNameMountpointAndCreation) {
  json expected = json::parse(volumes::to_status_json(service_.info));
  expected.update({{"name", "v1"}, {"mountpoint", "/opt/hpe/data/v1"}, {"created", kTimeText}});
  EXPECT_EQ(get("/v1/volumes/v1"), expected);
  EXPECT_EQ(get("/v1/volumes"), json({{"volumes", {expected}}, {"silent_arrays", json::array()}}));
}

TEST_F(AdminApiTest, AListTellsWhichArraysWereNotListed) {
  service_.state.arrays = {some_array("unreachable")};  // a moment later: what counts is what the list was made of
  service_.silent_arrays = {some_array("up"), some_array("unreachable")};
  EXPECT_EQ(get("/v1/volumes")["silent_arrays"], json::array({some_array_json("up"), some_array_json("unreachable")}));
}

TEST_F(AdminApiTest, UnknownTimesAreEmpty) {
  service_.info.created = {};
  EXPECT_EQ(get("/v1/volumes/v1")["created"], "");
}

TEST_F(AdminApiTest, AsksForTheNameAsItStandsInThePathForTwoSecondsAtMost) {
  get("/v1/volumes/web-data.v1_2");
  EXPECT_EQ(service_.asked, "web-data.v1_2");
  EXPECT_EQ(service_.patience, Millis(2'000));
  get("/v1/volumes/a/b");  // was a%2Fb; it is not for this layer to judge names
  EXPECT_EQ(service_.asked, "a/b");
  service_.patience = Millis(0);
  get("/v1/volumes");
  EXPECT_EQ(service_.patience, Millis(2'000));
}

TEST_F(AdminApiTest, ErrorsHaveAKindASentenceAndAFittingStatus) {
  const std::vector<std::pair<ErrorKind, int>> kinds = {
      {ErrorKind::invalid_argument, 400}, {ErrorKind::not_found, 404},
      {ErrorKind::already_exists, 409},   {ErrorKind::failed_precondition, 409},
      {ErrorKind::aborted, 503},          {ErrorKind::permission_denied, 503},
      {ErrorKind::unauthenticated, 503},  {ErrorKind::resource_exhausted, 503},
      {ErrorKind::unavailable, 503},      {ErrorKind::deadline_exceeded, 503},
      {ErrorKind::unimplemented, 501},    {ErrorKind::internal, 500}};
  for (const auto& [kind, status] : kinds) {
    service_.error = Error(kind, "there is no volume x");
    expect_error(ask("/v1/volumes/x"), status, std::string(to_string(kind)), "there is no volume x");
    expect_error(ask("/v1/volumes"), status, std::string(to_string(kind)), "there is no volume x");
  }
}

TEST_F(AdminApiTest, AnUnexpectedExceptionIsAnAnswerToo) {
  service_.broken = true;
  expect_error(ask("/v1/volumes/x"), 500, "internal", "internal error: out of luck");
}

TEST_F(AdminApiTest, UnknownPathsAreToldWhatThereIs) {
  const std::string known = "; there are /v1/status, /v1/backends, /v1/volumes, /v1/volumes/NAME and /v1/cleanup";
  for (const std::string path : {"/", "/v2/status", "/v1/status/", "/v1/volumes/", "/v1", "/v1/volume"})
    expect_error(ask(path), 404, "unimplemented", "there is no " + path + known);
  expect_error(ask("/\x01\x7F\n"), 404, "unimplemented", "there is no /???" + known);
  expect_error(ask(std::string(5000, 'x'), "POST"), 404, "unimplemented",
               "there is no " + std::string(80, 'x') + known);
}

TEST_F(AdminApiTest, OtherMethodsAreToldWhatIsAllowed) {
  for (const std::string path : {"/v1/status", "/v1/backends", "/v1/volumes", "/v1/volumes/v1", "/v1/cleanup"}) {
    for (const std::string method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"}) {
      const HttpResponse response = ask(path, method);
      expect_error(response, 405, "unimplemented", "the method " + method + " is not allowed; allowed: GET");
      EXPECT_EQ(response.headers, (decltype(response.headers){{"Allow", "GET"}}));
    }
  }
}

TEST_F(AdminApiTest, WhatIsNotUtf8IsReplaced) {
  service_.error = Error(ErrorKind::unavailable, "said \xFF");
  EXPECT_EQ(json::parse(ask("/v1/volumes/x").body)["error"]["message"], "said \uFFFD");
}

TEST_F(AdminApiTest, AnswersForTheSocketInTheSameForm) {
  expect_error(AdminApi::refuse(400, "not HTTP"), 400, "invalid_argument", "not HTTP");
  expect_error(AdminApi::refuse(413, "too large"), 413, "invalid_argument", "too large");
  expect_error(AdminApi::refuse(503, "busy"), 503, "resource_exhausted", "busy");
}

TEST(AdminApiWithoutAConfiguration, TellsWhyInTheStatusAndEverywhereElse) {
  const auto service = volumes::make_refusing_service({"hpe.conf:3: unknown key x"});
  test::FakeClock clock;
  const StopFlag stop(clock);
  AdminApi api(*service, clock, stop, "1.2.3");
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/status";
  const HttpResponse response = api.handle(request);
  EXPECT_EQ(response.status, 200);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["version"], "1.2.3");
  EXPECT_EQ(body["state"], "configuration error");
  EXPECT_EQ(body["reason"], "hpe.conf:3: unknown key x");
  for (const std::string path : {"/v1/backends", "/v1/volumes", "/v1/volumes/v1", "/v1/cleanup"}) {
    request.path = path;
    const HttpResponse refused = api.handle(request);
    EXPECT_EQ(refused.status, 503) << path;
    EXPECT_EQ(json::parse(refused.body)["error"],
              json({{"kind", "failed_precondition"},
                    {"message", "hpe.conf:3: unknown key x; correct it and restart hpe3pard"}}));
  }
}

TEST(AdminApiWithoutAConfiguration, DoesNotBlameTheConfigurationForTheHost) {
  const auto service = volumes::make_refusing_service({"it was written by a newer hpe3pard; start that", false});
  test::FakeClock clock;
  const StopFlag stop(clock);
  AdminApi api(*service, clock, stop, "1.2.3");
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/status";
  const json body = json::parse(api.handle(request).body);
  EXPECT_EQ(body["state"], "cannot work");
  EXPECT_EQ(body["reason"], "it was written by a newer hpe3pard; start that");
  request.path = "/v1/cleanup";
  EXPECT_EQ(json::parse(api.handle(request).body)["error"]["message"],
            "hpe3pard cannot work: it was written by a newer hpe3pard; start that");
}

TEST(AdminApiWithoutAConfiguration, TellsAReasonThatIsNoUtf8) {
  const auto service =
      volumes::make_refusing_service({"gr\xF6\xDF"
                                      "e.conf:3: unknown key x"});
  test::FakeClock clock;
  const StopFlag stop(clock);
  AdminApi api(*service, clock, stop, "1.2.3");
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/status";
  const HttpResponse response = api.handle(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("e.conf:3: unknown key x"), std::string::npos);
}

}  // namespace
}  // namespace hpe3par::admin
