// Replicated volumes, active/passive: real data through failover and failback.
#include <functional>
#include <map>

#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {
namespace {

TEST(Replication, ARuleForEachKindOfBackend) {
  ReplicatedPair pair;
  EXPECT_TRUE(has(pair.daemon->create("v1", kSmall), "option replicationGroup is needed"));
  EXPECT_TRUE(has(pair.daemon->create("v1", {{"size", "1"}, {"replicationGroup", "g1"}, {"cpg", "cpg2"}}),
                  "does not say where volumes of CPG cpg2 go"));
  World plain;
  EXPECT_TRUE(has(plain.daemon.create("v1", {{"size", "1"}, {"replicationGroup", "g1"}}), "has no replication_device"));
}

TEST(Replication, CreatesOnBothArraysAndRemovesBoth) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.create("v1"), "") << "it is there, with the same options";
  EXPECT_TRUE(has(pair.create("v1", "g2"), "replicationGroup is g1, not g2"));
  EXPECT_EQ(pair.create("v2"), "");
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ((*pair.group("A"))["volumes"].size(), 2U);
  const nlohmann::json objects = pair.sim.objects();
  EXPECT_EQ(objects["arrays"]["A"]["volumes"].size(), 2U);
  EXPECT_EQ(objects["arrays"]["B"]["volumes"].size(), 2U);

  EXPECT_EQ(pair.daemon->remove("v1"), "");
  EXPECT_TRUE(pair.becomes("1f3", "2f3")) << "the other one goes on";
  EXPECT_EQ(pair.daemon->remove("v2"), "");
  EXPECT_TRUE(pair.becomes("-", "-")) << "the last one takes the group with it";
}

TEST(Replication, KeepsToItsRequests) {
  ReplicatedPair pair;
  pair.take_requests();
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_LE(pair.take_requests(), 11) << "a new group";
  EXPECT_EQ(pair.create("v2"), "");
  EXPECT_LE(pair.take_requests(), 8) << "a group that is started";
}

using Requests = std::map<std::string, std::int64_t>;

/// What goes to both arrays while `act` runs, such as "A POST /api/v1/volumes".
Requests requests_of(ReplicatedPair& pair, const std::function<void()>& act) {
  pair.sim.reset_stats();
  act();
  Requests sent;
  for (const char* array : {"A", "B"})
    for (const auto& [route, count] : pair.sim.requests(array))
      if (count > 0) sent[std::string(array) + " " + route] = count;
  return sent;
}

// That of a volume that was seen a moment ago in a group that runs, and whose copy is known.
const Requests kRemoval = {{"A POST /api/v1/volumesets", 1},
                           {"A GET /api/v1/remotecopygroups/{name}", 1},
                           {"A GET /api/v1/vluns", 1},
                           {"A GET /api/v1/volumes", 1},
                           {"A PUT /api/v1/remotecopygroups/{name}", 3},
                           {"A DELETE /api/v1/volumes/{name}", 1},
                           {"B DELETE /api/v1/volumes/{name}", 1},
                           {"A DELETE /api/v1/volumesets/{name}", 1}};

/// The group of the volume is seen by a Mount, and by nobody else until the next one.
void use(ReplicatedPair& pair, const std::string& volume) {
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->mount(volume, "id1"), "");
  EXPECT_EQ(pair.daemon->unmount(volume, "id1"), "");
}

// What was seen is ten seconds old at most, if the machine is not slow just then.
void expect_removal(ReplicatedPair& pair, const std::string& volume, const Requests& wanted) {
  Requests sent;
  for (int round = 0; round < 5 && sent != wanted; ++round) {
    if (round > 0) {
      EXPECT_EQ(pair.create(volume), "");
    }
    use(pair, volume);
    EXPECT_TRUE(pair.daemon->get(volume).ok());  // as the engine does
    sent = requests_of(pair, [&] { EXPECT_EQ(pair.daemon->remove(volume), ""); });
  }
  EXPECT_EQ(sent, wanted) << volume;
}

