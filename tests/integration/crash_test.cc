#include <algorithm>

#include "tests/integration/crash_points.h"

namespace hpe3par::test {
namespace {

// Those that a volume outside of remote copy groups passes; replication_crash_test.cc has the others.
std::vector<std::string> points_of_plain_volumes() {
  std::vector<std::string> points = crash_points();
  std::erase_if(points, is_about_groups);
  std::erase_if(points, is_about_second);
  return points;
}

class Crash : public testing::TestWithParam<std::string> {};

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

// A volume passes it when it is in volume sets, or in a group.
bool needs_sets(const std::string& point) {
  return is_about_sets(point) || point == "create.finished";
}

// The whole life of a volume; the daemon dies on the way and is started again. Nothing may be left of what was cut off,
// and the same request, repeated, must succeed.
TEST_P(Crash, KillingTheDaemonHereLosesAndLeaksNothing) {
  World world;
  Daemon& daemon = world.daemon;
  const std::string point = GetParam();
  DriverOptions options = {{"size", "1"}, {"fsOwner", "7:8"}, {"fsMode", "0700"}};
  if (needs_sets(point)) {
    make_qos_set(world.sim, "gold");
    make_flash_cache(world.sim);
    options.insert({{"qos-name", "gold"}, {"flash-cache", "true"}});
  }
  bool crashed = false;
  daemon.restart({{"HPE3PARD_CRASH_AT", point}});

  const auto finished_without = [&](const std::string& what) {
    // Whoever dies while nobody waits for an answer (after a reply was sent) is only seen a moment later.
    const bool dead = !crashed && eventually(crashed ? 0ms : 300ms, [&] { return !daemon.process().running(); });
    if (!dead) return true;
    crashed = true;
    daemon.start();
    if (what == "mount") {
      // The caller never heard of its mount, so it is undone; a later one starts from nothing.
      EXPECT_TRUE(eventually(20s, [&] { return is_clean(daemon); })) << daemon.log();
    }
    return false;
  };
  const auto must_succeed = [&](const std::string& what, const auto& act) {
    const std::string first = act();
    if (finished_without(what)) {
      EXPECT_EQ(first, "") << what;
    } else {
      EXPECT_EQ(act(), "") << what << " repeated after the crash\n" << daemon.log();
    }
  };
  must_succeed("create", [&] { return daemon.create("v1", options); });
  must_succeed("mount", [&] { return daemon.mount("v1", "id1"); });
  const auto path = daemon.path("v1");
  ASSERT_TRUE(path) << daemon.log();
  const RunResult owner = run({"stat", "-c", "%u:%g %a", path->string()}, world.directory / "stat");
  EXPECT_EQ(owner.output, "7:8 700\n");
  write_file(*path / "file", "data");
  must_succeed("unmount", [&] { return daemon.unmount("v1", "id1"); });
  must_succeed("mount", [&] { return daemon.mount("v1", "id2"); });
  ASSERT_TRUE(daemon.path("v1")) << daemon.log();
  EXPECT_EQ(read_file(*daemon.path("v1") / "file"), "data");
  must_succeed("unmount", [&] { return daemon.unmount("v1", "id2"); });
  must_succeed("remove", [&] { return daemon.remove("v1"); });
  EXPECT_TRUE(crashed) << "the daemon never came to " << point;
  EXPECT_TRUE(daemon.list().empty());
  if (needs_sets(point)) remove_qos_set(world.sim, "gold");
  world.leaks.check();
}

// Without a repeated request: what the crash left is undone by the next start alone.
TEST_P(Crash, TheNextStartAloneCleansUpAMount) {
  const std::string point = GetParam();
  if (!point.starts_with("mount.") && !point.starts_with("unmount.")) return;  // other requests leave nothing half done
  World world;
  Daemon& daemon = world.daemon;
  ASSERT_EQ(daemon.create("v1", kSmall), "");
  if (point == "mount.mounted") {  // only passed when a file system is there already
    ASSERT_EQ(daemon.mount("v1", "id0"), "");
    ASSERT_EQ(daemon.unmount("v1", "id0"), "");
  }
  const LeakCheck before({world.directory.path()}, &world.sim);
  daemon.restart({{"HPE3PARD_CRASH_AT", point}});
  daemon.mount("v1", "id1");
  if (point.starts_with("unmount.")) daemon.unmount("v1", "id1");
  ASSERT_TRUE(eventually(2s, [&] { return !daemon.process().running(); })) << point;
  daemon.start();
  EXPECT_TRUE(eventually(20s, [&] { return is_clean(daemon); })) << daemon.log();
  if (point == "mount.answering") {
    EXPECT_TRUE(daemon.path("v1")) << "the caller may know of it";
  }
  if (point == "mount.confirmed") {
    EXPECT_TRUE(daemon.path("v1")) << "acknowledged";
    EXPECT_NE(daemon.remove("v1"), "");
    EXPECT_EQ(daemon.unmount("v1", "id1"), "") << "it is kept until it is given up";
  }
  EXPECT_EQ(daemon.remove("v1"), "");
  world.leaks.check();
}

// ---- two in a row ----

/// What a daemon passes when it finishes what a dead one left.
const std::vector<std::string>& recovery_points() {
  static const std::vector<std::string> points = [] {
    std::vector<std::string> all = crash_points();
    std::erase_if(all,
                  [](const std::string& point) { return !point.starts_with("unmount.") || is_about_second(point); });
    return all;
  }();
  return points;
}

/// One volume, and the operation that passes a point.
struct Victim {
  Daemon& daemon;
  std::string point;
  std::string name;

