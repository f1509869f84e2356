#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

TEST(Stop, TerminatingLeavesMountsAndTheNextStartAdoptsThem) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  write_file(*world.daemon.path("v1") / "file", "data");
  for (const bool kill : {false, true}) {
    if (kill) {
      world.daemon.kill9();
    } else {
      EXPECT_EQ(world.daemon.stop(), ExitStatus{0});
    }
    EXPECT_EQ(mounts_below({world.daemon.mount_dir()}).size(), 1U) << "a container may use it";
    world.daemon.start();
    ASSERT_TRUE(world.daemon.path("v1"));
    EXPECT_EQ(world.daemon.mount("v1", "id1"), "");
  }
  EXPECT_EQ(read_file(*world.daemon.path("v1") / "file"), "data");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Stop, TakesLessThanEightSecondsInTheMiddleOfAMount) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  world.sim.set_array_state("A", "hang");
  std::thread mounting([&] { EXPECT_NE(world.daemon.mount("v1", "id1"), ""); });
  std::this_thread::sleep_for(500ms);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(world.daemon.stop(), ExitStatus{0});
  EXPECT_LT(std::chrono::steady_clock::now() - start, 8s);
  mounting.join();
  world.sim.set_array_state("A", "up");
  world.daemon.start();
  EXPECT_TRUE(eventually(20s, [&] { return world.daemon.mount("v1", "id1").empty(); }));
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Stop, AMountWhoseCallerHungUpIsUndone) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  world.sim.fault({{"array", "A"}, {"kind", "latency"}, {"delay_ms", 700}, {"count", 0}});
  EXPECT_FALSE(world.daemon.call("Mount", {{"Name", "v1"}, {"ID", "id1"}}, 1000ms).ok());
  world.sim.clear_faults();
  EXPECT_TRUE(eventually(15s, [&] { return count_vluns(world.sim) == 0; }));
  EXPECT_TRUE(eventually(5s, [&] { return mounts_below({world.daemon.mount_dir()}).empty(); }));
  EXPECT_EQ(world.daemon.mount("v1", "id2"), "");
  EXPECT_EQ(world.daemon.unmount("v1", "id2"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Stop, ACreateWhoseCallerHungUpIsFinished) {
  World world;
  world.sim.fault({{"array", "A"}, {"kind", "latency"}, {"delay_ms", 1000}, {"count", 0}});
  EXPECT_FALSE(world.daemon.call("Create", {{"Name", "v1"}, {"Opts", {{"size", "1"}}}}, 300ms).ok());
  world.sim.clear_faults();
  EXPECT_TRUE(eventually(10s, [&] { return world.daemon.get("v1").ok(); }));
  EXPECT_EQ(world.daemon.create("v1", kSmall), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Stop, ASecondDaemonOnTheSameSocketOrStateIsRefused) {
  World world;
  const RunResult second =
      run({program("hpe3pard").string(), "--config", world.daemon.config_file().string(), "--socket",
           world.daemon.socket().string(), "--admin-socket", (world.directory / "a2.sock").string(), "--state-dir",
           (world.directory / "state2").string(), "--mount-dir", (world.directory / "mnt2").string()},
          world.directory / "second");
  EXPECT_EQ(second.status, ExitStatus{1});
  EXPECT_NE(second.errors.find("already serves"), std::string::npos) << second.errors;
  const RunResult third =
      run({program("hpe3pard").string(), "--config", world.daemon.config_file().string(), "--socket",
           (world.directory / "d3.sock").string(), "--admin-socket", (world.directory / "a3.sock").string(),
           "--state-dir", world.daemon.state_dir().string(), "--mount-dir", world.daemon.mount_dir().string()},
          world.directory / "third");
  EXPECT_EQ(third.status, ExitStatus{1}) << third.errors;
}

TEST(Stop, TheCommandLineIsExact) {
  TempDir directory;
  const auto hpe3pard = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("hpe3pard").string());
    return run(arguments, directory / ("run" + std::to_string(arguments.size())));
  };
  EXPECT_EQ(hpe3pard({"--version"}).status, ExitStatus{0});
  const RunResult usage = hpe3pard({"--sockt", "x"});
  EXPECT_EQ(usage.status, ExitStatus{2});
  EXPECT_NE((usage.errors + usage.output).find("--sockt"), std::string::npos);
  write_file(directory / "bad.conf", "[DEFAULT]\nnonsense = 1\n");
  const RunResult bad = hpe3pard({"--check-config", "--config", (directory / "bad.conf").string()});
  EXPECT_EQ(bad.status, ExitStatus{2});
  EXPECT_EQ(bad.errors, (directory / "bad.conf").string() + ":2: unknown key nonsense\n");
}

}  // namespace
}  // namespace hpe3par::test
