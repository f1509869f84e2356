#include "hpe3par/replication/group_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <utility>

#include "group_work.h"
#include "hpe3par/replication/group_lock.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_lock_log.h"

namespace hpe3par::replication {
namespace {

using array::GroupState;
using test::FakeArray;
using testing::HasSubstr;
using When = FakeArray::When;

class GroupKeeperTest : public testing::Test {
 protected:
  GroupKeeperTest() {
    own.set_peer(peer);
    for (const char* name : {"v1", "v2", "v3"}) own.add_volume(name, "");
    wish.group = "g";
    wish.backend = "DEFAULT";
    wish.array = "A";
    wish.target = "B";
    wish.cpg = "cpg1";
    wish.target_cpg = "cpg2";
  }
  Deadline in(Millis budget = Millis(60'000)) { return Deadline::after(clock, budget); }
  void admit(const std::string& volume) { keeper.admit(own, wish, {volume, "B", volume, true}, in()); }
  void dismiss(const std::string& volume) { keeper.dismiss(own, wish, {volume}, in()); }
  void dismiss_seen(const std::string& volume) {
    keeper.dismiss(own, wish, {volume, true, [this] { return std::exchange(why_not, ""); }}, in());
  }
  std::string error_of(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  /// "started: v1 v2", or "none".
  std::string group() {
    const auto now = own.group("g");
    if (!now) return "none";
    const GroupState state = now->targets.at(0).state;
    std::string text = state == GroupState::started ? "started:" : state == GroupState::stopped ? "stopped:" : "other:";
    for (const auto& member : now->members) text += " " + member.volume;
    return text;
  }
  void expect_no_lock() {
    EXPECT_FALSE(own.set(note_set_name("g"))) << "the lock was not given up";
    EXPECT_TRUE(log.all().empty());
  }

  test::FakeClock clock;
  test::Steps steps;
  FakeArray own{steps, "A"};
  FakeArray peer{steps, "B"};
  test::FakeLockLog log;
  GroupKeeper keeper{log, "host1", clock};
  GroupWish wish;
  std::string why_not;  // what is said of the other array, once
};

TEST_F(GroupKeeperTest, MakesTheGroupOfItsFirstVolume) {
  admit("v1");
  EXPECT_EQ(group(), "started: v1");
  EXPECT_TRUE(peer.volume("v1"));
  EXPECT_EQ(own.requests(), 8) << "look, lock, look, create, admit, start, look, unlock";
  expect_no_lock();
}

TEST_F(GroupKeeperTest, GivesANewGroupItsPeriodOrItsPolicies) {
  wish.mode = array::CopyMode::periodic;
  wish.sync_period = std::chrono::seconds(300);
  admit("v1");
  EXPECT_EQ(own.group("g")->targets.at(0).sync_period, std::chrono::seconds(300));

  wish.group = "p";
  wish.mode = array::CopyMode::synchronous;
  wish.peer_persistence = true;
  admit("v2");
  EXPECT_TRUE(own.group("p")->targets.at(0).auto_failover);
}

TEST_F(GroupKeeperTest, StopsAndStartsAGroupThatRuns) {
  admit("v1");
  own.reset_requests();
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2");
  EXPECT_EQ(own.requests("stop_group"), 1);
  EXPECT_EQ(own.requests(), 6);
  expect_no_lock();
}

TEST_F(GroupKeeperTest, ManyShareOneStop) {
  admit("v1");
  std::promise<void> go;
  const std::shared_future<void> started = go.get_future().share();
  std::atomic<bool> held = false;
  own.set_hook([&](const std::string& method) {
    if (method == "stop_group" && !held.exchange(true)) started.wait();
  });
  own.reset_requests();
  auto second = std::async(std::launch::async, [&] { admit("v2"); });
  while (!held) std::this_thread::yield();
  std::promise<void> queued;
  std::atomic<bool> seen = false;
  const CancelToken asked([&] {
    if (!seen.exchange(true)) queued.set_value();
    return false;
  });
  auto third = std::async(std::launch::async, [&] {
    keeper.admit(own, wish, {"v3", "B", "v3", true}, Deadline::after(clock, Millis(60'000), asked));
  });
  queued.get_future().wait();
  go.set_value();
  second.get();
  third.get();
  EXPECT_EQ(own.requests("stop_group"), 1);
  EXPECT_EQ(own.requests("start_group"), 1);
  EXPECT_EQ(own.requests("create_empty_set"), 1);
  EXPECT_EQ(own.group("g")->members.size(), 3U);
}

TEST_F(GroupKeeperTest, TakesOutAndRemovesTheGroupWithItsLast) {
  admit("v1");
  admit("v2");
  dismiss("v1");
  EXPECT_EQ(group(), "started: v2");
  EXPECT_TRUE(peer.volume("v1")) << "both arrays keep theirs";
  dismiss("v2");
  EXPECT_EQ(group(), "none");
  dismiss("v2");
  expect_no_lock();
}

// ---- what the caller has seen ----

TEST_F(GroupKeeperTest, WhatWasSeenAMomentAgoSparesALook) {
  admit("v1");
  admit("v2");
  own.reset_requests();
  why_not = "not asked: it is started";
  dismiss_seen("v1");
  EXPECT_EQ(group(), "started: v2");
  EXPECT_EQ(own.requests(), 6) << "lock, look, stop, dismiss, start, unlock";
  EXPECT_EQ(why_not, "not asked: it is started");
  dismiss_seen("v2");
  EXPECT_EQ(group(), "none");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, TellsWhatTheVolumeWasInTheGroup) {
  admit("v1");
  const auto left = keeper.dismiss(own, wish, {"v1"}, in());
  ASSERT_TRUE(left);
  EXPECT_EQ(left->copies.at(0).target, "B");
  EXPECT_EQ(left->copies.at(0).volume, "v1");
  EXPECT_FALSE(keeper.dismiss(own, wish, {"v1"}, in()));
}

// Somebody stopped it since it was seen, so the other array may have taken over.
TEST_F(GroupKeeperTest, OfAGroupThatIsNotStartedTheOtherArrayIsAsked) {
  admit("v1");
  admit("v2");
  own.stop_group("g", in());
  std::vector<GroupNote> notes;
  own.set_hook([&](const std::string& method) {
    if (method != "remove_set" && method != "dismiss_volume") return;
    if (const auto set = own.set(note_set_name("g"))) notes.push_back(*decode_note(set->comment));
  });
  why_not = "array B took over";
  EXPECT_EQ(error_of([&] { dismiss_seen("v1"); }), "array B took over");
  EXPECT_EQ(group(), "stopped: v1 v2");
  dismiss_seen("v1");
  EXPECT_EQ(group(), "stopped: v2") << "it is not started for that";
  ASSERT_FALSE(notes.empty());
  EXPECT_EQ(notes.at(notes.size() - 2).found, GroupNote::Found::idle) << "before it was touched";
  expect_no_lock();
}

TEST_F(GroupKeeperTest, OfAGroupThatADeadHostLeftStoppedTheOtherArrayIsAsked) {
  admit("v1");
  admit("v2");
  GroupLock dead(own, log, "g", "host1");
  EXPECT_FALSE(dead.try_take(GroupNote::Found::started, true, in()));
  own.stop_group("g", in());
  why_not = "array B took over";
  EXPECT_EQ(error_of([&] { dismiss_seen("v1"); }), "array B took over");
  EXPECT_EQ(group(), "started: v1 v2") << "as it was before";
  expect_no_lock();
}

TEST_F(GroupKeeperTest, WhatWasSeenCountsForNoAdmission) {
  admit("v1");
  own.stop_group("g", in());
  GroupWork work(own, log, "g", "host1");
  work.open(in(), true);  // by one who saw it started, and at once somebody else has something for it to do
  EXPECT_THAT(error_of([&] { work.admit(wish, {"v2", "B", "v2", true}, in()); }), HasSubstr("is not started"));
  work.put_in_order(in());
  work.release(in());
  EXPECT_EQ(group(), "stopped: v1");
  expect_no_lock();
}

// ---- a start without effect ----

TEST_F(GroupKeeperTest, ANewGroupIsSeenStarted) {
  own.ignore_starts(1);
  admit("v1");
  EXPECT_EQ(group(), "started: v1") << "a start without effect is repeated";
  expect_no_lock();
}

TEST_F(GroupKeeperTest, ANewGroupThatDoesNotStartIsWaitedForOnlySoLong) {
  own.ignore_starts(1'000);
  const SteadyTime begin = clock.now();
  admit("v1");
  EXPECT_EQ(group(), "other: v1");
  EXPECT_GE(clock.now() - begin, Millis(9'000));
  EXPECT_LE(clock.now() - begin, Millis(11'000));
  EXPECT_EQ(own.requests("start_group"), 2);
  expect_no_lock();
}

TEST_F(GroupKeeperTest, WhoeverMakesAGroupKeepsTimeForTheRest) {
  own.ignore_starts(1'000);
  const Deadline deadline = in(Millis(8'000));
  keeper.admit(own, wish, {"v1", "B", "v1", true}, deadline);
  EXPECT_GE(deadline.remaining(), Millis(3'000));
}

TEST_F(GroupKeeperTest, ALookAtANewGroupThatFailsIsNoFailure) {
  own.set_hook([&](const std::string& method) {
    if (method == "start_group")
      own.fail_next("find_group", When::before_effect, Error(ErrorKind::unavailable, "broken"));
  });
  admit("v1");
  EXPECT_EQ(group(), "started: v1");
  expect_no_lock();
}

// ---- an array that admits to started groups ----

class OnlineGroupKeeperTest : public GroupKeeperTest {
 protected:
  OnlineGroupKeeperTest() { own.set_build(100'500'000); }
};

TEST_F(OnlineGroupKeeperTest, StopsNothingToAdmit) {
  admit("v1");
  own.reset_requests();
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2");
  EXPECT_EQ(own.requests("stop_group") + own.requests("start_group"), 0);
  EXPECT_EQ(own.requests(), 4) << "look, lock, admit, unlock";
  expect_no_lock();
}

TEST_F(OnlineGroupKeeperTest, StopsTheGroupOfAnArrayThatRefusesAllTheSame) {
  admit("v1");
  own.refuse_online();
  own.reset_requests();
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2");
  EXPECT_EQ(own.requests("stop_group"), 1);
  EXPECT_EQ(own.requests("start_group"), 1);
  expect_no_lock();
}

TEST_F(OnlineGroupKeeperTest, AnotherRefusalStopsNothing) {
  admit("v1");
  own.fail_next("admit_volume", When::before_effect, Error(ErrorKind::failed_precondition, "no", 190));
  EXPECT_EQ(error_of([&] { admit("v2"); }), "no");
  EXPECT_EQ(own.requests("stop_group"), 0);
  EXPECT_EQ(group(), "started: v1");
  expect_no_lock();
}

// Nothing is taken out of a group that is started.
TEST_F(OnlineGroupKeeperTest, AnAdmissionWhoseAnswerIsLostIsTakenBack) {
  admit("v1");
  own.fail_next("admit_volume", When::after_effect, Error(ErrorKind::unavailable, "lost"));
  EXPECT_EQ(error_of([&] { admit("v2"); }), "lost");
  EXPECT_EQ(group(), "started: v1");
  EXPECT_FALSE(peer.volume("v2"));
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AGroupThatIsStoppedStaysSo) {
  admit("v1");
  admit("v2");
  own.stop_group("g", in());
  EXPECT_THAT(error_of([&] { admit("v3"); }), HasSubstr("is not started"));
  EXPECT_EQ(group(), "stopped: v1 v2");
  dismiss("v2");
  EXPECT_EQ(group(), "stopped: v1");
  expect_no_lock();
}

// Whatever request fails, before or after its effect: the group runs with whom it had, or with the newcomer too.
TEST_F(GroupKeeperTest, WhateverFailsTheGroupIsPutBack) {
  for (const bool existing : {false, true})
    for (const auto when : {When::before_effect, When::after_effect})
      for (const char* method : {"find_group", "create_empty_set", "create_group", "stop_group", "admit_volume",
                                 "start_group", "remove_set", "remove_group", "withdraw_volume"}) {
        const std::string what = std::string(method) + (when == When::before_effect ? " before" : " after") +
                                 (existing ? ", existing" : ", new");
        if (existing) admit("v1");
        own.fail_next(method, when, Error(ErrorKind::unavailable, "broken"));
        const std::string error = error_of([&] { admit("v2"); });
        own.fail_next(method, when, Error(ErrorKind::unavailable, "broken"), 0);
        EXPECT_TRUE(keeper.settle(own, in())) << what;
        const bool is_in = own.group("g") && own.group("g")->find_member("v2") != nullptr;
        if (error.empty()) {
          EXPECT_TRUE(is_in) << what;
        }
        const std::string alone = existing ? "started: v1" : "none";
        const std::string both = existing ? "started: v1 v2" : "started: v2";
        EXPECT_EQ(group(), is_in ? both : alone) << what << ": " << error;
        expect_no_lock();
        // The next try, and the way back, work.
        admit("v2");
        EXPECT_EQ(group(), both) << what;
        dismiss("v2");
        if (existing) dismiss("v1");
        EXPECT_EQ(group(), "none") << what;
        peer.drop_volume("v2");
      }
}

TEST_F(GroupKeeperTest, AGroupThatCannotBeStartedGivesItsNewcomerBack) {
  admit("v1");
  own.fail_next("start_group", When::before_effect, Error(ErrorKind::failed_precondition, "mixed modes", 236));
  EXPECT_THAT(error_of([&] { admit("v2"); }), HasSubstr("mixed modes"));
  EXPECT_EQ(group(), "started: v1");
  EXPECT_FALSE(peer.volume("v2"));
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AGroupThatStaysStoppedIsStartedLater) {
  admit("v1");
  own.fail_next("start_group", When::before_effect, Error(ErrorKind::unavailable, "away"), 2);
  error_of([&] { admit("v2"); });
  EXPECT_EQ(group(), "stopped: v1");
  EXPECT_TRUE(own.set(note_set_name("g"))) << "for others, if this host does not come back";
  EXPECT_TRUE(keeper.settle(own, in()));
  EXPECT_EQ(group(), "started: v1");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AfterACrashItsOwnLockIsNoObstacle) {
  admit("v1");
  test::FakeLockLog other_log;
  GroupLock dead(own, log, "g", "host1");
  EXPECT_FALSE(dead.try_take(GroupNote::Found::started, true, in()));
  own.stop_group("g", in());
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, WhatADeadHostStoppedAnotherStarts) {
  admit("v1");
  test::FakeLockLog log_of_the_dead;
  GroupLock dead(own, log_of_the_dead, "g", "host9");
  EXPECT_FALSE(dead.try_take(GroupNote::Found::started, true, in()));
  own.stop_group("g", in());
  EXPECT_THAT(error_of([&] {
                keeper.admit(own, wish, {"v2", "B", "v2"}, in(Millis(3'000)));
              }),
              HasSubstr("is being worked on by host host9; retry"));
  own.set_time(*own.array_time() + GroupLock::kTerm);
  dismiss("v1");
  EXPECT_EQ(group(), "none");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, WhatADeadHostStoppedIsKnownToWhoeverComesAfterItsHeir) {
  admit("v1");
  test::FakeLockLog log_of_the_dead;
  GroupLock dead(own, log_of_the_dead, "g", "host8");
  EXPECT_FALSE(dead.try_take(GroupNote::Found::started, true, in()));
  own.stop_group("g", in());
  own.set_time(*own.array_time() + GroupLock::kTerm);
  GroupLock heir(own, log_of_the_dead, "g", "host9");
  EXPECT_FALSE(heir.try_take(GroupNote::Found::idle, true, in())) << "and it dies before it has started the group";
  own.set_time(*own.array_time() + GroupLock::kTerm);
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AnEmptyGroupOfADeadHostIsRemoved) {
  GroupLock dead(own, log, "g", "host1");
  EXPECT_FALSE(dead.try_take(GroupNote::Found::absent, false, in()));
  own.create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, in());
  EXPECT_TRUE(keeper.settle(own, in()));
  EXPECT_EQ(group(), "none");
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AGroupThatADeadHostEmptiedIsRemovedAndAnEmptyOneIsNot) {
  for (const bool had_members : {true, false}) {
    own.create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, in());
    own.start_group("g", in());
    GroupLock dead(own, log, "g", "host1");
    EXPECT_FALSE(dead.try_take(GroupNote::Found::started, had_members, in()));
    own.stop_group("g", in());
    EXPECT_TRUE(keeper.settle(own, in()));
    EXPECT_EQ(group(), had_members ? "none" : "started:");
    expect_no_lock();
  }
}

TEST_F(GroupKeeperTest, AnAdmissionWhoseAnswerIsLostLeavesNoCopy) {
  own.fail_next("admit_volume", When::after_effect, Error(ErrorKind::unavailable, "lost"));
  EXPECT_EQ(error_of([&] { admit("v1"); }), "lost");
  EXPECT_EQ(group(), "none");
  EXPECT_FALSE(peer.volume("v1"));
  expect_no_lock();
}

TEST_F(GroupKeeperTest, ADismissalWhoseAnswerIsLostLeavesNoEmptyGroup) {
  admit("v1");
  own.fail_next("dismiss_volume", When::after_effect, Error(ErrorKind::unavailable, "lost"));
  EXPECT_EQ(error_of([&] { dismiss("v1"); }), "lost");
  EXPECT_EQ(group(), "none");
  expect_no_lock();
}

// Between the look at the group and the lock.
TEST_F(GroupKeeperTest, WhatAnotherHostDidMeanwhileIsSeen) {
  test::FakeLockLog other_log;
  GroupKeeper other{other_log, "host2", clock};
  std::function<void()> meanwhile;
  own.set_hook([&](const std::string& method) {
    if (method == "create_empty_set" && meanwhile) std::exchange(meanwhile, nullptr)();
  });
  meanwhile = [&] { other.admit(own, wish, {"v1", "B", "v1", true}, in()); };
  admit("v2");
  EXPECT_EQ(group(), "started: v1 v2") << "the group was made by the other one";
  dismiss("v1");
  meanwhile = [&] { other.admit(own, wish, {"v3", "B", "v3", true}, in()); };
  dismiss("v2");
  EXPECT_EQ(group(), "started: v3") << "v2 is not the last one any more";
  meanwhile = [&] { other.dismiss(own, wish, {"v3"}, in()); };
  peer.drop_volume("v1");
  admit("v1");
  EXPECT_EQ(group(), "started: v1") << "the group was gone";
  expect_no_lock();
}

TEST_F(GroupKeeperTest, AGroupOfWhichOnlyTheLockWasLeftIsStoppedLikeAnyOther) {
  own.fail_next("remove_set", When::before_effect, Error(ErrorKind::unavailable, "away"));
  admit("v1");
  EXPECT_TRUE(own.set(note_set_name("g")));
  own.reset_requests();
  admit("v2");
  EXPECT_EQ(own.requests("stop_group"), 1);
  EXPECT_EQ(group(), "started: v1 v2");
  expect_no_lock();
}

}  // namespace
}  // namespace hpe3par::replication
