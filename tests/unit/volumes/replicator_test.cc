#include "replicator.h"

#include "array_pair_fixture.h"
#include "hpe3par/replication/group_lock.h"

namespace hpe3par::volumes {
namespace {

using replication::LoggedLock;
using testing::HasSubstr;
using When = test::FakeArray::When;

class ReplicatorTest : public ArrayPairTest {
 protected:
  void attach(const catalog::Volume& volume) { replicator.attach(volume, in()); }
  std::string prepare_removal(const catalog::Volume& volume) {
    return replicator.prepare_removal(volume, in()).refusal;
  }
  bool detach(const catalog::Volume& volume) {
    return replicator.detach(volume, replicator.prepare_removal(volume, in()), in());
  }
  int requests() { return own->requests() + peer->requests(); }
  void expect_no_group() {
    EXPECT_FALSE(own->group("g"));
    EXPECT_FALSE(peer->group("g.r1"));
    expect_no_lock();
  }
  void expect_no_lock() {
    EXPECT_FALSE(own->set(replication::note_set_name("g")));
    EXPECT_TRUE(journal.group_locks().empty());
  }
  Error refusal() { return Error(ErrorKind::failed_precondition, "array B: no"); }

  GroupTakes takes{journal, *catalog, "host1", clock};
  GroupSight sight{config, *catalog, takes, clock};
  Replicator replicator{config, *catalog, sight, journal, "host1", clock};
};

class DeadHostTest : public ReplicatorTest {
 protected:
  void leave_note(std::chrono::seconds expires) {
    const replication::GroupNote note{"g", "host2", "t1", WallTime(expires), replication::GroupNote::Found::started,
                                      true};
    own->put_set({replication::note_set_name("g"), {}, false, false, replication::encode_note(note)});
  }
  array::GroupState state() { return own->group("g")->targets.at(0).state; }
};

TEST_F(DeadHostTest, AGroupThatItLeftStoppedIsStartedWhenItsTermIsOver) {
  const catalog::Volume volume = add_replicated();
  own->stop_group("g", in());
  own->set_time(WallTime(std::chrono::seconds(1'000)));
  leave_note(std::chrono::seconds(1'001));
  own->reset_requests();
  replicator.take_up_group(volume, in());
  EXPECT_EQ(state(), array::GroupState::stopped) << "it may be alive";
  EXPECT_EQ(own->requests(), 1);
  own->set_time(WallTime(std::chrono::seconds(1'001)));
  replicator.take_up_group(volume, in());
  EXPECT_EQ(state(), array::GroupState::started);
  expect_no_lock();
  EXPECT_TRUE(replicator.held_locks().empty());
}

TEST_F(DeadHostTest, AGroupThatAnAdministratorStoppedIsLeftAlone) {
  const catalog::Volume volume = add_replicated();
  own->stop_group("g", in());
  own->reset_requests();
  replicator.take_up_group(volume, in());
  EXPECT_EQ(state(), array::GroupState::stopped);
  EXPECT_EQ(own->requests(), 1);
  own->set_time(std::nullopt);
  leave_note(std::chrono::seconds(1));
  replicator.take_up_group(volume, in());
  EXPECT_EQ(state(), array::GroupState::stopped) << "the array does not tell the time";
}

TEST_F(DeadHostTest, WhatCannotBeStartedNowIsStillHeld) {
  const catalog::Volume volume = add_replicated();
  own->stop_group("g", in());
  own->set_time(WallTime(std::chrono::seconds(1'000)));
  leave_note(std::chrono::seconds(999));
  own->fail_next("start_group", When::before_effect, Error(ErrorKind::unavailable, "array A: busy"));
  replicator.take_up_group(volume, in());
  EXPECT_EQ(state(), array::GroupState::stopped);
  ASSERT_EQ(replicator.held_locks().size(), 1U);
  EXPECT_EQ(replicator.held_locks().front().group, "g");
  EXPECT_TRUE(replicator.settle(*own, in()));
  expect_no_lock();
}

TEST_F(ReplicatorTest, PutsAVolumeIntoItsGroupAndItsRecordOnTheCopy) {
  const catalog::Volume volume = add_volume();
  EXPECT_FALSE(replicator.is_attached(volume, in()));
  attach(volume);
  EXPECT_TRUE(replicator.is_attached(volume, in()));
  EXPECT_EQ(own->group("g")->targets.at(0).state, array::GroupState::started);
  EXPECT_EQ(own->group("g")->targets.at(0).cpg, "cpg2") << "where cpg_map maps its CPG";
  ASSERT_TRUE(peer->volume("dcv-v1"));
  EXPECT_EQ(peer->volume("dcv-v1")->comment, volume.comment);
  EXPECT_TRUE(catalog->array(kPeerKey).fetch("dcv-v1", in())->is_copy());
  expect_no_lock();
}

TEST_F(ReplicatorTest, AVolumeWhoseCopyGetsNoRecordIsTakenOutAgainWithIt) {
  const catalog::Volume volume = add_volume();
  for (const When when : {When::before_effect, When::after_effect}) {
    peer->fail_next("write_comment", when, refusal());
    EXPECT_EQ(kind_of([&] { attach(volume); }), ErrorKind::failed_precondition);
    EXPECT_EQ(sentence, "array B: no");
    EXPECT_FALSE(peer->volume("dcv-v1"));
    EXPECT_TRUE(own->volume("dcv-v1"));
    expect_no_group();
  }
  attach(volume);
  EXPECT_TRUE(peer->volume("dcv-v1"));
}

TEST_F(ReplicatorTest, TheOthersInTheGroupStayWhenOneIsTakenOutAgain) {
  add_replicated("v1");
  const catalog::Volume second = add_volume("v2");
  peer->fail_next("write_comment", When::before_effect, refusal());
  EXPECT_EQ(kind_of([&] { attach(second); }), ErrorKind::failed_precondition);
  EXPECT_FALSE(peer->volume("dcv-v2"));
  ASSERT_TRUE(own->group("g"));
  EXPECT_EQ(own->group("g")->members.size(), 1U);
  EXPECT_EQ(own->group("g")->targets.at(0).state, array::GroupState::started);
  EXPECT_TRUE(peer->volume("dcv-v1"));
  expect_no_lock();
}

TEST_F(ReplicatorTest, TakingOutAgainHasTimeOfItsOwn) {
  const catalog::Volume volume = add_volume();
  peer->set_hook([&](const std::string& method) {
    if (method == "write_comment") clock.advance(Millis(60'000));
  });
  EXPECT_EQ(kind_of([&] { attach(volume); }), ErrorKind::deadline_exceeded);
  EXPECT_FALSE(peer->volume("dcv-v1"));
  expect_no_group();
}

TEST_F(ReplicatorTest, WhatIsRefusedLeavesNothing) {
  const catalog::Volume volume = add_volume();
  own->fail_next("admit_volume", When::before_effect, refusal());
  EXPECT_EQ(kind_of([&] { attach(volume); }), ErrorKind::failed_precondition);
  EXPECT_EQ(peer->volume_count(), 0U);
  EXPECT_EQ(peer->requests("write_comment"), 0);
  expect_no_group();
}

TEST_F(ReplicatorTest, ACopyGetsItsRecordLaterToo) {
  const catalog::Volume volume = add_replicated();
  peer->edit_volume("dcv-v1", [](array::ArrayVolume& copy) { copy.comment.clear(); });
  replicator.record_copy(volume, in());
  EXPECT_EQ(peer->volume("dcv-v1")->comment, volume.comment);
  EXPECT_EQ(own->requests(), 0);
}

TEST_F(ReplicatorTest, DetachLeavesBothVolumes) {
  const catalog::Volume volume = add_replicated();
  detach(volume);
  EXPECT_FALSE(replicator.is_attached(volume, in()));
  EXPECT_TRUE(own->volume("dcv-v1"));
  EXPECT_TRUE(peer->volume("dcv-v1"));
  expect_no_group();
  detach(volume);  // a second time
}

TEST_F(ReplicatorTest, WithdrawTakesTheCopyAlong) {
  const catalog::Volume volume = add_replicated();
  add_replicated("v2");
  replicator.withdraw(volume, in());
  EXPECT_TRUE(own->volume("dcv-v1"));
  EXPECT_FALSE(peer->volume("dcv-v1"));
  EXPECT_TRUE(peer->volume("dcv-v2"));
  EXPECT_EQ(own->group("g")->members.size(), 1U);
  EXPECT_EQ(own->group("g")->targets.at(0).state, array::GroupState::started);
  replicator.withdraw(volume, in());  // it is out
  expect_no_lock();
}

TEST_F(ReplicatorTest, RemovesOnlyTheCopyOfThisVolume) {
  const catalog::Volume volume = add_replicated();
  catalog->array(kPeerKey).fetch("dcv-v1", in());
  replicator.remove_copy(kPeerKey, "dcv-v1", "uuid-of-another", in());
  EXPECT_TRUE(peer->volume("dcv-v1"));
  replicator.remove_copy(kPeerKey, "dcv-v1", volume.record.uuid, in());
  EXPECT_FALSE(peer->volume("dcv-v1"));
  EXPECT_FALSE(catalog->array(kPeerKey).find_copy("v1"));
  replicator.remove_copy(kPeerKey, "dcv-v1", volume.record.uuid, in());  // gone
  EXPECT_EQ(peer->requests("remove_volume"), 1);
}

TEST_F(ReplicatorTest, DoesNotRemoveAVolumeWithoutRecordInThePlaceOfTheCopy) {
  const catalog::Volume volume = add_replicated();
  peer->edit_volume("dcv-v1", [](array::ArrayVolume& copy) { copy.comment = "of the administrator"; });
  replicator.remove_copy(kPeerKey, "dcv-v1", volume.record.uuid, in());
  EXPECT_TRUE(peer->volume("dcv-v1"));
}

TEST_F(ReplicatorTest, ACopyThatIsExportedIsNotRemoved) {
  const catalog::Volume volume = add_replicated();
  peer->add_export("dcv-v1", "there", true);
  EXPECT_EQ(kind_of([&] { replicator.remove_copy(kPeerKey, "dcv-v1", volume.record.uuid, in()); }),
            ErrorKind::failed_precondition);
  EXPECT_TRUE(peer->volume("dcv-v1"));
}

TEST_F(ReplicatorTest, AVolumeIsRemovableInItsNaturalDirectionOnly) {
  const catalog::Volume volume = add_replicated();
  EXPECT_EQ(prepare_removal(volume), "");
  make_pair_say("1f5", "2f5");
  EXPECT_EQ(prepare_removal(volume), "");
  make_pair_say("2t3", "1t3");
  clock.advance(Millis(10'001));  // it was seen a moment ago
  EXPECT_THAT(prepare_removal(volume),
              HasSubstr("array A says secondary (reversed), started; array B says primary (reversed), started; bring "
                        "the group back to its natural direction"));
  make_pair_say("1f5", "1t5");
  EXPECT_NE(prepare_removal(volume), "");
}

TEST_F(ReplicatorTest, AVolumeIsNotRemovableWhileAnArrayIsSilent) {
  const catalog::Volume volume = add_replicated();
  peer->set_silent(true);
  EXPECT_THAT(prepare_removal(volume), HasSubstr("bring array B back, and retry"));
  peer->set_silent(false);
  own->set_silent(true);
  EXPECT_THAT(prepare_removal(volume), HasSubstr("bring array A back, and retry"));
}

TEST_F(ReplicatorTest, AVolumeThatIsInNoGroupAnyMoreIsRemovable) {
  const catalog::Volume volume = add_replicated();
  detach(volume);
  EXPECT_EQ(prepare_removal(volume), "");
}

TEST_F(ReplicatorTest, ThePairOfARecordIsOwnArrayFirst) {
  reach_both();
  EXPECT_EQ(replicator.pair_of(config.backends.front()), (std::vector<std::string>{"SA", "SB"}));
}

TEST_F(ReplicatorTest, AnArrayThatWasNeverReachedGivesNoPair) {
  const auto pair = [&] { replicator.pair_of(config.backends.front()); };
  own->connect(in());
  EXPECT_EQ(kind_of(pair), ErrorKind::unavailable);
  EXPECT_EQ(sentence,
            "backend DEFAULT: array B:8080 was not reached yet, and a replicated volume needs both of its arrays; "
            "retry when it answers");
  peer->set_silent(true);
  EXPECT_EQ(kind_of(pair), ErrorKind::unavailable);
  EXPECT_THAT(sentence, HasSubstr("both of its arrays (array B does not answer); retry"));
  peer->set_silent(false);
  peer->connect(in());
  replicator.pair_of(config.backends.front());
  peer->set_silent(true);
  EXPECT_EQ(replicator.pair_of(config.backends.front()).size(), 2U) << "it was reached once";
}

TEST_F(ReplicatorTest, ABackendWithoutReplicationDeviceIsNamed) {
  const catalog::Volume volume = add_replicated();
  config.backends.front().replication.reset();
  EXPECT_EQ(kind_of([&] { replicator.withdraw(volume, in()); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("backend DEFAULT has no replication_device in hpe.conf"));
  EXPECT_TRUE(replicator.is_attached(volume, in())) << "that can be told all the same";
}

TEST_F(ReplicatorTest, StartsAfterARestartTheGroupThatItStopped) {
  add_replicated("v1");
  const catalog::Volume second = add_volume("v2");
  steps.arm(-1);
  attach(second);
  const std::vector<std::string> names = steps.names();
  const auto stop = std::find(names.begin(), names.end(), "stop_group");
  ASSERT_NE(stop, names.end());
  replicator.withdraw(second, in());
  steps.arm(static_cast<int>(stop - names.begin()), test::Steps::Spoil::die_after);
  EXPECT_THROW(attach(second), test::ProcessDied);
  steps.revive();
  ASSERT_EQ(own->group("g")->targets.at(0).state, array::GroupState::stopped);
  ASSERT_EQ(journal.group_locks().size(), 1U);

  Replicator restarted{config, *catalog, sight, journal, "host1", clock};
  EXPECT_TRUE(restarted.settle(*peer, in())) << "nothing to do there";
  EXPECT_EQ(own->group("g")->targets.at(0).state, array::GroupState::stopped);
  EXPECT_TRUE(restarted.settle(*own, in()));
  EXPECT_EQ(own->group("g")->targets.at(0).state, array::GroupState::started);
  expect_no_lock();
}

// ---- what is known before a removal ----

TEST_F(ReplicatorTest, WhatWasSeenJustNowIsNotAskedAgain) {
  const catalog::Volume volume = add_volume();
  attach(volume);
  sight.look(volume, in());
  own->reset_requests();
  peer->reset_requests();
  const RemovalOutlook outlook = replicator.prepare_removal(volume, in());
  EXPECT_EQ(requests(), 0);
  EXPECT_TRUE(outlook.refusal.empty());
  EXPECT_TRUE(outlook.seen_started && outlook.copy_known);
  EXPECT_TRUE(replicator.detach(volume, outlook, in()));
  EXPECT_EQ(requests(), 6) << "lock, group, stop, dismiss, remove the group, unlock";
  replicator.remove_known_copy(kPeerKey, "dcv-v1", in());
  EXPECT_FALSE(peer->volume("dcv-v1"));
  EXPECT_EQ(peer->requests("find_volume"), 0);
}

TEST_F(ReplicatorTest, WhatWasSeenLongAgoIsAskedAgain) {
  const catalog::Volume volume = add_replicated();
  sight.look(volume, in());
  catalog->array(kPeerKey).fetch("dcv-v1", in());
  clock.advance(Millis(10'001));
  own->reset_requests();
  peer->reset_requests();
  const RemovalOutlook outlook = replicator.prepare_removal(volume, in());
  EXPECT_EQ(requests(), 2);
  EXPECT_TRUE(outlook.seen_started && outlook.peer_asked && outlook.copy_known);
}

TEST_F(ReplicatorTest, ASetThatWasNotSeenActiveIsAskedAgain) {
  const catalog::Volume volume = add_replicated();
  for (const auto& [of_own, of_peer] : std::vector<std::pair<std::string, std::string>>{
           {"1f5", "2f5"}, {"2t3", "1t3"}, {"1f5", "1t5"}, {"1t3", "2t3"}, {"1f2", "2f2"}}) {
    make_pair_say(of_own, of_peer);
    sight.look(volume, in());
    own->reset_requests();
    const RemovalOutlook outlook = replicator.prepare_removal(volume, in());
    EXPECT_EQ(own->requests("find_group"), 1) << of_own;
    EXPECT_FALSE(outlook.seen_started) << of_own;
  }
}

TEST_F(ReplicatorTest, AnArrayThatFellSilentSinceIsFoundOut) {
  const catalog::Volume volume = add_replicated();
  sight.look(volume, in());
  peer->set_silent(true);
  EXPECT_THAT(prepare_removal(volume), HasSubstr("bring array B back, and retry"));
}

TEST_F(ReplicatorTest, ACopyThatIsNotKnownIsLookedAtAndGetsItsRecord) {
  const catalog::Volume volume = add_replicated();
  EXPECT_TRUE(replicator.prepare_removal(volume, in()).copy_known);
  EXPECT_EQ(peer->requests("find_volume"), 1);
  peer->edit_volume("dcv-v1", [](array::ArrayVolume& copy) { copy.comment.clear(); });
  EXPECT_TRUE(replicator.prepare_removal(volume, in()).copy_known);
  EXPECT_EQ(peer->volume("dcv-v1")->comment, volume.comment);
  peer->edit_volume("dcv-v1", [](array::ArrayVolume& copy) { copy.comment = "of the administrator"; });
  EXPECT_FALSE(replicator.prepare_removal(volume, in()).copy_known);
  peer->fail_next("find_volume", When::before_effect, refusal());
  EXPECT_FALSE(replicator.prepare_removal(volume, in()).copy_known);
}

TEST_F(ReplicatorTest, AFailoverSinceItWasSeenIsNotMissed) {
  const catalog::Volume volume = add_replicated();
  sight.look(volume, in());
  const RemovalOutlook outlook = replicator.prepare_removal(volume, in());
  EXPECT_TRUE(outlook.seen_started);
  for (const auto& [of_own, of_peer] :
       std::vector<std::pair<std::string, std::string>>{{"1f5", "1t5"}, {"2t3", "1t3"}, {"1f7", "2f5"}}) {
    make_pair_say(of_own, of_peer);
    EXPECT_EQ(kind_of([&] { replicator.detach(volume, outlook, in()); }), ErrorKind::failed_precondition) << of_own;
    EXPECT_EQ(own->group("g")->members.size(), 1U);
    expect_no_lock();
  }
  make_pair_say("1f5", "2f5");
  EXPECT_TRUE(replicator.detach(volume, outlook, in())) << "stopped in its natural direction";
}

TEST_F(ReplicatorTest, AVolumeThatSomebodyElseTookOutIsNotCertain) {
  const catalog::Volume volume = add_replicated();
  sight.look(volume, in());
  const RemovalOutlook outlook = replicator.prepare_removal(volume, in());
  own->stop_group("g", in());
  own->dismiss_volume("g", "dcv-v1", in());
  EXPECT_FALSE(replicator.detach(volume, outlook, in()));
}

class JournaledLocksTest : public testing::Test {
 protected:
  test::Steps steps;
  test::FakeJournal journal{steps};
};

TEST_F(JournaledLocksTest, AreThereAfterARestart) {
  {
    JournaledLocks locks(journal);
    locks.add({"A", "g", "t1"});
    locks.add({"B", "h", "t2"});
    locks.remove("t1");
  }
  const std::vector<LoggedLock> left = JournaledLocks(journal).all();
  ASSERT_EQ(left.size(), 1U);
  EXPECT_EQ(left[0].array, "B");
  EXPECT_EQ(left[0].group, "h");
  EXPECT_EQ(left[0].token, "t2");
}

TEST_F(JournaledLocksTest, FollowAnArrayToItsNewAddress) {
  JournaledLocks locks(journal);
  locks.add({"A", "g", "t1"});
  locks.add({"B", "h", "t2"});
  locks.rename_array("A", "A2");
  locks.add({"A", "i", "t3"});  // by one who was at work meanwhile
  std::vector<std::string> arrays;
  for (const LoggedLock& each : locks.all()) arrays.push_back(each.array);
  EXPECT_EQ(arrays, (std::vector<std::string>{"A2", "B", "A2"}));
  EXPECT_EQ(journal.group_locks().back().array, "A2");
}

TEST_F(JournaledLocksTest, OneThatCannotBeJournaledIsNotTaken) {
  JournaledLocks locks(journal);
  journal.set_writable(false);
  EXPECT_THROW(locks.add({"A", "g", "t1"}), Error);
  EXPECT_TRUE(locks.all().empty());
}

TEST_F(JournaledLocksTest, OneWhoseRowStaysIsGoneUntilTheNextStart) {
  JournaledLocks locks(journal);
  locks.add({"A", "g", "t1"});
  journal.set_writable(false);
  EXPECT_THROW(locks.remove("t1"), Error);
  EXPECT_TRUE(locks.all().empty());
  locks.remove("t1");  // nothing to be written
  EXPECT_EQ(JournaledLocks(journal).all().size(), 1U);
}

}  // namespace
}  // namespace hpe3par::volumes
