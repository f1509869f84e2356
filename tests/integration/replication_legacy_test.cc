// Volumes that HPE's plugin replicated: their records name no group, and their copies have no record.
#include <thread>

#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {
namespace {

const char* const kUuid = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
const char* const kArrayVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";
const std::string kPath = std::string("/volumes/") + kArrayVolume;

/// Volume "db", as HPE's plugin made it in group g1.
struct LegacyPair : ReplicatedPair {
  LegacyPair() {
    const std::string comment =
        std::string(R"({"volume_id":")") + kUuid + R"(","name":"x","type":"Docker","display_name":"db"})";
    sim.administer("POST", "/volumes",
                   {{"name", kArrayVolume}, {"cpg", "cpg1"}, {"sizeMiB", 1024}, {"tpvv", true}, {"comment", comment}});
    sim.administer("POST", "/remotecopygroups",
                   {{"name", "g1"},
                    {"localUserCPG", "cpg1"},
                    {"targets", {{{"targetName", "B"}, {"mode", 1}, {"userCPG", "cpg2"}}}}});
    sim.administer("PUT", "/remotecopygroups/g1",
                   {{"action", 1},
                    {"volumeName", kArrayVolume},
                    {"targets", {{{"targetName", "B"}, {"secVolumeName", kArrayVolume}}}},
                    {"volumeAutoCreation", true}});
    copies().change("A", 3);
    // It is found by a listing that is made now.
    EXPECT_TRUE(eventually(20s, [&] { return daemon->list() == std::vector<std::string>{"db"}; }));
  }
  std::string comment_on(const std::string& array) {
    return sim.administer("GET", kPath, {}, array).value("comment", "");
  }
  bool has_it(const std::string& array) {
    const nlohmann::json volumes = sim.objects()["arrays"][array]["volumes"];
    return std::any_of(volumes.begin(), volumes.end(), [](const auto& each) { return each["name"] == kArrayVolume; });
  }
  nlohmann::json status() const { return daemon->get("db").json["Volume"]["Status"]; }
  void write_on_a() {
    EXPECT_EQ(daemon->mount("db", "id1"), "");
    write(*this, "db", "on A");
    EXPECT_EQ(daemon->unmount("db", "id1"), "");
    EXPECT_TRUE(copies().becomes_synced("A"));
  }
  void fail_back() {
    act_on_peer(9);
    EXPECT_TRUE(eventually(20s, [&] { return side("B") == "1t3" && is_synced(); }));
    act_on_peer(10);
    EXPECT_TRUE(becomes("1f3", "2f3"));
  }
  void remove_it() {
    EXPECT_EQ(daemon->remove("db"), "");
    EXPECT_FALSE(has_it("A"));
    EXPECT_FALSE(has_it("B"));
    EXPECT_TRUE(becomes("-", "-"));
    EXPECT_TRUE(daemon->list().empty());
  }
};

TEST(ReplicationLegacy, IsAReplicatedVolumeLikeAnyOther) {
  LegacyPair pair;
  EXPECT_EQ(pair.daemon->list(), std::vector<std::string>{"db"});
  EXPECT_EQ(pair.status()["replication"]["group"], "g1");
  EXPECT_EQ(pair.status()["replication"]["serving_array"], "A");
  const std::string made = pair.comment_on("A");
  EXPECT_EQ(pair.comment_on("B"), "");

  pair.write_on_a();
  EXPECT_EQ(pair.comment_on("A"), made);
  EXPECT_TRUE(has(pair.comment_on("B"), kUuid)) << "it shall be found there";
  std::this_thread::sleep_for(3200ms);
  EXPECT_EQ(pair.daemon->list(), std::vector<std::string>{"db"}) << "its copy is no volume";

  pair.stop();
  pair.act_on_peer(7);
  EXPECT_TRUE(pair.becomes("1f5", "1t5"));
  EXPECT_TRUE(has(pair.daemon->remove("db"), "natural direction"));
  EXPECT_EQ(pair.daemon->mount("db", "id2"), "");
  EXPECT_EQ(content(pair, "db"), "on A");
  EXPECT_EQ(count_vluns(pair.sim, "A"), 0U);
  write(pair, "db", "on B");
  EXPECT_EQ(pair.daemon->unmount("db", "id2"), "");

  pair.fail_back();
  EXPECT_EQ(pair.daemon->mount("db", "id3"), "");
  EXPECT_EQ(content(pair, "db"), "on B");
  EXPECT_EQ(pair.daemon->unmount("db", "id3"), "");
  pair.remove_it();
}

// By the record on the copy.
TEST(ReplicationLegacy, IsMountedByAHostThatHasNeverSeenItsArray) {
  LegacyPair pair;
  pair.write_on_a();
  pair.daemon.reset();
  pair.sim.set_array_state("A", "down");
  pair.act_on_peer(7);
  pair.daemon.emplace(pair.directory / "h2", pair.options("h2"));
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_up("B"); }));
  EXPECT_EQ(pair.daemon->list(), std::vector<std::string>{"db"});
  EXPECT_EQ(pair.daemon->mount("db", "id2"), "");
  EXPECT_EQ(content(pair, "db"), "on A");
  EXPECT_EQ(pair.daemon->unmount("db", "id2"), "");
  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.both_are_up());
  pair.fail_back();
  pair.remove_it();
}

// HPE's plugin wrote none, and this one never got to it. What is stored of the volume tells which copy is its.
TEST(ReplicationLegacy, IsMountedFromACopyWithoutRecordByAHostThatKnowsIt) {
  LegacyPair pair;
  pair.write_on_a();
  pair.sim.administer("PUT", kPath, {{"comment", ""}}, "B");
  EXPECT_EQ(pair.daemon->list(), std::vector<std::string>{"db"});
  pair.daemon.reset();
  pair.sim.set_array_state("A", "down");
  pair.act_on_peer(7);
  pair.daemon.emplace(pair.directory / "h1", pair.options());
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_up("B"); }));
  EXPECT_EQ(pair.daemon->mount("db", "id2"), "");
  EXPECT_EQ(content(pair, "db"), "on A");
  write(pair, "db", "on B");
  EXPECT_EQ(pair.daemon->unmount("db", "id2"), "");
  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.both_are_up());
  pair.fail_back();
  EXPECT_EQ(pair.daemon->mount("db", "id3"), "");
  EXPECT_EQ(content(pair, "db"), "on B");
  EXPECT_EQ(pair.daemon->unmount("db", "id3"), "");
  pair.remove_it();
}

// Nobody could tell which array serves it.
TEST(ReplicationLegacy, IsLeftAloneWithoutReplicationDevice) {
  LegacyPair pair;
  pair.daemon.reset();
  DaemonOptions plain = options_for(pair.sim, "h2");
  pair.daemon.emplace(pair.directory / "h2", plain);
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_up("A"); }));
  EXPECT_EQ(pair.daemon->list(), std::vector<std::string>{"db"});
  for (const std::string& refusal : {pair.daemon->mount("db", "id1"), pair.daemon->remove("db")})
    EXPECT_TRUE(has(refusal, "it is in remote copy group g1, and no backend of its array has a replication_device"))
        << refusal;
  EXPECT_EQ(count_vluns(pair.sim), 0U);
  pair.daemon.reset();
  pair.daemon.emplace(pair.directory / "h1", pair.options());
  EXPECT_TRUE(pair.both_are_up());
  pair.remove_it();
}

}  // namespace
}  // namespace hpe3par::test
