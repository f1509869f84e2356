#include "group_watch.h"

#include <atomic>

#include "array_pair_fixture.h"
#include "hpe3par/replication/take_note.h"
#include "tests/fakes/wait_until.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kPatience{10'000};

class GroupWatchTest : public ArrayPairTest {
 protected:
  int listings() { return own->requests("list_groups") + peer->requests("list_groups"); }
  replication::SetState state_of(const catalog::Volume& volume) {
    const std::optional<GroupSighting> seen = watch.see(volume, kPatience);
    return seen ? replication::fold(seen->view).state : replication::SetState::silent;
  }

  GroupTakes takes{journal, *catalog, "host1", clock};
  GroupSight sight{config, *catalog, takes, clock};
  std::vector<WatchedMount> mounts;
  GroupWatch::TakeUp count_taken_up() {
    return [this](const catalog::Volume&, const Deadline&) { ++taken_up_; };
  }
  int taken_up() const { return taken_up_; }

  std::atomic<int> taken_up_ = 0;
  GroupWatch watch{sight, clock, [this] { return mounts; }, count_taken_up()};
};

TEST_F(GroupWatchTest, AsksEachArrayOnceForWhoeverWantsToKnow) {
  const catalog::Volume volume = add_replicated();
  watch.start();
  EXPECT_EQ(state_of(volume), replication::SetState::active);
  EXPECT_EQ(state_of(volume), replication::SetState::active);
  EXPECT_EQ(listings(), 2) << "what is known of it is young";
  clock.advance(Millis(10'001));
  make_pair_say("1f5", "1t5");
  EXPECT_EQ(state_of(volume), replication::SetState::failed_over);
  EXPECT_EQ(listings(), 4);
}

TEST_F(GroupWatchTest, LooksAtWhatIsMountedWithoutBeingAsked) {
  const catalog::Volume volume = add_replicated();
  mounts = {{volume, kOwnKey}};
  watch.start();
  EXPECT_TRUE(test::wait_until([&] { return sight.find(volume.record.uuid).has_value(); }));
  watch.stop();
  EXPECT_EQ(listings(), 2);
}

TEST_F(GroupWatchTest, LooksAgainAtWhatIsMountedWhenAnArrayIsBack) {
  const catalog::Volume volume = add_replicated();
  mounts = {{volume, kOwnKey}};
  peer->set_silent(true);
  watch.start();
  EXPECT_EQ(state_of(volume), replication::SetState::alone_primary);
  peer->set_silent(false);
  watch.look_again();
  EXPECT_TRUE(test::wait_until([&] {
    const std::optional<GroupSighting> seen = sight.find(volume.record.uuid);
    return seen && replication::fold(seen->view).state == replication::SetState::active;
  }));
}

TEST_F(GroupWatchTest, SendsNothingWhileNothingIsMounted) {
  add_replicated();
  watch.start();
  std::this_thread::sleep_for(Millis(30));
  watch.stop();
  EXPECT_EQ(listings(), 0);
}

TEST_F(GroupWatchTest, ASilentArrayIsOneOfTheAnswers) {
  const catalog::Volume volume = add_replicated();
  peer->set_silent(true);
  watch.start();
  EXPECT_EQ(state_of(volume), replication::SetState::alone_primary);
}

TEST_F(GroupWatchTest, AFailureLeavesNobodyWaiting) {
  catalog::Volume volume = add_replicated();
  GroupWatch broken(
      sight, clock, []() -> std::vector<WatchedMount> { throw std::runtime_error("no threads"); }, count_taken_up());
  broken.start();
  EXPECT_FALSE(broken.see(volume, Millis(20)));
  broken.stop();
}

TEST_F(GroupWatchTest, AGroupThatIsNotStartedIsLookedAfterOnceAtATime) {
  const catalog::Volume volume = add_replicated();
  const catalog::Volume second = add_replicated("v2");
  mounts = {{volume, kOwnKey}, {second, kOwnKey}};
  make_pair_say("1f5", "2f5");
  watch.start();
  EXPECT_TRUE(test::wait_until([&] { return taken_up() > 0; }));
  watch.stop();
  EXPECT_EQ(taken_up(), 1) << "two volumes, one group";
}

TEST_F(GroupWatchTest, AGroupThatRunsOrWasTakenOverIsNotLookedAfter) {
  const catalog::Volume volume = add_replicated();
  for (const auto& [of_own, of_peer] : {std::pair("1f3", "2f3"), std::pair("1f5", "1t5"), std::pair("2t5", "1t5")}) {
    make_pair_say(of_own, of_peer);
    GroupWatch once(
        sight, clock,
        [&] {
          return std::vector<WatchedMount>{{volume, kOwnKey}};
        },
        count_taken_up());
    const int before = listings();
    once.start();
    EXPECT_TRUE(test::wait_until([&] { return listings() == before + 2; }));
    once.stop();
    clock.advance(Millis(10'001));
  }
  EXPECT_EQ(taken_up(), 0);
}

TEST_F(GroupWatchTest, TellsOtherHostsWhoTookOverAndTakesItBack) {
  const catalog::Volume volume = add_replicated();
  mounts = {{volume, kPeerKey}};
  make_pair_say("1f5", "1t5");
  const std::string set = replication::take_set_name("g");
  watch.start();
  EXPECT_TRUE(test::wait_until([&] {
    watch.see(volume, kPatience);
    clock.advance(Millis(10'001));
    return own->set(set).has_value();
  }));
  EXPECT_EQ(replication::decode_take(own->set(set)->comment)->host, "host1");
  EXPECT_EQ(peer->set_count(), 0U);
  make_pair_say("1f3", "2f3");
  EXPECT_TRUE(test::wait_until([&] {
    watch.see(volume, kPatience);
    clock.advance(Millis(10'001));
    return takes.all().empty();
  }));
  EXPECT_EQ(own->set_count(), 0U);
  EXPECT_TRUE(journal.taken_groups().empty());
}

// Nobody asks, nothing is mounted: there is something to clean up all the same.
TEST_F(GroupWatchTest, LooksNowAndThenAtWhatWasTakenOver) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f5", "1t5");
  sight.look(volume, in());
  watch.start();
  EXPECT_TRUE(test::wait_until([&] { return own->set_count() == 1; }));
  make_pair_say("1f3", "2f3");
  clock.advance(Millis(60'001));
  EXPECT_TRUE(test::wait_until([&] { return own->set_count() == 0; }));
  EXPECT_TRUE(test::wait_until([&] { return takes.all().empty(); }));
  watch.stop();
  const int before = listings();
  clock.advance(Millis(60'001));
  GroupWatch idle(
      sight, clock, [] { return std::vector<WatchedMount>(); }, count_taken_up());
  idle.start();
  std::this_thread::sleep_for(Millis(30));
  idle.stop();
  EXPECT_EQ(listings(), before);
}

TEST_F(GroupWatchTest, AGroupThatIsGoneIsForgotten) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f5", "1t5");
  sight.look(volume, in());
  own->remove_group("g", in());
  watch.start();
  EXPECT_TRUE(test::wait_until([&] { return takes.all().empty(); }));
}

TEST_F(GroupWatchTest, ForgetsWhatNobodyAskedForInAWhile) {
  const catalog::Volume volume = add_replicated();
  const catalog::Volume second = add_replicated("v2");
  sight.look(volume, in());
  clock.advance(Millis(60'001));
  sight.look(second, in());
  EXPECT_FALSE(sight.find(volume.record.uuid));
  EXPECT_EQ(sight.size(), 1U);
}

}  // namespace
}  // namespace hpe3par::volumes
