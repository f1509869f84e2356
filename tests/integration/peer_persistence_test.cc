// Replicated volumes with Peer Persistence: exports from both arrays, and what a container does not notice.
#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {
namespace {

struct PersistentPair : ReplicatedPair {
  PersistentPair() : ReplicatedPair(kPeerPersistence) {}

  void make_and_mount(const std::string& volume = "v1") {
    const DriverOptions wanted = {{"size", "1"}, {"replicationGroup", "g1"}, {"mountConflictDelay", "2"}};
    EXPECT_EQ(daemon->create(volume, wanted), "");
    EXPECT_TRUE(becomes("1f3", "2f3"));
    EXPECT_TRUE(copies().becomes_synced("A"));
    EXPECT_EQ(daemon->mount(volume, "id1"), "");
  }
  bool has_exports(std::size_t on_a, std::size_t on_b) {
    return eventually(60s, [&] { return count_vluns(sim, "A") == on_a && count_vluns(sim, "B") == on_b; });
  }
  nlohmann::json status(const std::string& volume = "v1") const { return daemon->get(volume).json["Volume"]["Status"]; }
  /// After a switchover, too.
  void give_back_after_return() {
    EXPECT_EQ(daemon->unmount("v1", "id1"), "");
    if (side("B") == "1t3") copies().change_roles("B", 8);
    EXPECT_TRUE(becomes("1f3", "2f3"));
    give_back();
  }
  void give_back() {
    EXPECT_EQ(daemon->unmount("v1", "id1"), "");
    EXPECT_TRUE(has_exports(0, 0));
    EXPECT_EQ(daemon->remove("v1"), "");
  }
};

TEST(PeerPersistence, MakesTheGroupAndExportsFromBothArrays) {
  PersistentPair pair;
  pair.make_and_mount();
  const nlohmann::json policies = (*pair.group("A"))["targets"][0]["policies"];
  EXPECT_TRUE(policies["autoFailover"].get<bool>() && policies["pathManagement"].get<bool>()) << policies;
  EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
  EXPECT_EQ(count_vluns(pair.sim, "B"), 1U);
  EXPECT_EQ(pair.status()["replication"]["exports"], nlohmann::json({"A", "B"}));
  EXPECT_EQ(pair.status()["state"], "mounted");
  write(pair, "v1", "both");
  EXPECT_TRUE(is_clean(*pair.daemon));
  pair.give_back();
  EXPECT_TRUE(pair.becomes("-", "-"));
}

TEST(PeerPersistence, ASwitchoverUnderAMountIsNotNoticed) {
  PersistentPair pair;
  pair.make_and_mount();
  write(pair, "v1", "on A");
  pair.copies().change_roles("A", 8);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_EQ(content(pair, "v1"), "on A");
  write(pair, "v1", "on B");
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "") << "a second container";
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  EXPECT_EQ(pair.status()["state"], "mounted");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  EXPECT_EQ(content(pair, "v1"), "on B");
  EXPECT_TRUE(pair.has_exports(1, 1));
  pair.copies().change_roles("B", 8);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(content(pair, "v1"), "on B");
  pair.give_back();
}

TEST(PeerPersistence, KeepsToItsRequests) {
  PersistentPair pair;
  EXPECT_EQ(pair.create("warm"), "");  // what is asked once a minute, about the CPG, has been asked then
  EXPECT_EQ(pair.daemon->remove("warm"), "");
  pair.take_requests();
  EXPECT_EQ(pair.create("v1"), "");
  EXPECT_LE(pair.take_requests(), 11) << "create";
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  pair.take_requests();
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  EXPECT_LE(pair.take_requests(), 7) << "mount";
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_LE(pair.take_requests(), 2) << "unmount";
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

// The array that died keeps what it knows. What it shows when it is back is nobody's any more.
TEST(PeerPersistence, AnAutomaticFailoverUnderAMountIsNotNoticed) {
  PersistentPair pair;
  pair.make_and_mount();
  write(pair, "v1", "before");
  pair.sim.set_array_state("A", "down");
  EXPECT_TRUE(eventually(60s, [&] { return pair.side("B") == "1t5"; }));
  EXPECT_EQ(content(pair, "v1"), "before");
  write(pair, "v1", "after");
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "") << "a second container";
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");

  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.becomes("1f7", "1t5"));
  EXPECT_TRUE(pair.has_exports(0, 1)) << "what the old primary shows is given up";
  EXPECT_EQ(pair.status()["state"], "mounted");
  EXPECT_EQ(pair.status()["replication"]["exports"], nlohmann::json({"B"}));
  EXPECT_EQ(content(pair, "v1"), "after");

  pair.act_on_peer(9);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_TRUE(pair.has_exports(1, 1)) << "got again";
  write(pair, "v1", "and on");
  EXPECT_TRUE(pair.copies().becomes_synced("B"));
  pair.copies().change_roles("B", 8);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(content(pair, "v1"), "and on");
  pair.give_back();
}

