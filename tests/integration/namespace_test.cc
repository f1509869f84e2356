// The daemon and who asks it in different mount namespaces.
#include <sys/mount.h>

#include "hpe3par_test/shared_directory.h"
#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHidden = "does not show to process";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

DaemonOptions unshared(const Simulator& simulator, const std::string& propagation) {
  DaemonOptions options = options_for(simulator);
  options.launcher = {"unshare", "--mount", "--propagation", propagation};
  return options;
}

/// One array, and a daemon with a mount namespace of its own.
struct Unshared {
  explicit Unshared(const std::string& propagation)
      : sim(directory / "sim"),
        mounts(directory / "h1/mnt", MNT_DETACH),
        leaks({directory.path()}, &sim),
        daemon(directory / "h1", unshared(sim, propagation)) {
    EXPECT_TRUE(eventually(10s, [&] { return has(daemon.admin("/v1/status").body, "\"state\":\"up\""); }))
        << daemon.log();
  }

  /// A call by a process in the daemon's namespace.
  nlohmann::json call_inside(const std::string& method, const nlohmann::json& body) {
    const RunResult result =
        run({"nsenter", "--target", std::to_string(daemon.process().pid()), "--mount", "curl", "--silent",
             "--unix-socket", daemon.socket(), "--data", body.dump(), "http://plugin/VolumeDriver." + method},
            directory / "curl");
    EXPECT_TRUE(result.ok()) << result.errors;
    return nlohmann::json::parse(result.output, nullptr, false);
  }

  bool mounted_inside() {
    const fs::path table = fs::path("/proc") / std::to_string(daemon.process().pid()) / "mountinfo";
    return has(read_file(table), (daemon.mount_dir() / "v1").string() + " ");
  }
  std::size_t vluns() { return sim.objects()["arrays"]["A"]["vluns"].size(); }

  /// No mount in either namespace, no loop device, no VLUN.
  void expect_nothing_of_it() {
    EXPECT_FALSE(mounted_inside());
    EXPECT_EQ(loop_devices_below({directory.path()}), std::vector<std::string>());
    EXPECT_EQ(vluns(), 0U);
    EXPECT_FALSE(fs::exists(daemon.mount_dir() / "v1"));
  }

  TempDir directory;
  Simulator sim;
  SharedDirectory mounts;
  LeakCheck leaks;
  Daemon daemon;
};

TEST(MountNamespace, WhatDoesNotReachTheCallerIsRefusedAndUndone) {
  Unshared world("private");
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  for (int round = 0; round < 2; ++round) {
    const std::string refused = world.daemon.mount("v1", "outside");
    EXPECT_TRUE(has(refused, "volume v1 is not mounted: its mount at ")) << refused;
    EXPECT_TRUE(has(refused, kHidden)) << refused;
    EXPECT_TRUE(has(refused, "hpe3pard must share the mount namespace of the engine")) << refused;
    world.expect_nothing_of_it();
  }
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(MountNamespace, WhatDoesNotReachTheCallerStaysWithThoseThatHaveIt) {
  Unshared world("private");
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  EXPECT_EQ(world.call_inside("Mount", {{"Name", "v1"}, {"ID", "inside"}})["Err"], "");
  EXPECT_TRUE(has(world.daemon.mount("v1", "outside"), kHidden));
  EXPECT_TRUE(world.mounted_inside());
  const nlohmann::json status = world.daemon.get("v1").json["Volume"]["Status"];
  EXPECT_EQ(status["ids"], nlohmann::json({"inside"}));
  EXPECT_EQ(status["state"], "mounted");
  EXPECT_TRUE(has(status["last_error"], kHidden)) << status;
  EXPECT_EQ(world.call_inside("Get", {{"Name", "v1"}})["Volume"]["Status"]["last_error"], "");
  EXPECT_EQ(world.daemon.unmount("v1", "inside"), "");
  world.expect_nothing_of_it();
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(MountNamespace, WhatPropagatesToTheCallerIsServed) {
  Unshared world("unchanged");
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "outside"), "");
  write_file(world.daemon.mount_dir() / "v1/file", "kept");
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["last_error"], "");
  EXPECT_EQ(world.daemon.unmount("v1", "outside"), "");
  world.expect_nothing_of_it();
  ASSERT_EQ(world.daemon.mount("v1", "outside"), "");
  EXPECT_EQ(read_file(world.daemon.mount_dir() / "v1/file"), "kept");
  EXPECT_EQ(world.daemon.unmount("v1", "outside"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
