#include "hpe3par/docker/driver.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "hpe3par/base/error.h"
#include "tests/fakes/fake_clock.h"

namespace hpe3par::docker {
namespace {

using nlohmann::json;

// Remembers what it was asked; answers, or throws what it was told to.
class FakeService final : public volumes::Service {
 public:
  void create(const std::string& name, const volumes::RawOptions& options, const Deadline&) override {
    asked = "create " + name + " " + json(options).dump();
    fail();
  }
  void remove(const std::string& name, const std::string&, const Deadline&) override {
    asked = "remove " + name;
    fail();
  }
  volumes::MountTicket mount(const std::string& name, const volumes::MountUser& user, const Deadline&) override {
    const std::string& id = user.id;
    asked = "mount " + name + " " + id;
    fail();
    return {"/mnt/" + name, [this](bool ok) { delivered = ok; }};
  }
  void unmount(const std::string& name, const std::string& id, const Deadline&) override {
    asked = "unmount " + name + " " + id;
    fail();
  }
  std::string find_path(const std::string& name, const Deadline&) override { return "/mnt/" + name; }
  volumes::VolumeInfo get(const std::string& name, std::optional<int>, const Deadline&) override {
    fail();
    volumes::VolumeInfo info;
    info.name = name;
    info.created = created;
    info.state = "available";
    return info;
  }
  volumes::VolumeList list(const Deadline&) override {
    volumes::VolumeInfo info;
    info.name = "v1";
    return {{info}, {}};
  }
  std::string array_of(const std::string&) override { return "A"; }
  std::vector<volumes::BackendInfo> backends() override { return {}; }
  volumes::ServiceStatus status() override { return {}; }