TEST(PeerPersistence, AContainerIsRestartedWhileOneArrayIsDead) {
  PersistentPair pair;
  pair.make_and_mount();
  write(pair, "v1", "before");
  pair.sim.set_array_state("A", "down");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "") << "waits for the other array to take over";
  EXPECT_EQ(content(pair, "v1"), "before");
  EXPECT_EQ(pair.status()["replication"]["exports"], nlohmann::json({"B"}));
  write(pair, "v1", "after");
  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.has_exports(0, 1));
  pair.act_on_peer(9);
  EXPECT_TRUE(pair.has_exports(1, 1));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(content(pair, "v1"), "after");
  pair.give_back();
}

TEST(PeerPersistence, AMissingExportIsGotWhenTheArrayReturns) {
  PersistentPair pair;
  pair.make_and_mount();
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  pair.sim.set_array_state("B", "mgmt_down");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  EXPECT_EQ(pair.status()["replication"]["exports"], nlohmann::json({"A"}));
  pair.sim.set_array_state("B", "up");
  EXPECT_TRUE(pair.has_exports(1, 1));
  EXPECT_TRUE(eventually(10s, [&] { return pair.status()["replication"]["exports"].size() == 2; }));
  pair.copies().change_roles("A", 8);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_EQ(pair.status()["state"], "mounted");
  pair.give_back_after_return();
}