TEST(Replication, RemovesWithTenRequests) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.create("v2"), "");
  expect_removal(pair, "v1", kRemoval);
  Requests last = kRemoval;
  last["A PUT /api/v1/remotecopygroups/{name}"] = 2;
  last["A DELETE /api/v1/remotecopygroups/{name}"] = 1;
  expect_removal(pair, "v2", last);
}

TEST(Replication, AfterARestartARemovalLooksAtBothArrays) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.create("v2"), "");
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  pair.daemon->restart();
  EXPECT_TRUE(pair.both_are_up());  // both are listed, so the copy is known
  const Requests sent = requests_of(pair, [&] { EXPECT_EQ(pair.daemon->remove("v1"), ""); });
  EXPECT_EQ(sent.at("A GET /api/v1/remotecopygroups/{name}"), 2);
  std::int64_t total = 0;
  for (const auto& [route, count] : sent) total += count;
  EXPECT_LE(total, 13);
  EXPECT_EQ(pair.daemon->remove("v2"), "");
}

TEST(Replication, AFailoverSinceTheGroupWasSeenIsFoundBeforeAnythingIsRemoved) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  use(pair, "v1");
  pair.stop();
  pair.act_on_peer(7);
  EXPECT_TRUE(pair.becomes("1f5", "1t5"));
  EXPECT_TRUE(has(pair.daemon->remove("v1"), "natural direction"));
  EXPECT_TRUE(pair.becomes("1f5", "1t5"));
  EXPECT_EQ((*pair.group("A"))["volumes"].size(), 1U);
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(Replication, AnArrayThatAdmitsToStartedGroupsNeverStopsThem) {
  ReplicatedPair pair("synchronous", {}, {"--profile", "alletramp"});
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  const Requests sent = requests_of(pair, [&] { EXPECT_EQ(pair.create("v2"), ""); });
  EXPECT_EQ(sent.at("A PUT /api/v1/remotecopygroups/{name}"), 1) << "the admission; neither stop nor start";
  std::int64_t total = 0;
  for (const auto& [route, count] : sent) total += count;
  EXPECT_LE(total, 6);
  EXPECT_EQ(pair.side("A"), "1f3");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); })) << "the new one, too";
  EXPECT_EQ((*pair.group("A"))["volumes"].size(), 2U);
  for (const char* volume : {"v1", "v2"}) EXPECT_EQ(pair.daemon->remove(volume), "");
}

TEST(Replication, DataSurviveAPlannedFailoverAndTheWayBack) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  write(pair, "v1", "on A");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));

  pair.stop();
  pair.act_on_peer(7);
  EXPECT_TRUE(pair.becomes("1f5", "1t5"));
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
  EXPECT_EQ(content(pair, "v1"), "on A");
  EXPECT_EQ(count_vluns(pair.sim, "A"), 0U);
  write(pair, "v1", "on B");
  EXPECT_TRUE(has(pair.daemon->remove("v1"), "mounted on this host"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  EXPECT_TRUE(has(pair.daemon->remove("v1"), "natural direction"));

  pair.act_on_peer(9);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->mount("v1", "id3"), "");
  EXPECT_EQ(content(pair, "v1"), "on B");
  EXPECT_EQ(pair.daemon->unmount("v1", "id3"), "");
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(Replication, ALostArrayIsReplacedByTheOther) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  write(pair, "v1", "on A");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));

  pair.sim.set_array_state("A", "down");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  const std::string refused = pair.daemon->mount("v1", "id2");
  EXPECT_TRUE(has(refused, "has the copy only") && has(refused, "setrcopygroup failover g1.r")) << refused;
  pair.act_on_peer(7);
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
  EXPECT_EQ(content(pair, "v1"), "on A");
  write(pair, "v1", "on B");

  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(30s, [&] { return count_vluns(pair.sim, "A") == 0 && is_clean(*pair.daemon); }))
      << "the export that was left there is removed";
  EXPECT_EQ(content(pair, "v1"), "on B");
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  pair.act_on_peer(9);
  EXPECT_TRUE(eventually(20s, [&] { return pair.side("B") == "1t3" && pair.is_synced(); }));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(Replication, TheDaemonStartsWithOneArrayDown) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  write(pair, "v1", "on A");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));
  pair.daemon.reset();
  pair.sim.set_array_state("A", "down");
  pair.act_on_peer(7);
  std::filesystem::remove_all(pair.directory / "h2");
  pair.daemon.emplace(pair.directory / "h2", pair.options("h2"));  // a host that has never seen A
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_up("B"); }));
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
  EXPECT_EQ(content(pair, "v1"), "on A");
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.both_are_up());
  pair.act_on_peer(9);
  EXPECT_TRUE(eventually(20s, [&] { return pair.side("B") == "1t3" && pair.is_synced(); }));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

