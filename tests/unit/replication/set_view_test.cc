#include "hpe3par/replication/set_view.h"

#include <gtest/gtest.h>

#include "sides.h"

namespace hpe3par::replication {
namespace {

struct Row {
  const char* own;
  const char* peer;
  SetState state;
  char owner;  ///< o, p, or - for none
  bool reversed;
};

// Pairs as arrays show them, see docs/replication.md.
const Row kRows[] = {
    {"?", "?", SetState::silent, '-', false},
    {"-", "-", SetState::none, '-', false},
    {"-", "?", SetState::none, '-', false},
    {"1f1", "2f1", SetState::suspended, 'o', false},  // created
    {"1f3", "2f3", SetState::active, 'o', false},
    {"1f2", "2f2", SetState::moving, 'o', false},
    {"1f4", "2f3", SetState::moving, 'o', false},
    {"1f3", "2f4", SetState::moving, 'o', false},
    {"1f5", "2f5", SetState::suspended, 'o', false},
    {"1f3", "2f5", SetState::suspended, 'o', false},
    {"1f8", "2f8", SetState::suspended, 'o', false},
    {"2f3", "1f3", SetState::active, 'p', false},
    {"2t3", "1t3", SetState::active, 'p', true},  // recovered, or switched over
    {"2t5", "1t5", SetState::suspended, 'p', true},
    {"1t3", "2t3", SetState::active, 'o', true},
    {"1f5", "1t5", SetState::failed_over, 'p', true},  // classic failover
    {"1f7", "1t5", SetState::failed_over, 'p', true},  // with Peer Persistence
    {"1f3", "1t5", SetState::failed_over, 'p', true},
    {"1t5", "1f5", SetState::failed_over, 'o', true},
    {"1f7", "2f5", SetState::failsafe, '-', false},
    {"1f7", "?", SetState::failsafe, '-', false},
    {"1f5", "?", SetState::alone_primary, 'o', false},
    {"1t5", "?", SetState::alone_primary, 'o', true},
    {"?", "1t5", SetState::alone_primary, 'p', true},
    {"2f3", "?", SetState::alone_secondary, '-', false},
    {"?", "2t3", SetState::alone_secondary, '-', true},
    {"1f3", "1f3", SetState::conflict, '-', false},
    {"1t5", "1t5", SetState::conflict, '-', false},
    {"1f5", "1t7", SetState::conflict, '-', false},
    {"2f3", "2f3", SetState::conflict, '-', false},
    {"2t5", "2f5", SetState::conflict, '-', false},
    {"1t3", "2f3", SetState::conflict, '-', false},
    {"1f3", "2t3", SetState::conflict, '-', false},
    {"1f3", "-", SetState::conflict, '-', false},
    {"-", "2f3", SetState::conflict, '-', false},
    {"1f3s", "2f3", SetState::conflict, '-', false},
    {"1f3", "2f3s", SetState::conflict, '-', false},
    {"0f3", "2f3", SetState::conflict, '-', false},
    {"1f0", "2f3", SetState::conflict, '-', false},
    {"1f0", "?", SetState::conflict, '-', false},
};

char letter_of(const std::optional<Site>& site) {
  if (!site) return '-';
  return *site == Site::own ? 'o' : 'p';
}

TEST(SetView, FoldsEveryRow) {
  for (const Row& row : kRows) {
    const Composite composite = fold(view_of(row.own, row.peer));
    EXPECT_EQ(to_word(composite.state), to_word(row.state)) << row.own << " " << row.peer;
    EXPECT_EQ(letter_of(composite.owner), row.owner) << row.own << " " << row.peer;
    EXPECT_EQ(composite.reversed, row.reversed) << row.own << " " << row.peer;
  }
}

TEST(SetView, AnOwnerIsAPrimaryAndTheOnlyOneThatIsNotReversedAway) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const SetView view = view_of(own, peer);
      const Composite composite = fold(view);
      if (composite.owner) {
        EXPECT_TRUE(view.at(*composite.owner).is_primary()) << own << " " << peer;
        EXPECT_FALSE(view.at(*composite.owner).is_failsafe()) << own << " " << peer;
      }
      const Composite mirrored = fold(view_of(peer, own));
      EXPECT_EQ(mirrored.state, composite.state) << own << " " << peer;
      const auto swapped = composite.owner ? std::optional(other(*composite.owner)) : std::nullopt;
      EXPECT_EQ(mirrored.owner, swapped) << own << " " << peer;
    }
}

TEST(SetView, ReadsWhatAnArraySays) {
  array::RemoteCopyGroup group;
  group.name = "g";
  group.role = array::Role::primary;
  array::GroupTarget target;
  target.name = "B";
  target.state = array::GroupState::started;
  target.reversed = true;
  group.targets = {target};
  group.members = {{"v", {{"B", "v", array::SyncStatus::stale, {}, {}}}}};
  const Side side = to_side(group, "B");
  EXPECT_EQ(side.answer, Side::Answer::group);
  EXPECT_EQ(describe(side), "primary (reversed), started, with a stale copy");
  EXPECT_EQ(to_side(group, "C").answer, Side::Answer::no_group);
  EXPECT_EQ(to_side(std::nullopt, "B").answer, Side::Answer::no_group);
}

TEST(SetView, QuotesBothArrays) {
  SetView view = view_of("1f5", "?");
  view.peer.silent_since = "since 10:00: timed out";
  EXPECT_EQ(describe(view), "array A says primary, stopped; array B says no answer (since 10:00: timed out)");
}

}  // namespace
}  // namespace hpe3par::replication