  std::optional<Error> error;
  std::string asked;
  std::optional<bool> delivered;
  WallTime created{std::chrono::seconds(1'800'000'000)};

 private:
  void fail() const {
    if (error) throw Error(*error);
  }
};

class DriverTest : public testing::Test {
 protected:
  json call(const std::string& path, const std::string& body, int expected_status = 200) {
    HttpRequest request;
    request.method = "POST";
    request.path = path;
    request.body = body;
    reply_ = driver_.handle(request);
    EXPECT_EQ(reply_.response.status, expected_status);
    EXPECT_EQ(reply_.response.content_type, "application/vnd.docker.plugins.v1.2+json");
    return json::parse(reply_.response.body);
  }
  std::string error_of(const std::string& path, const std::string& body, int expected_status = 200) {
    return call(path, body, expected_status).value("Err", "");
  }

  test::FakeClock clock_;
  StopFlag stop_{clock_};
  FakeService service_;
  Driver driver_{service_, clock_, stop_, {}};
  UnixServer::Reply reply_;
};

TEST_F(DriverTest, AnswersActivateWithoutABody) {
  EXPECT_EQ(call("/Plugin.Activate", ""), json::parse(R"({"Implements":["VolumeDriver"],"Err":""})"));
}

TEST_F(DriverTest, PassesNameAndOptionsOn) {
  EXPECT_EQ(error_of("/VolumeDriver.Create", R"({"Name":"v1","Opts":{"size":"1"}})"), "");
  EXPECT_EQ(service_.asked, R"(create v1 {"size":"1"})");
  EXPECT_EQ(error_of("/VolumeDriver.Create", R"({"Name":"v1","Opts":null,"More":[1]})"), "");
  EXPECT_EQ(service_.asked, "create v1 {}");
}

TEST_F(DriverTest, ARetryWithoutABodyIsAnErrorAndAsksNobody) {
  for (const char* method : {"Create", "Remove", "Mount", "Unmount", "Path", "Get"}) {
    EXPECT_NE(error_of(std::string("/VolumeDriver.") + method, "").find("has no body"), std::string::npos) << method;
    EXPECT_NE(error_of(std::string("/VolumeDriver.") + method, "{}\n").find("names no volume"), std::string::npos)
        << method;
  }
  EXPECT_EQ(service_.asked, "");
}

TEST_F(DriverTest, MalformedBodiesAreNamed) {
  EXPECT_NE(error_of("/VolumeDriver.Mount", "{").find("not JSON"), std::string::npos);
  EXPECT_NE(error_of("/VolumeDriver.Mount", "[1]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(error_of("/VolumeDriver.Mount", std::string(1'000'000, '[')).find("nested too deeply"), std::string::npos);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_NE(error_of("/VolumeDriver.Mount", objects).find("nested too deeply"), std::string::npos);
  EXPECT_NE(error_of("/VolumeDriver.Mount", R"({"Name":1})").find("member Name"), std::string::npos);
  EXPECT_NE(error_of("/VolumeDriver.Mount", R"({"Name":"a","Name":"b"})").find("Name twice"), std::string::npos);
  EXPECT_NE(error_of("/VolumeDriver.Create", R"({"Name":"a","Opts":{"size":1}})").find("option size must be a string"),
            std::string::npos);
  EXPECT_EQ(service_.asked, "");
}

TEST_F(DriverTest, AMountIsSettledByItsDelivery) {
  EXPECT_EQ(call("/VolumeDriver.Mount", R"({"Name":"v1","ID":"x"})")["Mountpoint"], "/mnt/v1");
  ASSERT_TRUE(reply_.after);
  EXPECT_FALSE(service_.delivered);
  reply_.after(true);
  EXPECT_EQ(service_.delivered, true);
}

TEST_F(DriverTest, ErrorsAreOneBoundedLineThatNamesTheVolume) {
  service_.error = Error(ErrorKind::unavailable, "two\nlines " + std::string(3000, 'x'));
  const json answer = call("/VolumeDriver.Mount", R"({"Name":"v1","ID":"x"})");
  const std::string error = answer["Err"];
  EXPECT_TRUE(error.starts_with("volume v1: two lines xxx"));
  EXPECT_LE(error.size(), 1000U);
  EXPECT_FALSE(answer.contains("Mountpoint"));
  EXPECT_FALSE(reply_.after);
}

TEST_F(DriverTest, HelpKeepsItsLines) {
  service_.error = Error(ErrorKind::invalid_argument, "a\nb\n");
  EXPECT_EQ(error_of("/VolumeDriver.Create", R"({"Name":"v1","Opts":{"help":""}})"), "a\nb\n");
}

TEST_F(DriverTest, GetLeavesOutACreationTimeThatIsNotKnown) {
  EXPECT_EQ(call("/VolumeDriver.Get", R"({"Name":"v1"})")["Volume"]["CreatedAt"], "2027-01-15T08:00:00Z");
  service_.created = {};
  EXPECT_FALSE(call("/VolumeDriver.Get", R"({"Name":"v1"})")["Volume"].contains("CreatedAt"));
}

TEST_F(DriverTest, UnknownMethodsAre404AndOtherVerbs405) {
  EXPECT_NE(error_of("/VolumeDriver.Nope", "{}", 404).find("VolumeDriver.Nope"), std::string::npos);
  HttpRequest request;
  request.method = "GET";
  request.path = "/VolumeDriver.List";
  EXPECT_EQ(driver_.handle(request).response.status, 405);
}

TEST_F(DriverTest, WhatAnswersAtOnceHasALaneOfItsOwn) {
  EXPECT_EQ(Driver::choose_lane("/VolumeDriver.Get"), Driver::kFastLane);
  EXPECT_EQ(Driver::choose_lane("/Plugin.Activate"), Driver::kConstantLane);
  EXPECT_EQ(Driver::choose_lane("/VolumeDriver.Nope"), Driver::kConstantLane);
  EXPECT_EQ(Driver::choose_lane("/VolumeDriver.Mount"), Driver::kSlowLane);
}

}  // namespace
}  // namespace hpe3par::docker
