#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

/// What the array has of one kind, by name.
nlohmann::json find_object(World& world, const std::string& kind, const std::string& name) {
  const nlohmann::json objects = world.sim.objects();
  for (const auto& each : objects["arrays"]["A"][kind])
    if (each["name"] == name) return each;
  return nullptr;
}

std::size_t count_objects(World& world, const std::string& kind) {
  return world.sim.objects()["arrays"]["A"][kind].size();
}

TEST(Options, QosAndFlashCacheGoByVolumeSets) {
  World world;
  make_qos_set(world.sim, "gold");
  const std::string error = world.daemon.create("v1", {{"size", "1"}, {"flash-cache", "true"}});
  EXPECT_TRUE(has(error, "has no flash cache; create it there")) << error;
  EXPECT_EQ(count_objects(world, "volumes"), 0U);
  make_flash_cache(world.sim);
  ASSERT_EQ(world.daemon.create("v1", {{"size", "1"}, {"qos-name", "gold"}, {"flash-cache", "TRUE"}}), "");
  EXPECT_EQ(find_object(world, "volumesets", "gold")["setmembers"], nlohmann::json({"dcv-v1"}));
  EXPECT_EQ(count_objects(world, "volumesets"), 2U);
  const nlohmann::json objects = world.sim.objects();
  for (const auto& set : objects["arrays"]["A"]["volumesets"]) {
    if (set["name"] == "gold") continue;
    EXPECT_EQ(set["setmembers"], nlohmann::json({"dcv-v1"}));
    EXPECT_EQ(set["flashCachePolicy"], 1);
  }
  EXPECT_EQ(world.daemon.create("v1", {{"size", "1"}, {"flash-cache", "true"}, {"qos-name", "gold"}}), "");
  EXPECT_TRUE(has(world.daemon.create("v1", {{"size", "1"}, {"flash-cache", "true"}}), "qos-name is gold, not unset"));
  ASSERT_EQ(world.daemon.mount("v1", "id"), "");
  EXPECT_TRUE(has(world.daemon.remove("v1"), "is mounted on this host"));
  ASSERT_EQ(world.daemon.unmount("v1", "id"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  EXPECT_EQ(count_objects(world, "volumesets"), 1U);
  EXPECT_TRUE(find_object(world, "volumesets", "gold")["setmembers"].empty());
}

TEST(Options, ASetWithoutARuleIsNoQos) {
  World world;
  world.sim.administer("POST", "/volumesets", {{"name", "plain"}});
  const std::string error = world.daemon.create("v1", {{"size", "1"}, {"qos-name", "plain"}});
  EXPECT_TRUE(has(error, "has no QoS rule for volume set plain")) << error;
  EXPECT_TRUE(has(world.daemon.create("v1", {{"size", "1"}, {"qos-name", "none"}}), "has no volume set none"));
  EXPECT_EQ(count_objects(world, "volumes"), 0U);
}

TEST(Options, WhatAnAdministratorPutIntoAFlashCacheSetStays) {
  World world;
  make_flash_cache(world.sim);
  ASSERT_EQ(world.daemon.create("v1", {{"size", "1"}, {"flash-cache", "true"}}), "");
  ASSERT_EQ(world.daemon.create("v2", kSmall), "");
  const nlohmann::json objects = world.sim.objects();
  const std::string set = objects["arrays"]["A"]["volumesets"].at(0).at("name");
  world.sim.administer("PUT", "/volumesets/" + set, {{"action", 1}, {"setmembers", {"dcv-v2"}}});
  EXPECT_EQ(world.daemon.remove("v1"), "");
  EXPECT_EQ(find_object(world, "volumesets", set)["setmembers"], nlohmann::json({"dcv-v2"}));
  world.sim.administer("DELETE", "/volumesets/" + set);
  EXPECT_EQ(world.daemon.remove("v2"), "");
}

TEST(Options, ARuleThatIsDisabledIsNoQos) {
  World world;
  make_qos_set(world.sim, "gold");
  world.sim.administer("PUT", "/qos/vvset:gold", {{"enable", false}});
  const std::string error = world.daemon.create("v1", {{"size", "1"}, {"qos-name", "gold"}});
  EXPECT_TRUE(has(error, "that is disabled; enable it there")) << error;
  world.sim.administer("PUT", "/qos/vvset:gold", {{"enable", true}});
  EXPECT_EQ(world.daemon.create("v1", {{"size", "1"}, {"qos-name", "gold"}}), "");
}

TEST(Options, ASetOfTheAdministratorStandsInTheWayOfARemoval) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  world.sim.administer("POST", "/volumesets", {{"name", "backup"}, {"setmembers", {"dcv-v1"}}});
  const std::string error = world.daemon.remove("v1");
  EXPECT_TRUE(has(error, "member of volume set backup")) << error;
  world.sim.administer("PUT", "/volumesets/backup", {{"action", 2}, {"setmembers", {"dcv-v1"}}});
  EXPECT_EQ(world.daemon.remove("v1"), "");
}

TEST(Options, DeduplicationAndCompressionAreThoseOfTheArray) {
  World world;
  EXPECT_EQ(world.daemon.create("v1", {{"size", "16"}, {"provisioning", "dedup"}, {"compression", "true"}}), "");
  const nlohmann::json volume = find_object(world, "volumes", "dcv-v1");
  EXPECT_EQ(world.sim.administer("GET", "/volumes/dcv-v1")["provisioningType"], 6);
  EXPECT_EQ(world.sim.administer("GET", "/volumes/dcv-v1")["compressionState"], 1);
  EXPECT_TRUE(has(world.daemon.create("v2", {{"size", "15"}, {"compression", "true"}}), "allowed: size=16 and more"));
  EXPECT_TRUE(has(world.daemon.create("v2", {{"provisioning", "full"}, {"compression", "true"}}), "full"));
}

TEST(Options, CompressionNeedsALicenceAndAVersion) {
  World world;
  const DriverOptions compressed = {{"size", "16"}, {"compression", "true"}};
  world.sim.control("POST", "/behaviour", {{"licenses", {"Remote Copy"}}});
  world.daemon.restart();
  std::string error = world.daemon.create("v1", compressed);
  EXPECT_TRUE(has(error, "licence")) << error;
  EXPECT_EQ(count_objects(world, "volumes"), 0U);
  world.sim.control("POST", "/behaviour", {{"licenses", {"Remote Copy", "Compression"}}});
  EXPECT_EQ(world.daemon.create("v1", compressed), "") << "a new licence is noticed";
  world.sim.control("POST", "/behaviour", {{"wsapi_build", 30202290}});
  world.daemon.restart();
  error = world.daemon.create("v2", compressed);
  EXPECT_TRUE(has(error, "3.3.1")) << error;
  EXPECT_EQ(world.daemon.create("v2", {{"size", "1"}}), "") << "everything else works";
}

// The whole life of a volume on an array of the next generation.
TEST(Options, APrimeraIsServedToo) {
  for (const std::string profile : {"primera", "alletramp"}) {
    TempDir directory;
    SimulatorOptions simulated;
    simulated.arguments = {"--profile", profile};
    Simulator sim(directory / "sim", simulated);
    Daemon daemon(directory / "h1", options_for(sim));
    ASSERT_TRUE(eventually(10s, [&] { return daemon.call("List").ok(); }));
    EXPECT_EQ(daemon.create("v1", {{"size", "16"}, {"provisioning", "dedup"}, {"compression", "true"}}), "");
    EXPECT_EQ(daemon.create("v2", kSmall), "");
    EXPECT_TRUE(has(daemon.create("v3", {{"provisioning", "full"}}), "use thin or dedup"));
    EXPECT_TRUE(has(daemon.create("v3", {{"provisioning", "dedup"}}), "only together"));
    ASSERT_EQ(daemon.mount("v2", "id"), "") << profile << daemon.log();
    EXPECT_EQ(daemon.unmount("v2", "id"), "");
    EXPECT_EQ(daemon.remove("v2"), "");
    EXPECT_EQ(daemon.remove("v1"), "");
  }
}

// Without a restart of the daemon, and without an outage that it could have noticed.
TEST(Options, AnUpgradeOfTheArrayIsNoticed) {
  World world;
  const DriverOptions compressed = {{"size", "16"}, {"compression", "true"}};
  world.sim.control("POST", "/behaviour", {{"wsapi_build", 30202290}});
  world.daemon.restart();
  EXPECT_TRUE(has(world.daemon.create("v1", compressed), "3.3.1"));
  world.sim.control("POST", "/behaviour", {{"wsapi_build", 30301215}});
  EXPECT_EQ(world.daemon.create("v1", compressed), "");
  world.sim.control("POST", "/behaviour", {{"wsapi_build", 100000000}});
  EXPECT_EQ(world.daemon.create("v2", kSmall), "") << "no snapCPG is sent any more";
}

TEST(Options, ASnapCpgThatWasAskedForIsNotLeftOut) {
  World world;
  world.sim.control("POST", "/behaviour", {{"wsapi_build", 100000000}});
  world.daemon.restart();
  const std::string error = world.daemon.create("v1", {{"size", "1"}, {"snapcpg", "cpg2"}});
  EXPECT_TRUE(has(error, "snapcpg=cpg2 is not possible")) << error;
  EXPECT_EQ(world.daemon.create("v1", {{"size", "1"}, {"snapcpg", "cpg1"}}), "") << "the default";
  EXPECT_EQ(world.daemon.create("v1", {{"size", "1"}, {"snapcpg", "cpg1"}}), "");
}

TEST(Options, AnExistingVolumeIsComparedByWhereItIs) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  DaemonOptions other = options_for(world.sim, "h2");
  other.backends.front().cpg = "cpg2";
  Daemon elsewhere(world.directory / "h2", other);
  ASSERT_TRUE(eventually(10s, [&] { return elsewhere.get("v1").ok(); }));
  EXPECT_EQ(elsewhere.create("v1", kSmall), "") << "hosts may differ in their defaults";
  EXPECT_EQ(elsewhere.create("v1", {{"size", "1"}, {"cpg", "cpg1"}}), "");
  EXPECT_TRUE(has(elsewhere.create("v1", {{"size", "1"}, {"cpg", "cpg2"}}), "cpg is cpg1, not cpg2"));
}