// It is kept where it is written to, and given back there as well.
TEST(PeerPersistence, AnExportOfAnArrayThatIsAwayIsGivenBackLater) {
  PersistentPair pair;
  pair.make_and_mount();
  pair.sim.set_array_state("B", "mgmt_down");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(count_vluns(pair.sim, "A"), 0U);
  pair.daemon->kill9();
  pair.daemon->start();
  pair.sim.set_array_state("B", "up");
  EXPECT_TRUE(pair.has_exports(0, 0));
  EXPECT_TRUE(eventually(20s, [&] { return is_clean(*pair.daemon); }));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(PeerPersistence, OfTwoHostsOneHasIt) {
  PersistentPair pair;
  Daemon second(pair.directory / "h2", pair.options("h2"));
  pair.make_and_mount();
  EXPECT_TRUE(has(second.mount("v1", "id2"), "in use by host h1"));
  EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
  EXPECT_EQ(count_vluns(pair.sim, "B"), 1U);
  pair.copies().change_roles("A", 8);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_TRUE(has(second.mount("v1", "id2"), "in use by host h1"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(second.mount("v1", "id2"), "");
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id1"), "in use by host h2"));
  EXPECT_EQ(second.unmount("v1", "id2"), "");
  pair.give_back_after_return();
}

// It had one export, on the array that died; so the other host could not see it.
TEST(PeerPersistence, AHostWithoutPathsGivesWayToWhoTookTheVolumeOver) {
  PersistentPair pair;
  Daemon second(pair.directory / "h2", pair.options("h2"));
  pair.make_and_mount();
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_TRUE(second.get("v1").ok());
  pair.sim.set_array_state("B", "mgmt_down");
  EXPECT_EQ(pair.daemon->mount("v1", "id1"), "");
  pair.daemon->kill9();  // it does not get the other export
  pair.sim.set_array_state("B", "up");
  pair.sim.set_array_state("A", "down");
  EXPECT_TRUE(eventually(60s, [&] { return pair.side("B") == "1t5"; }));
  EXPECT_EQ(second.mount("v1", "id2"), "");

  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.becomes("1f7", "1t5"));
  EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
  pair.daemon->start();
  EXPECT_TRUE(pair.has_exports(0, 1)) << "it must not write again when array A follows array B";
  EXPECT_TRUE(eventually(20s, [&] { return pair.status()["state"] == "fenced"; })) << pair.status();
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id3"), "was taken away from this host"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  pair.act_on_peer(9);
  EXPECT_TRUE(pair.has_exports(1, 1)) << "those of the other host";
  EXPECT_EQ(second.unmount("v1", "id2"), "");
  EXPECT_TRUE(pair.copies().becomes_synced("B"));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
  EXPECT_EQ(second.remove("v1"), "");
}

TEST(PeerPersistence, ADeadHostIsFencedOnBothArrays) {
  PersistentPair pair;
  pair.make_and_mount();
  pair.daemon->kill9();
  {
    Daemon second(pair.directory / "h2", pair.options("h2"));
    pair.sim.host_logged_in("A", "h1", false);
    EXPECT_TRUE(has(second.mount("v1", "id2"), "whose paths are logged in")) << "it is alive on the other array";
    pair.sim.host_logged_in("B", "h1", false);
    EXPECT_EQ(second.mount("v1", "id2"), "");
    EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
    EXPECT_EQ(count_vluns(pair.sim, "B"), 1U);
    EXPECT_EQ(second.unmount("v1", "id2"), "");
    EXPECT_TRUE(pair.has_exports(0, 0));
  }
  pair.daemon->start();
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

// Its paths to B may be in order, and if B took over, two hosts could write.
TEST(PeerPersistence, NobodyIsTakenForDeadWhileAnArrayThatLivesDoesNotTell) {
  PersistentPair pair;
  Daemon second(pair.directory / "h2", pair.options("h2"));
  pair.make_and_mount();
  pair.sim.set_array_state("B", "mgmt_down");
  pair.sim.host_logged_in("A", "h1", false);
  EXPECT_TRUE(has(second.mount("v1", "id2"), "array B, which has the volume too, does not tell whether that host is"));
  EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
  pair.sim.host_logged_in("B", "h1", false);
  pair.sim.set_array_state("B", "up");
  std::string err;
  EXPECT_TRUE(eventually(60s, [&] { return (err = second.mount("v1", "id2")).empty(); })) << err;
  EXPECT_EQ(second.unmount("v1", "id2"), "");
  EXPECT_TRUE(pair.has_exports(0, 0));
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

// Though it is back: should B take over, both could write.
TEST(PeerPersistence, WhatAFencedHostHasOnASilentArrayIsTakenAwayWhenThatReturns) {
  PersistentPair pair;
  Daemon second(pair.directory / "h2", pair.options("h2"));
  pair.make_and_mount();
  pair.sim.set_array_state("B", "down");
  for (const char* array : {"A", "B"}) pair.sim.host_logged_in(array, "h1", false);
  EXPECT_TRUE(eventually(60s, [&] { return pair.side("A") != "1f3"; }));
  EXPECT_EQ(second.mount("v1", "id2"), "");
  for (const char* array : {"A", "B"}) pair.sim.host_logged_in(array, "h1", true);
  pair.sim.set_array_state("B", "up");
  const auto exports = [&] { return second.get("v1").json["Volume"]["Status"]["replication"]["exports"]; };
  EXPECT_TRUE(eventually(60s, [&] { return exports().size() == 2; })) << second.log();
  EXPECT_EQ(count_vluns(pair.sim, "A"), 1U);
  EXPECT_EQ(count_vluns(pair.sim, "B"), 1U);
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id3"), "was taken away from this host"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_EQ(second.unmount("v1", "id2"), "");
  EXPECT_TRUE(pair.has_exports(0, 0));
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

/// Both arrays are dead: which one comes back first, and whether the daemon is killed while both are.
class BothArraysDead : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  std::string first() const { return std::get<0>(GetParam()); }
  std::string second() const { return first() == "A" ? "B" : "A"; }

  void set_takeover(int seconds) { pair_.sim.control("POST", "/behaviour", {{"takeover_s", seconds}}); }
  void die(const std::string& array) { pair_.sim.set_array_state(array, "down"); }
  void restart_between() {
    if (!std::get<1>(GetParam())) return;
    pair_.daemon->kill9();
    pair_.daemon->start();
    EXPECT_EQ(content(pair_, "v1"), "newest") << "the mount is kept";
  }
  void come_back(const std::string& array) {
    pair_.sim.set_array_state(array, "up");
    EXPECT_TRUE(eventually(60s, [&] { return pair_.is_up(array); })) << pair_.daemon->log();
  }
  /// A container that is stopped and started while one array is there.
  std::string restart_container() {
    EXPECT_EQ(pair_.daemon->unmount("v1", "id1"), "");
    return pair_.daemon->mount("v1", "id1");
  }
  void expect_newest_and_give_back() {
    EXPECT_EQ(pair_.daemon->mount("v1", "id1"), "");
    EXPECT_EQ(content(pair_, "v1"), "newest");
    EXPECT_TRUE(pair_.has_exports(1, 1));
    EXPECT_EQ(pair_.status()["state"], "mounted");
    EXPECT_EQ(pair_.sim.control("GET", "/invariants")["writable_twice"], nlohmann::json::array());
    pair_.give_back();
    EXPECT_TRUE(eventually(60s, [&] { return is_clean(*pair_.daemon); }));
  }

  PersistentPair pair_;
};

// Array A is in failsafe then, and does not know what was written to B.
TEST_P(BothArraysDead, AfterATakeOverOnlyTheTakerServes) {
  set_takeover(1);
  pair_.make_and_mount();
  write(pair_, "v1", "before");
  die("A");
  EXPECT_TRUE(eventually(60s, [&] { return pair_.side("B") == "1t5"; }));
  write(pair_, "v1", "newest");
  die("B");
  restart_between();

  come_back(first());
  EXPECT_EQ(content(pair_, "v1"), "newest") << "the container has what it wrote";
  EXPECT_NE(pair_.status()["state"], "orphaned") << pair_.status();  // "unreachable" while array A is not listed
  const std::string err = restart_container();
  if (first() == "A") {
    EXPECT_TRUE(has(err, "v1 is not mounted: array A says primary, failsafe")) << err;
    EXPECT_TRUE(has(err, "array A serves nothing before array ")) << err;
    EXPECT_EQ(content(pair_, "v1"), "not mounted");
  } else {
    EXPECT_EQ(err, "");
    EXPECT_EQ(content(pair_, "v1"), "newest");
  }
  come_back(second());
  EXPECT_TRUE(pair_.becomes("1f7", "1t5"));
  EXPECT_TRUE(pair_.has_exports(0, first() == "A" ? 0 : 1)) << "what the old primary shows is given up";
  pair_.act_on_peer(9);
  EXPECT_TRUE(pair_.becomes("2t3", "1t3"));
  EXPECT_TRUE(pair_.copies().becomes_synced("B"));
  EXPECT_TRUE(first() == "A" || pair_.has_exports(1, 1)) << "got again";
  pair_.act_on_peer(10);
  EXPECT_TRUE(pair_.becomes("1f3", "2f3"));
  expect_newest_and_give_back();
}

// The primary serves as soon as it reaches the witness; the other one has all data, and cannot know that.
TEST_P(BothArraysDead, InStepTheyServeAgainWithoutAnOperator) {
  set_takeover(3600);
  pair_.make_and_mount();
  write(pair_, "v1", "newest");
  die("A");
  die("B");
  restart_between();

  come_back(first());
  EXPECT_EQ(content(pair_, "v1"), "newest");
  const std::string err = restart_container();
  if (first() == "A") {
    EXPECT_EQ(err, "");
    EXPECT_EQ(content(pair_, "v1"), "newest");
  } else {
    EXPECT_TRUE(has(err, "array B has the copy only; bring array ")) << err;
    EXPECT_EQ(content(pair_, "v1"), "not mounted");
  }
  come_back(second());
  EXPECT_TRUE(pair_.becomes("1f3", "2f3")) << pair_.side("A") << " " << pair_.side("B");
  expect_newest_and_give_back();
}

std::string name_of(const testing::TestParamInfo<std::tuple<const char*, bool>>& info) {
  return std::string(std::get<0>(info.param)) + "First" + (std::get<1>(info.param) ? "AfterAKill" : "");
}

INSTANTIATE_TEST_SUITE_P(Return, BothArraysDead, testing::Combine(testing::Values("A", "B"), testing::Bool()), name_of);

}  // namespace
}  // namespace hpe3par::test
