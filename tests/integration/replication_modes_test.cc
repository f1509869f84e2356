// What depends on how an array copies, and on how it fails over; and two backends in opposite directions.
#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {
namespace {

constexpr const char* kModes[] = {"synchronous", "asynchronous", "streaming"};

void mirror(ReplicatedPair& pair) {
  pair.sim.control("POST", "/behaviour", {{"failover", "mirrored"}});
}

/// A volume with something on it, mounted as id1 and in step.
void prepare(ReplicatedPair& pair, const std::string& text) {
  ASSERT_EQ(pair.create("v1"), "");
  ASSERT_EQ(pair.daemon->mount("v1", "id1"), "");
  write(pair, "v1", text);
  ASSERT_TRUE(pair.copies().becomes_synced("A"));
}

/// All that was written is on both arrays.
void synchronise(ReplicatedPair& pair, const std::string& primary) {
  EXPECT_TRUE(pair.copies().becomes_synced(primary));
  if (pair.mode == "asynchronous") pair.copies().change(primary, 5);
  if (pair.mode == "streaming") pair.sim.advance_clock(10s);
  EXPECT_TRUE(pair.copies().becomes_synced(primary));
}

/// Array A is lost, the group is failed over, and the volume is mounted again, as id2.
void lose_the_own_array(ReplicatedPair& pair) {
  pair.sim.set_array_state("A", "down");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  EXPECT_TRUE(has(pair.daemon->mount("v1", "id2"), "has the copy only"));
  pair.act_on_peer(7);
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
}

void come_back(ReplicatedPair& pair) {
  pair.sim.set_array_state("A", "up");
  EXPECT_TRUE(pair.both_are_up());
  EXPECT_TRUE(eventually(60s, [&] { return count_vluns(pair.sim, "A") == 0 && is_clean(*pair.daemon); }));
  pair.act_on_peer(9);
  EXPECT_TRUE(pair.becomes("2t3", "1t3"));
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  EXPECT_TRUE(pair.copies().becomes_synced("B"));
  pair.act_on_peer(10);
  EXPECT_TRUE(pair.becomes("1f3", "2f3"));
}

void expect_at_home(ReplicatedPair& pair, const std::string& text) {
  EXPECT_EQ(pair.daemon->mount("v1", "id3"), "");
  EXPECT_EQ(pair.daemon->get("v1").json["Volume"]["Status"]["replication"]["serving_array"], "A");
  EXPECT_EQ(content(pair, "v1"), text);
  EXPECT_EQ(pair.daemon->unmount("v1", "id3"), "");
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(ReplicationModes, APeriodicCopyHoldsWhatTheLastCompletedOneBrought) {
  ReplicatedPair pair("asynchronous");
  ASSERT_NO_FATAL_FAILURE(prepare(pair, "first"));
  synchronise(pair, "A");
  write(pair, "v1", "second");
  EXPECT_TRUE(pair.copies().is_synced("A")) << "Synced says that the last copy is complete, and no more";
  lose_the_own_array(pair);
  EXPECT_EQ(content(pair, "v1"), "first");
  write(pair, "v1", "third");
  come_back(pair);
  expect_at_home(pair, "third");
}

TEST(ReplicationModes, APeriodicCopyIsMadeWhenItsPeriodIsOver) {
  ReplicatedPair pair("asynchronous");
  ASSERT_NO_FATAL_FAILURE(prepare(pair, "first"));
  pair.sim.advance_clock(901s);  // the default of sync_period
  EXPECT_TRUE(pair.copies().becomes_synced("A"));
  lose_the_own_array(pair);
  EXPECT_EQ(content(pair, "v1"), "first");
  come_back(pair);
  expect_at_home(pair, "first");
}

TEST(ReplicationModes, AStreamingCopyIsSomeSecondsBehind) {
  ReplicatedPair pair("streaming");
  ASSERT_NO_FATAL_FAILURE(prepare(pair, "first"));
  synchronise(pair, "A");
  lose_the_own_array(pair);
  EXPECT_EQ(content(pair, "v1"), "first");
  write(pair, "v1", "second");
  come_back(pair);
  expect_at_home(pair, "second");
}

TEST(ReplicationModes, AnOrderedStopOfAStreamingGroupBringsTheRest) {
  ReplicatedPair pair("streaming");
  ASSERT_NO_FATAL_FAILURE(prepare(pair, "first"));
  synchronise(pair, "A");
  write(pair, "v1", "second");
  EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
  pair.stop();
  pair.act_on_peer(7);
  EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
  EXPECT_EQ(content(pair, "v1"), "second");
  come_back(pair);
  expect_at_home(pair, "second");
}

/// The containers are stopped: `from` hands over to `to`, and arrays that mirror make that the natural direction.
void hand_over(ReplicatedPair& pair, const std::string& from, const std::string& to) {
  synchronise(pair, from);
  pair.copies().change(from, 4);
  pair.copies().change_roles(to, 7);
  EXPECT_TRUE(pair.becomes(from == "A" ? "2t5" : "1t5", from == "A" ? "1t5" : "2t5"));
  pair.sim.advance_clock(3s);
  EXPECT_TRUE(pair.becomes(from == "A" ? "2f3" : "1f3", from == "A" ? "1f3" : "2f3"));
}

TEST(ReplicationModes, MirroredArraysMakeTheNewDirectionTheNaturalOne) {
  for (const char* mode : kModes) {
    SCOPED_TRACE(mode);
    ReplicatedPair pair(mode);
    mirror(pair);
    ASSERT_NO_FATAL_FAILURE(prepare(pair, "on A"));
    EXPECT_EQ(pair.daemon->unmount("v1", "id1"), "");
    hand_over(pair, "A", "B");
    EXPECT_EQ(pair.daemon->mount("v1", "id2"), "");
    EXPECT_EQ(count_vluns(pair.sim, "A"), 0U);
    EXPECT_EQ(content(pair, "v1"), "on A");
    write(pair, "v1", "on B");
    EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
    EXPECT_TRUE(has(pair.daemon->remove("v1"), "so that array A is its primary"));
    EXPECT_TRUE(has(pair.create("v2"), "is a secondary now"));
    EXPECT_THROW(pair.act_on_peer(10), std::runtime_error) << "nothing is reversed, so nothing can be restored";
    hand_over(pair, "B", "A");
    expect_at_home(pair, "on B");
  }
}

TEST(ReplicationModes, MirroredArraysComeBackFromALossAsOthersDo) {
  for (const char* mode : kModes) {
    SCOPED_TRACE(mode);
    ReplicatedPair pair(mode);
    mirror(pair);
    ASSERT_NO_FATAL_FAILURE(prepare(pair, "on A"));
    synchronise(pair, "A");
    lose_the_own_array(pair);
    EXPECT_EQ(content(pair, "v1"), "on A");
    write(pair, "v1", "on B");
    come_back(pair);
    expect_at_home(pair, "on B");
  }
}

/// A second backend, B1, goes the other way: its own array is B, and A is the peer.
struct OppositePair : ReplicatedPair {
  OppositePair() {
    DaemonOptions both = options();
    both.backends.push_back(replicating_backend(sim, mode, "B", "A"));
    both.backends.back().section = "B1";
    daemon.emplace(directory / "h2", both);
    EXPECT_TRUE(both_are_up()) << daemon->log();
  }
  /// The group of B1's volume has the same name as the other one.
  CopyGroup opposite() { return {.sim = sim, .own = "B", .peer = "A"}; }
  std::string serving(const std::string& volume) const {
    return daemon->get(volume).json["Volume"]["Status"]["replication"]["serving_array"];
  }
};

TEST(ReplicationModes, OfTwoOppositeDirectionsOneIsFailedOverAndTheOtherStays) {
  OppositePair pair;
  ASSERT_EQ(pair.create("v1"), "");
  ASSERT_EQ(pair.daemon->create("v2", {{"size", "1"}, {"replicationGroup", "g1"}, {"backend", "B1"}}), "");
  for (const char* volume : {"v1", "v2"}) {
    ASSERT_EQ(pair.daemon->mount(volume, "id1"), "");
    write(pair, volume, volume);
  }
  EXPECT_TRUE(pair.copies().becomes_synced("A"));
  EXPECT_TRUE(pair.opposite().becomes_synced("B"));

  lose_the_own_array(pair);
  EXPECT_EQ(pair.serving("v1"), "B");
  EXPECT_EQ(pair.serving("v2"), "B");
  EXPECT_EQ(content(pair, "v1"), "v1");
  write(pair, "v1", "v1 on its peer");
  write(pair, "v2", "v2 all the time");
  EXPECT_EQ(pair.daemon->unmount("v2", "id1"), "");
  EXPECT_EQ(pair.daemon->mount("v2", "id2"), "") << "its own array answers";

  come_back(pair);
  EXPECT_EQ(pair.opposite().side("B"), "1f5") << "nobody touched it";
  pair.opposite().change("B", 3);
  EXPECT_TRUE(pair.opposite().becomes("1f3", "2f3"));
  EXPECT_EQ(content(pair, "v2"), "v2 all the time");
  EXPECT_EQ(pair.daemon->unmount("v2", "id2"), "");
  expect_at_home(pair, "v1 on its peer");
  EXPECT_EQ(pair.daemon->remove("v2"), "");
  EXPECT_TRUE(pair.becomes("-", "-"));
  EXPECT_TRUE(pair.opposite().becomes("-", "-"));
}

}  // namespace
}  // namespace hpe3par::test