nlohmann::json replication_of(const ReplicatedPair& pair, const std::string& volume) {
  return pair.daemon->get(volume).json["Volume"]["Status"]["replication"];
}

TEST(Replication, IsShownToWhoeverAsks) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));
  const nlohmann::json shown = replication_of(pair, "v1");
  EXPECT_EQ(shown["group"], "g1");
  EXPECT_EQ(shown["kind"], "active/passive");
  EXPECT_EQ(shown["mode"], "synchronous");
  EXPECT_EQ(shown["state"], "active");
  EXPECT_EQ(shown["serving_array"], "A");
  EXPECT_EQ(shown["sites"][1]["array"], "B");
  EXPECT_EQ(shown["sites"][1]["role"], "secondary");
  EXPECT_EQ(shown["volume"]["sync_status"], "synced");
  // One request to each array for all volumes, and none for a while after that.
  EXPECT_EQ(pair.create("v2"), "");
  pair.sim.reset_stats();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(replication_of(pair, "v2")["group"], "g1");
  for (const char* array : {"A", "B"}) {
    std::int64_t lists = 0;
    for (const auto& [route, count] : pair.sim.requests(array))
      if (has(route, "/remotecopygroups")) lists += count;
    EXPECT_EQ(lists, 1) << array;
  }
  for (const char* volume : {"v1", "v2"}) EXPECT_EQ(pair.daemon->remove(volume), "");
}

TEST(Replication, AMountThatLostItsArrayIsTold) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  write(pair, "v1", "on A");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));
  pair.stop();
  pair.act_on_peer(7);
  EXPECT_TRUE(eventually(30s, [&] { return pair.daemon->get("v1").json["Volume"]["Status"]["state"] == "orphaned"; }))
      << pair.daemon->get("v1").json;
  const std::string reason = pair.daemon->get("v1").json["Volume"]["Status"]["last_error"];
  EXPECT_TRUE(has(reason, "array B says primary (reversed)") && has(reason, "is lost; stop the containers")) << reason;
  EXPECT_TRUE(has(pair.daemon->log(), "a mount writes to an orphaned copy"));
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id2"), "what is written to a mount from array A is lost"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
  EXPECT_EQ(replication_of(pair, "v1")["serving_array"], "B");
  EXPECT_EQ(content(pair, "v1"), "on A");
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(Replication, NothingIsFormattedWhereItMightNeverBeReplicated) {
  ReplicatedPair pair;
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_TRUE(eventually(20s, [&] { return pair.is_synced(); }));
  pair.stop();
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id1"), "might never be replicated"));
  pair.act_on_peer(7);
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id1"), "might never be replicated"));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(Replication, AGroupOfTheAdministratorIsCheckedAndLeftAsItIs) {
  ReplicatedPair pair;
  pair.sim.administer("POST", "/remotecopygroups",
                      {{"name", "g1"},
                       {"localUserCPG", "cpg1"},
                       {"targets", {{{"targetName", "B"}, {"mode", 2}, {"userCPG", "cpg2"}}}}});
  EXPECT_TRUE(has(pair.create("v1"), "is asynchronous (periodic), replication_device of backend DEFAULT"));
  EXPECT_EQ(pair.sim.objects()["arrays"]["A"]["volumes"].size(), 0U) << "nothing is left";
  pair.sim.administer("DELETE", "/remotecopygroups/g1?keepSnap=false");
  EXPECT_EQ(pair.create("v1"), "");
  pair.stop();
  EXPECT_TRUE(has(pair.create("v2"), "is not started"));
  EXPECT_EQ(pair.side("A"), "1f5") << "whoever stopped it had a reason";
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

}  // namespace
}  // namespace hpe3par::test