  DriverOptions options() const {
    DriverOptions options = kSmall;
    if (needs_sets(point)) options.insert({{"qos-name", "gold"}, {"flash-cache", "true"}});
    return options;
  }
  /// Everything before the operation.
  void prepare() const {
    if (point.starts_with("create.")) return;
    EXPECT_EQ(daemon.create(name, options()), "");
    const bool has_file_system = point == "mount.mounted" || point.starts_with("unmount.");
    if (!has_file_system) return;
    EXPECT_EQ(daemon.mount(name, "id0"), "");
    if (point == "mount.mounted") {
      EXPECT_EQ(daemon.unmount(name, "id0"), "");
    }
  }
  std::string act() const {
    if (point.starts_with("create.")) return daemon.create(name, options());
    if (point.starts_with("remove.")) return daemon.remove(name);
    return point.starts_with("mount.") ? daemon.mount(name, "id1") : daemon.unmount(name, "id0");
  }
  /// Down to nothing.
  void finish() const {
    for (const char* id : {"id0", "id1"}) EXPECT_EQ(daemon.unmount(name, id), "");
    EXPECT_EQ(daemon.remove(name), "");
  }
};

// The daemon that cleans up after a dead one dies as well: at each step of that, and where the first one died.
TEST_P(Crash, ASecondCrashWhileCleaningUpLosesAndLeaksNothing) {
  World world;
  Daemon& daemon = world.daemon;
  make_qos_set(world.sim, "gold");
  make_flash_cache(world.sim);
  std::vector<std::string> seconds = recovery_points();
  seconds.push_back(GetParam());
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    SCOPED_TRACE(GetParam() + ", then " + seconds[i]);
    const Victim victim{daemon, GetParam(), "v" + std::to_string(i)};
    victim.prepare();
    daemon.restart({{"HPE3PARD_CRASH_AT", GetParam()}});
    victim.act();
    ASSERT_TRUE(eventually(2s, [&] { return !daemon.process().running(); }));
    try {
      daemon.start({{"HPE3PARD_CRASH_AT", seconds[i]}});
    } catch (const std::runtime_error&) {
      // it died before its socket could be seen
    }
    eventually(300ms, [&] { return !daemon.process().running(); });
    if (daemon.process().running()) victim.act();
    if (!eventually(300ms, [&] { return !daemon.process().running(); })) daemon.kill9();
    daemon.start();
    EXPECT_EQ(victim.act(), "") << daemon.log();
    victim.finish();
  }
  EXPECT_TRUE(daemon.list().empty());
  remove_qos_set(world.sim, "gold");
  world.leaks.check();
}

// No crash point: the kill races with what the daemon does after its answer.
TEST(CrashAfterTheAnswer, AMountThatTheCallerKnowsOfIsKept) {
  World world;
  Daemon& daemon = world.daemon;
  ASSERT_EQ(daemon.create("v1", kSmall), "");
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(daemon.mount("v1", "id"), "");
    daemon.kill9();
    daemon.start();
    EXPECT_TRUE(eventually(20s, [&] { return is_clean(daemon); })) << daemon.log();
    ASSERT_TRUE(daemon.path("v1")) << daemon.log();
    EXPECT_EQ(daemon.unmount("v1", "id"), "");
  }
  EXPECT_EQ(daemon.remove("v1"), "");
  world.leaks.check();
}

INSTANTIATE_TEST_SUITE_P(EachPoint, Crash, testing::ValuesIn(points_of_plain_volumes()), test_name);

}  // namespace
}  // namespace hpe3par::test
