#include "tests/integration/world.h"

#include <thread>

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// The daemon dies, and with it everything that it had written down.
void lose_journal(Daemon& daemon) {
  daemon.kill9();
  std::filesystem::remove_all(daemon.state_dir());
}

TEST(Orphans, WhatALostJournalLeftIsGivenBack) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  write_file(*world.daemon.path("v1") / "file", "data");
  lose_journal(world.daemon);
  world.daemon.start();
  EXPECT_TRUE(eventually(20s, [&] { return count_vluns(world.sim) == 0; })) << world.daemon.log();
  EXPECT_TRUE(eventually(5s, [&] { return is_clean(world.daemon); }));
  EXPECT_TRUE(mounts_below({world.directory.path()}).empty());
  EXPECT_TRUE(loop_devices_below({world.directory.path()}).empty());
  ASSERT_EQ(world.daemon.mount("v1", "id2"), "");
  EXPECT_EQ(read_file(*world.daemon.path("v1") / "file"), "data");
  EXPECT_EQ(world.daemon.unmount("v1", "id2"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

// As a container: it has a mount of its own, in a mount namespace of its own.
TEST(Orphans, AContainerThatUsesTheVolumeKeepsIt) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  const std::string place = world.daemon.path("v1")->string();
  const auto go = world.directory / "go";
  const auto data = world.directory / "data";  // a mount at the volume's own place would end with that directory
  write_file(go, "");
  std::filesystem::create_directories(data);
  Process container({"unshare", "-m", "--propagation", "private", "sh", "-c",
                     "mount --bind '" + place + "' '" + data.string() + "'; while test -e '" + go.string() +
                         "'; do echo line >>'" + data.string() + "/file' || exit 7; sync; sleep 0.05; done"},
                    world.directory / "container");
  ASSERT_TRUE(eventually(10s, [&] { return std::filesystem::exists(std::filesystem::path(place) / "file"); }));
  lose_journal(world.daemon);
  world.daemon.start();
  ASSERT_TRUE(eventually(20s, [&] { return has(world.daemon.log(), "that its journal does not know"); }));
  std::this_thread::sleep_for(3s);  // a clean-up period
  EXPECT_EQ(count_vluns(world.sim), 1U);
  EXPECT_NE(world.daemon.remove("v1"), "");
  EXPECT_TRUE(container.running()) << container.output();
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "") << "an id of which nothing is known any more";
  std::filesystem::remove(go);
  EXPECT_TRUE(eventually(20s, [&] { return count_vluns(world.sim) == 0; })) << world.daemon.log();
  EXPECT_TRUE(eventually(5s, [&] { return is_clean(world.daemon); }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Orphans, ADaemonThatDiesWhileItLooksGoesOnAtTheNextStart) {
  World world;
  for (const std::string name : {"v1", "v2"}) {
    ASSERT_EQ(world.daemon.create(name, kSmall), "");
    ASSERT_EQ(world.daemon.mount(name, "id"), "");
  }
  lose_journal(world.daemon);
  world.daemon.start({{"HPE3PARD_CRASH_AT", "sweep.adopted"}});
  ASSERT_TRUE(eventually(20s, [&] { return !world.daemon.process().running(); }));
  world.daemon.start();
  EXPECT_TRUE(eventually(20s, [&] { return count_vluns(world.sim) == 0; })) << world.daemon.log();
  EXPECT_TRUE(eventually(5s, [&] { return is_clean(world.daemon); }));
  for (const std::string name : {"v1", "v2"}) EXPECT_EQ(world.daemon.remove(name), "");
  world.leaks.check();
}

TEST(Orphans, WhatIsNotOfThisPluginStays) {
  World world;
  world.sim.administer("POST", "/volumes", {{"name", "oracle"}, {"cpg", "cpg1"}, {"sizeMiB", 1024}});
  world.sim.administer("POST", "/vluns", {{"volumeName", "oracle"}, {"hostname", "h1"}, {"lun", 9}});
  lose_journal(world.daemon);
  world.daemon.start();
  std::this_thread::sleep_for(4s);
  EXPECT_EQ(count_vluns(world.sim), 1U);
  world.sim.administer("DELETE", "/vluns/oracle,9,h1");
  world.sim.administer("DELETE", "/volumes/oracle");
}

// ---- an array is its serial number ----

TEST(ArrayIdentity, OneArrayUnderTwoAddressesIsUsedUnderTheFirst) {
  World world;
  Backend twin = Backend::of(world.sim);
  twin.section = "TWIN";
  const auto at = twin.api_url.find("127.0.0.1");
  ASSERT_NE(at, std::string::npos);
  twin.api_url.replace(at, 9, "localhost");
  world.daemon.configure("h1", {Backend::of(world.sim), twin});
  world.daemon.restart();
  ASSERT_TRUE(eventually(10s, [&] { return has(world.daemon.admin("/v1/status").body, "\"refused\""); }));
  EXPECT_EQ(world.daemon.create("v1", kSmall), "");
  std::this_thread::sleep_for(3s);
  ASSERT_EQ(world.daemon.mount("v1", "id"), "");
  EXPECT_EQ(world.daemon.unmount("v1", "id"), "");
  const std::string error = world.daemon.create("v2", {{"size", "1"}, {"backend", "TWIN"}});
  EXPECT_TRUE(has(error, "is the same one")) << error;
  EXPECT_TRUE(has(error, "write the same hpe3par_api_url")) << error;
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(ArrayIdentity, MountsFollowTheirArrayToItsNewAddress) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  Backend moved = Backend::of(world.sim);
  moved.api_url.replace(moved.api_url.find("127.0.0.1"), 9, "localhost");
  world.daemon.configure("h1", {moved});
  world.daemon.restart();
  ASSERT_TRUE(eventually(10s, [&] { return world.is_up(); }));
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["ids"], json({"id1"}));
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_TRUE(eventually(10s, [&] { return count_vluns(world.sim) == 0; })) << world.daemon.log();
  EXPECT_TRUE(is_clean(world.daemon));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
