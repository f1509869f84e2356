#include "group_watch.h"

#include "array_pair_fixture.h"
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

  GroupSight sight{config, *catalog, clock};
  std::vector<WatchedMount> mounts;
  GroupWatch watch{sight, clock, [this] { return mounts; }};
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
  GroupWatch broken(sight, clock, []() -> std::vector<WatchedMount> { throw std::runtime_error("no threads"); });
  broken.start();
  EXPECT_FALSE(broken.see(volume, Millis(20)));
  broken.stop();
}

// A peer that served when it was seen last is not taken for a copy because it fell silent.
TEST_F(GroupWatchTest, RemembersWhoTookOver) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f5", "1t5");
  EXPECT_FALSE(sight.look(volume, in()).taken);
  peer->set_silent(true);
  EXPECT_TRUE(sight.look(volume, in()).taken);
  peer->set_silent(false);
  make_pair_say("1f3", "2f3");
  EXPECT_FALSE(sight.look(volume, in()).taken);
  peer->set_silent(true);
  EXPECT_FALSE(sight.look(volume, in()).taken);
}

}  // namespace
}  // namespace hpe3par::volumes
