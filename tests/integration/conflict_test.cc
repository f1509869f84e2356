#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

// Two daemons on one array play two hosts.
struct TwoHosts {
  explicit TwoHosts(const std::vector<std::string>& lines = {})
      : sim(directory / "sim"),
        leaks({directory.path()}, &sim),
        first(directory / "h1", options_for(sim, "h1", lines)),
        second(directory / "h2", options_for(sim, "h2", lines)) {
    for (Daemon* each : {&first, &second}) EXPECT_TRUE(eventually(10s, [&] { return each->call("List").ok(); }));
  }

  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  Daemon first;
  Daemon second;
};

const DriverOptions kShortDelay = {{"size", "1"}, {"mountConflictDelay", "2"}};

TEST(Conflict, AHostThatIsAliveKeepsItsVolume) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.first.create("v1", kShortDelay), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  const std::string error = hosts.second.mount("v1", "b");
  EXPECT_NE(error.find("in use by host h1"), std::string::npos) << error;
  EXPECT_TRUE(hosts.first.path("v1"));
  EXPECT_NE(hosts.second.remove("v1").find("in use by host h1"), std::string::npos);
  EXPECT_EQ(hosts.first.unmount("v1", "a"), "");
  EXPECT_EQ(hosts.second.mount("v1", "b"), "");
  EXPECT_EQ(hosts.second.unmount("v1", "b"), "");
  EXPECT_EQ(hosts.second.remove("v1"), "");
  hosts.leaks.check();
}

TEST(Conflict, AMountWaitsForTheOtherHostToLetGo) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.first.create("v1", {{"size", "1"}, {"mountConflictDelay", "20"}}), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  write_file(*hosts.first.path("v1") / "file", "from h1");
  std::thread letting_go([&] {
    std::this_thread::sleep_for(2s);
    EXPECT_EQ(hosts.first.unmount("v1", "a"), "");
  });
  EXPECT_EQ(hosts.second.mount("v1", "b"), "");
  letting_go.join();
  EXPECT_EQ(read_file(*hosts.second.path("v1") / "file"), "from h1");
  EXPECT_EQ(hosts.second.unmount("v1", "b"), "");
  EXPECT_EQ(hosts.second.remove("v1"), "");
  hosts.leaks.check();
}

TEST(Conflict, AHostWithoutPathsIsTakenForDeadAfterTheDelayAndNotBefore) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.first.create("v1", kShortDelay), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  ASSERT_EQ(hosts.first.unmount("v1", "a"), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  hosts.first.kill9();
  run({"umount", (hosts.directory / "h1/mnt/v1").string()}, hosts.directory / "umount");  // that machine is gone
  detach_loop_devices_below(hosts.sim.loop_dir() / "exports/h1");
  hosts.sim.host_logged_in("A", "h1", false);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(hosts.second.mount("v1", "b"), "");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_NE(hosts.second.log().find("fencing"), std::string::npos);
  EXPECT_EQ(hosts.second.unmount("v1", "b"), "");
  EXPECT_EQ(hosts.second.remove("v1"), "");
  hosts.leaks.check();
}

TEST(Conflict, AVolumeThatWasTakenAwayIsNotHandedToAnotherContainer) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.first.create("v1", {{"size", "1"}, {"mountConflictDelay", "0"}}), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  hosts.sim.host_logged_in("A", "h1", false);  // its paths are gone, the machine is not
  ASSERT_EQ(hosts.second.mount("v1", "b"), "");
  const std::string error = hosts.first.mount("v1", "c");
  EXPECT_NE(error.find("was taken away from this host by host h2"), std::string::npos) << error;
  EXPECT_EQ(hosts.first.get("v1").json["Volume"]["Status"]["state"], "fenced");
  EXPECT_EQ(hosts.first.unmount("v1", "a"), "");
  EXPECT_EQ(hosts.second.unmount("v1", "b"), "");
  EXPECT_EQ(hosts.second.remove("v1"), "");
  hosts.leaks.check();
}

TEST(Conflict, ThePolicyRefuseNeverTakesAVolumeAway) {
  TwoHosts hosts({"mount_conflict_policy = refuse"});
  ASSERT_EQ(hosts.first.create("v1", kShortDelay), "");
  ASSERT_EQ(hosts.first.mount("v1", "a"), "");
  hosts.sim.host_logged_in("A", "h1", false);
  EXPECT_NE(hosts.second.mount("v1", "b").find("in use by host h1"), std::string::npos);
  EXPECT_EQ(hosts.first.unmount("v1", "a"), "");
  EXPECT_EQ(hosts.first.remove("v1"), "");
  hosts.leaks.check();
}

TEST(Conflict, TwoHostsThatRaceNeverBothWin) {
  TwoHosts hosts;
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(hosts.first.create("v1", {{"size", "1"}, {"mountConflictDelay", "1"}}), "");
    std::string first_error;
    std::string second_error;
    std::thread first([&] { first_error = hosts.first.mount("v1", "a"); });
    std::thread second([&] { second_error = hosts.second.mount("v1", "b"); });
    first.join();
    second.join();
    EXPECT_NE(first_error.empty(), second_error.empty()) << "1: " << first_error << "\n2: " << second_error;
    EXPECT_EQ(mounts_below({hosts.directory.path()}).size(), 1U);
    hosts.first.unmount("v1", "a");
    hosts.second.unmount("v1", "b");
    EXPECT_EQ(hosts.first.remove("v1"), "");
  }
  hosts.leaks.check();
}

TEST(Conflict, AVolumeMadeOnOneHostIsSeenOnTheOther) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.first.create("v1", kSmall), "");
  EXPECT_TRUE(hosts.second.get("v1").ok());
  EXPECT_EQ(hosts.second.create("v1", kSmall), "");
  EXPECT_EQ(hosts.second.remove("v1"), "");
  EXPECT_TRUE(eventually(5s, [&] { return !hosts.first.get("v1").ok(); }));
  hosts.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