TEST(Options, EveryRequestIsNeeded) {
  World world;
  make_qos_set(world.sim, "gold");
  make_flash_cache(world.sim);
  ASSERT_EQ(world.daemon.create("v0", {{"size", "1"}, {"qos-name", "gold"}, {"flash-cache", "true"}}), "");
  const auto requests_of = [&](const auto& act) {
    world.sim.reset_stats();
    EXPECT_EQ(act(), "");
    return world.total_requests();
  };
  EXPECT_EQ(requests_of([&] { return world.daemon.create("v1", {{"size", "1"}, {"qos-name", "gold"}}); }), 2);
  EXPECT_EQ(requests_of([&] { return world.daemon.remove("v1"); }), 5);
  EXPECT_EQ(requests_of([&] { return world.daemon.create("v1", {{"size", "1"}, {"flash-cache", "true"}}); }), 3);
  EXPECT_EQ(requests_of([&] { return world.daemon.remove("v1"); }), 5);
}

TEST(Options, BackendsAreShownWithTheirState) {
  World world;
  std::string text = world.daemon.create("x", {{"help", "backends"}});
  EXPECT_TRUE(has(text, "DEFAULT")) << text;
  EXPECT_TRUE(has(text, "up")) << text;
  world.sim.set_array_state("A", "down");
  EXPECT_TRUE(eventually(5s, [&] {
    world.daemon.get("y");
    text = world.daemon.create("x", {{"help", "backends"}});
    return has(text, "unreachable") && has(text, "Connection refused");
  })) << text;
}

}  // namespace
}  // namespace hpe3par::test
