// The engine dies in the middle of a call to the plugin.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

class DockerEngineCrash : public DockerTest {
 protected:
  void strike(const std::string& route, const std::string& kind, int delay_ms = 0) {
    nlohmann::json fault = {{"array", "A"}, {"method", "POST"}, {"route", "/api/v1/" + route}, {"kind", kind}};
    if (delay_ms > 0) fault["delay_ms"] = delay_ms;
    simulator_.fault(fault);
  }

  bool was_struck() {
    const auto faults = simulator_.control("GET", "/faults").at("arrays").at("A");
    return !faults.empty() && !faults.at(0).at("hits").empty();
  }

  /// `docker <arguments>`, and no engine any more at the first request that a fault strikes.
  void kill_the_engine_in(const Words& arguments) {
    const auto command = engine_.docker_in_background(arguments);
    ASSERT_TRUE(eventually(seconds(20), [this] { return was_struck(); })) << command->errors();
    engine_.kill9();
    EXPECT_TRUE(command->wait(seconds(10)));
  }

  void kill_the_engine_in_the_mount() {
    kill_the_engine_in({"run", "--name", "c1", "--network=none", "--mount", mount_option("v1"), kImage, "/bin/true"});
  }

  void expect_usable_after_start() {
    engine_.start();
    engine_.docker_ok({"start", "-a", "c1"});
    EXPECT_EQ(run_with("v1", "cat /data/file"), "kept");
    remove_container("c1");
    remove("v1");
  }
};

TEST_F(DockerEngineCrash, InAMountOnASlowArrayIsUndoneByTheDaemon) {
  create("v1");
  run_with("v1", "echo kept > /data/file");
  strike("vluns", "latency", 3000);
  kill_the_engine_in_the_mount();
  EXPECT_TRUE(eventually(seconds(20), [this] { return contains(daemon_.log(), "op=Mount volume=v1"); }));
  expect_detached();
  expect_usable_after_start();
}

TEST_F(DockerEngineCrash, InAMountOnAnArrayThatHangsIsUndoneWhenItReturns) {
  create("v1");
  run_with("v1", "echo kept > /data/file");
  strike("vluns", "hang_after");
  kill_the_engine_in_the_mount();
  EXPECT_EQ(vluns(), 1U);
  simulator_.clear_faults();
  EXPECT_TRUE(eventually(seconds(30), [this] { return vluns() == 0; }));
  expect_detached();
  expect_usable_after_start();
}

// A Create is finished although nobody listens any more: the volume is whole, or the command is repeated.
TEST_F(DockerEngineCrash, InACreateLeavesAWholeVolume) {
  strike("volumes", "latency", 2000);
  kill_the_engine_in({"volume", "create", "-d", "hpe", "-o", "size=1", "v1"});
  engine_.start();
  EXPECT_TRUE(eventually(seconds(10), [this] { return list_volumes() == "hpe v1"; }));
  create("v1");
  EXPECT_EQ(run_with("v1", "echo kept > /data/file && cat /data/file"), "kept");
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
