#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

TEST(Outage, GetAndListAnswerFromTheCacheWhateverTheArrayDoes) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_TRUE(world.daemon.get("v1").ok());
  for (const char* state : {"hang", "down"}) {
    world.sim.set_array_state("A", state);
    for (int i = 0; i < 3; ++i) {
      const DriverReply got = world.daemon.get("v1");
      EXPECT_TRUE(got.ok()) << state << ": " << got.err;
      EXPECT_LT(got.elapsed.count(), 2.0) << state;
      EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v1"}) << state;
      std::this_thread::sleep_for(400ms);
    }
    const json status = world.daemon.get("v1").json["Volume"]["Status"];
    EXPECT_EQ(status["state"], "unreachable") << state << status;
    EXPECT_NE(status["last_error"], "") << state;
    const DriverReply unknown = world.daemon.get("nonesuch");
    EXPECT_NE(unknown.err.find("cannot tell whether volume nonesuch exists"), std::string::npos) << unknown.err;
    world.sim.set_array_state("A", "up");
    EXPECT_TRUE(
        eventually(30s, [&] { return world.daemon.get("v1").json["Volume"]["Status"]["state"] == "available"; }));
  }
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Outage, ADaemonStartedWithoutItsArrayServesTheCacheAndRecovers) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_TRUE(world.daemon.get("v1").ok());
  world.sim.set_array_state("A", "down");
  world.daemon.restart();
  EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v1"});
  EXPECT_TRUE(world.daemon.get("v1").ok());
  EXPECT_TRUE(world.daemon.call_raw("Plugin.Activate", "").ok());
  const std::string refused = world.daemon.create("v2", kSmall);
  EXPECT_NE(refused.find("v2"), std::string::npos) << refused;
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return world.daemon.create("v2", kSmall).empty(); }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  EXPECT_EQ(world.daemon.remove("v2"), "");
  world.leaks.check();
}

TEST(Outage, AnUnmountWithoutTheArraySucceedsAndIsFinishedWhenItReturns) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  world.sim.set_array_state("A", "mgmt_down");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_TRUE(mounts_below({world.daemon.mount_dir()}).empty());
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["detach_pending"], true);
  world.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return world.sim.objects()["arrays"]["A"]["vluns"].empty(); }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Outage, CapabilitiesDoNotWaitForLooksAtASilentArray) {
  World world;
  world.sim.set_array_state("A", "hang");
  std::vector<std::thread> looks;
  for (int i = 0; i < 40; ++i) looks.emplace_back([&, i] { world.daemon.get("unknown" + std::to_string(i)); });
  double slowest = 0;
  for (int i = 0; i < 50; ++i) slowest = std::max(slowest, world.daemon.call("Capabilities").elapsed.count());
  EXPECT_LT(slowest, 0.050);
  for (std::thread& look : looks) look.join();
  world.sim.set_array_state("A", "up");
  world.leaks.check();
}

TEST(Outage, AWrongConfigurationIsAnsweredWithItsPlace) {
  TempDir directory;
  Simulator sim(directory / "sim");
  Daemon daemon(directory / "h1", options_for(sim, "h1", {"hpe3par_cgp = x"}));
  const std::string error = daemon.create("v1", kSmall);
  EXPECT_NE(error.find("hpe.conf:"), std::string::npos) << error;
  EXPECT_NE(error.find("unknown key hpe3par_cgp; did you mean hpe3par_cpg?"), std::string::npos) << error;
  EXPECT_TRUE(daemon.call_raw("Plugin.Activate", "").ok());
}

}  // namespace
}  // namespace hpe3par::test
