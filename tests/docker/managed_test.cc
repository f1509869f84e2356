// hpe3pard as a managed plugin: disabled, replaced and killed while containers write.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <string>

#include "managed_plugin_test.h"

namespace hpe3par::test {
namespace {

TEST_F(ManagedPluginTest, ServesContainers) {
  create_volume();
  EXPECT_EQ(list_volumes(), "hpe9:1 v1");
  EXPECT_TRUE(contains(hpe3parctl({"volume", "ls"}), "v1"));
  start_writer("c1", "v1");
  EXPECT_TRUE(exec("c1", "grep ' /data ' /proc/mounts").starts_with("/dev/loop"));
  expect_served_beside("c1");
  const long written = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

TEST_F(ManagedPluginTest, TellsWhoeverCallsThatASettingIsWrong) {
  const auto set_level = [this](const std::string& level) {
    plugin_.disable_by_force();
    engine_.docker_ok({"plugin", "set", ManagedPlugin::name(), "HPE3PARD_LOG_LEVEL=" + level});
    plugin_.enable();
  };
  set_level("loud");
  const RunResult refused = engine_.docker({"volume", "create", "-d", ManagedPlugin::name(), "v1"});
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(contains(refused.errors, "HPE3PARD_LOG_LEVEL: log level 'loud' is not known; allowed: "));
  set_level("debug");
  create("v1");
  remove("v1");
}

TEST_F(ManagedPluginTest, IsDisabledAndEnabledUnderAContainerThatWrites) {
  create_volume();
  start_writer("c1", "v1");
  start_container("c2", "v1");
  const auto refused = engine_.docker({"plugin", "disable", ManagedPlugin::name()});
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(contains(refused.errors, "is in use"));
  for (int round = 0; round < 2; ++round) {
    plugin_.disable_by_force();
    EXPECT_EQ(plugin_.pid(), 0);
    expect_writing("c1");
    expect_attached();
    plugin_.enable();
    expect_writing("c1");
  }
  remove_container("c2");  // its mount is not where the plugin made it any more
  EXPECT_EQ(status().at("ids").size(), 1U) << "that of c1 counts: the engine is the same";
  EXPECT_EQ(status().at("detach_pending"), false);
  expect_writing("c1");
  expect_served_beside("c1");
  expect_to_start_again_and_remove("c1");
}

// The engine loses that Unmount, and mounts with the same id at the next start.
TEST_F(ManagedPluginTest, AContainerThatStopsWhileItIsDisabledStartsAgain) {
  create_volume();
  start_writer("c1", "v1");
  const auto ids = status().at("ids");
  const long written = last_number("c1");
  plugin_.disable_by_force();
  engine_.docker_ok({"stop", "c1"});
  EXPECT_FALSE(engine_.docker({"start", "c1"}).ok());
  plugin_.enable();
  engine_.docker_ok({"start", "c1"});
  EXPECT_EQ(status().at("ids"), ids);
  expect_writing("c1");
  expect_attached();
  remove_container("c1");
  expect_all_there_and_remove(written);
}

TEST_F(ManagedPluginTest, AnUnmountThatWasLostWhileItWasDisabledBlocksNoRemoval) {
  create_volume();
  start_writer("c1", "v1");
  plugin_.disable_by_force();
  remove_container("c1");
  plugin_.enable();
  expect_attached();
  remove("v1");
  expect_detached();
}

TEST_F(ManagedPluginTest, IsUpgradedUnderAContainerThatWrites) {
  create_volume();
  start_writer("c1", "v1");
  start_container("c2", "v1");
  plugin_.disable_by_force();
  plugin_.upgrade("a later hpe3pard");
  expect_writing("c1");
  plugin_.enable();
  EXPECT_EQ(plugin_.inspect(".Config.Description"), "a later hpe3pard");
  EXPECT_EQ(list_volumes(), "hpe9:1 v1");
  EXPECT_EQ(status().at("ids").size(), 2U);
  remove_container("c2");
  expect_served_beside("c1");
  expect_to_start_again_and_remove("c1");
}

TEST_F(ManagedPluginTest, IsInstalledFromARegistry) {
  plugin_.disable_by_force();
  const auto etc = plugin_.directory("etc");
  std::filesystem::rename(etc / "hpe.conf", etc / "other.conf");
  plugin_.install({"HPE3PARD_CONFIG=/etc/hpedockerplugin/other.conf"});
  create_volume();
  EXPECT_TRUE(contains(engine_log(), " debug   docker "));
  start_writer("c1", "v1");
  expect_served_beside("c1");
  const long written = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

// Nothing that counts lies in it.
TEST_F(ManagedPluginTest, IsRemovedAndMadeAnewUnderAContainerThatWrites) {
  create_volume();
  start_writer("c1", "v1");
  const auto ids = status().at("ids");
  const auto removed = plugin_.mounts();
  plugin_.disable_by_force();
  plugin_.replace();
  EXPECT_NE(plugin_.mounts(), removed);
  expect_writing("c1");
  EXPECT_EQ(list_volumes(), "hpe9:1 v1");
  EXPECT_EQ(status().at("ids"), ids);
  expect_served_beside("c1");
  expect_to_start_again_and_remove("c1");
}

TEST_F(ManagedPluginTest, IsStartedAgainByTheEngineWhenItIsKilled) {
  create_volume();
  start_writer("c1", "v1");
  for (int round = 0; round < 3; ++round) {
    plugin_.kill9();
    expect_writing("c1");
    expect_served_beside("c1");
  }
  const long written = last_number("c1");
  plugin_.kill9();
  engine_.docker_ok({"stop", "c1"});
  expect_detached();
  remove_container("c1");
  expect_all_there_and_remove(written);
}

class ManagedPluginMountView : public ManagedPluginTest {
 protected:
  /// Refused for what the engine does not see, and nothing is written anywhere.
  void expect_told(const RunResult& refused) {
    EXPECT_FALSE(refused.ok());
    EXPECT_TRUE(contains(refused.errors, "its mount at /opt/hpe/data/v1 does not show to process"));
    EXPECT_TRUE(contains(refused.errors, "docker plugin disable -f and docker plugin enable --timeout 120"));
    std::error_code none;
    EXPECT_TRUE(!std::filesystem::exists(plugin_.mounts() / "v1", none) ||
                std::filesystem::is_empty(plugin_.mounts() / "v1"));
  }
};

constexpr const char* kShowMount = "grep ' /data ' /proc/mounts";
constexpr const char* kWriteBeside = "echo beside > /data/beside && grep ' /data ' /proc/mounts";

// Its engine starts the plugin anew and then, most times, takes the way of its mounts away.
TEST_F(ManagedPluginMountView, NeverServesTheWrongDiskAfterItsEngineWasKilled) {
  create_volume();
  start_writer("c1", "v1");
  start_container("always", "v1", {"--restart", "always", "--stop-signal", "KILL"});
  const long written = last_number("c1");
  engine_.kill9();
  engine_.start();
  if (is_running("always")) {
    EXPECT_TRUE(exec("always", kShowMount).starts_with("/dev/loop"));
  }
  const RunResult tried = try_to_run_with("v1", kWriteBeside);
  RecordProperty("mounts", tried.ok() ? "kept" : "taken away");
  if (tried.ok()) {
    EXPECT_TRUE(tried.output.starts_with("/dev/loop")) << tried.output;
  } else {
    expect_told(tried);
    expect_detached();
  }
  plugin_.disable_by_force();
  plugin_.enable();
  EXPECT_GE(count_numbers("v1"), written);
  if (tried.ok()) {
    EXPECT_EQ(run_with("v1", "cat /data/beside"), "beside");
  }
  engine_.docker_ok({"start", "c1", "always"});
  EXPECT_TRUE(exec("always", kShowMount).starts_with("/dev/loop"));
  remove_container("always");
  expect_writing("c1");
  expect_served_beside("c1");
  const long in_all = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(in_all);
}

TEST_F(ManagedPluginMountView, IsConnectedAnewUnderAContainerThatWrites) {
  create_volume();
  start_writer("c1", "v1");
  ASSERT_EQ(::mount(nullptr, plugin_.mounts().c_str(), nullptr, MS_PRIVATE, nullptr), 0);
  ASSERT_EQ(::umount2((plugin_.mounts() / "v1").c_str(), 0), 0);
  const auto told = status();
  EXPECT_EQ(told.at("state"), "mounted");
  EXPECT_TRUE(contains(told.at("last_error"), "does not show to process"));
  expect_told(try_to_run_with("v1", kWriteBeside));
  expect_writing("c1");
  expect_attached();
  plugin_.disable_by_force();
  plugin_.enable();
  expect_writing("c1");
  EXPECT_TRUE(run_with("v1", kWriteBeside).starts_with("/dev/loop"));
  EXPECT_EQ(exec("c1", "cat /data/beside"), "beside");
  EXPECT_EQ(status().at("last_error"), "");
  expect_served_beside("c1");
  const long written = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

class ManagedPluginAlone : public ManagedPluginTest {
 protected:
  ManagedPluginAlone() : ManagedPluginTest({.pids = PidNamespace::own}) {}
};

TEST_F(ManagedPluginAlone, ServesContainersAndWarnsOnce) {
  create_volume();
  start_writer("c1", "v1");
  expect_served_beside("c1");
  const std::string log = engine_log();
  const std::string warning = "cannot see whether mounts reach the Docker engine";
  EXPECT_TRUE(contains(log, warning));
  EXPECT_EQ(log.find(warning), log.rfind(warning));
  const long written = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

}  // namespace
}  // namespace hpe3par::test
