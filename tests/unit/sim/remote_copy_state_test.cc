#include "remote_copy_state.h"

#include <gtest/gtest.h>

#include <cctype>
#include <functional>

#include "errors.h"

namespace hpe3par::sim {
namespace {

// `1f5` is role, reversed and state; a capital letter is an end that took over.
Side side(const std::string& text) {
  return {.role = static_cast<Role>(text[0] - '0'),
          .reversed = std::tolower(text[1]) == 't',
          .state = static_cast<GroupState>(text[2] - '0'),
          .took_over = std::isupper(text[1]) != 0};
}

std::string text(const Side& side) {
  const char reversed = side.reversed ? 't' : 'f';
  return std::to_string(static_cast<int>(side.role)) +
         static_cast<char>(side.took_over ? std::toupper(reversed) : reversed) +
         std::to_string(static_cast<int>(side.state));
}

// `1f5 2f5` is the end that is asked and the other one, `1f5 -` an end that is on its own.
Sides sides(const std::string& both) {
  Sides result{.here = side(both.substr(0, 3)), .there = {}};
  if (both.substr(4) != "-") result.there = side(both.substr(4));
  return result;
}

std::string text(const Sides& sides) {
  return text(sides.here) + " " + (sides.there ? text(*sides.there) : "-");
}

using Event = std::function<Sides(const Sides&)>;

std::string outcome(const Event& event, const std::string& before) {
  try {
    return text(event(sides(before)));
  } catch (const Refusal& refusal) {
    return refusal.desc();
  }
}

struct Row {
  const char* name;
  Event event;
  const char* before;
  std::string after;
};

std::string desc(Code code) {
  return std::string(text_of(code));
}

const Event kStart = after_start, kStop = after_stop, kSwitchover = after_switchover, kOverride = after_override;
const Event kFailover = [](const Sides& s) { return after_failover(s, false); };
const Event kMirroredFailover = [](const Sides& s) { return after_failover(s, true); };
const Event kRecover = [](const Sides& s) { return after_recover(s, true); };
const Event kRecoverStopped = [](const Sides& s) { return after_recover(s, false); };
const Event kRestore = [](const Sides& s) {
  check_restore(s);
  return after_restore(needs_recover(s) ? after_recover(s, true) : s, true);
};
const Event kReverse = [](const Sides& s) { return after_reverse(s, false, false); };
const Event kReverseStopping = [](const Sides& s) { return after_reverse(s, false, true); };
const Event kReverseLocal = [](const Sides& s) { return after_reverse(s, true, false); };
const Event kLoss = [](const Sides& s) { return after_loss(s, false); };
const Event kIsolation = [](const Sides& s) { return after_loss(s, true); };

TEST(RemoteCopyState, GoesThroughTheTransitionsOfTheFacts) {
  const std::vector<Row> rows = {
      {"start", kStart, "1f1 2f1", "1f3 2f3"},
      {"start again", kStart, "1f5 2f5", "1f3 2f3"},
      {"start a reversed group", kStart, "1t5 2t5", "1t3 2t3"},
      {"stop", kStop, "1f3 2f3", "1f5 2f5"},
      {"stop what is stopped", kStop, "1f5 2f5", "1f5 2f5"},
      {"stop a secondary on its own", kStop, "2f3 -", "2f5 -"},
      {"classic failover", kFailover, "2f5 1f5", "1T5 1f5"},
      {"failover without the other array", kMirroredFailover, "2f5 -", "1T5 -"},
      {"mirrored failover", kMirroredFailover, "2f5 1f5", "1T5 2t5"},
      {"mirrored failover back", kMirroredFailover, "2t5 1t5", "1F5 2f5"},
      {"start by itself", kStart, "1T5 2t5", "1t3 2t3"},
      {"failover of an old primary", kFailover, "2t5 1t5", "1F5 1t5"},
      {"recover after that", kRecover, "1F5 1t5", "1f3 2f3"},
      {"recover from failsafe after a switchover", kRecover, "1F5 1t7", "1f3 2f3"},
      {"recover", kRecover, "1T5 1f5", "1t3 2t3"},
      {"recover from failsafe", kRecover, "1T5 1f7", "1t3 2t3"},
      {"recover again", kRecover, "1t5 2t5", "1t3 2t3"},
      {"recover without a start", kRecoverStopped, "1T5 1f5", "1t5 2t5"},
      {"restore", kRestore, "1t3 2t3", "2f3 1f3"},
      {"restore at once after failover", kRestore, "1T5 1f5", "2f3 1f3"},
      {"switchover", kSwitchover, "1f3 2f3", "2t3 1t3"},
      {"switchover back", kSwitchover, "1t3 2t3", "2f3 1f3"},
      {"reverse", kReverse, "1f5 2f5", "2t5 1t5"},
      {"reverse naturally", kReverse, "1t5 2t5", "2f5 1f5"},
      {"reverse a started group", kReverseStopping, "1f3 2f3", "2t5 1t5"},
      {"abandon a failover", kReverseLocal, "1T5 1f5", "2f5 1f5"},
      {"override", kOverride, "1f7 1T5", "1f5 1T5"},
      {"links down", kLoss, "1f3 2f3", "1f5 2f5"},
      {"isolation", kIsolation, "1f3 2f3", "1f7 2f5"},
      {"automatic failover", after_takeover, "1f7 2f5", "1f7 1T5"},
      {"in touch again before that", after_reprieve, "1f7 2f5", "1f5 2f5"},
      {"isolation after a switchover", kIsolation, "1t3 2t3", "1t7 2t5"},
      {"automatic failover after a switchover", after_takeover, "1t7 2t5", "1t7 1F5"},
      {"in touch again after a switchover", after_reprieve, "1t7 2t5", "1t5 2t5"},
      {"naturalised", after_naturalising, "1t3 2t3", "1f3 2f3"},
  };
  for (const Row& row : rows) EXPECT_EQ(outcome(row.event, row.before), row.after) << row.name;
}

TEST(RemoteCopyState, RefusesTheRest) {
  const std::vector<Row> rows = {
      {"start twice", kStart, "1f3 2f3", desc(Code::rcopy_group_started)},
      {"start at the secondary", kStart, "2f5 1f5", desc(Code::rcopy_only_on_primary_side)},
      {"start alone", kStart, "1f5 -", desc(Code::rcopy_target_not_ready)},
      {"start two primaries", kStart, "1f5 1t5", desc(Code::rcopy_role_conflict)},
      {"start in failsafe", kStart, "1f7 1t5", desc(Code::rcopy_in_failover_state)},
      {"stop at the secondary", kStop, "2f3 1f3", desc(Code::rcopy_only_on_primary_side)},
      {"failover of a started group", kFailover, "2f3 1f3", desc(Code::rcopy_group_not_stopped)},
      {"failover of a new group", kFailover, "2f1 1f1", desc(Code::rcopy_group_not_stopped)},
      {"failover of the primary", kFailover, "1f5 2f5", desc(Code::rcopy_only_on_secondary_side)},
      {"failover twice", kFailover, "1t5 1f5", desc(Code::rcopy_role_conflict)},
      {"recover what runs", kRecover, "1t3 2t3", desc(Code::rcopy_group_not_stopped)},
      {"recover without failover", kRecover, "1f5 2f5", desc(Code::rcopy_role_conflict)},
      {"recover at the wrong end", kRecover, "2t5 1t5", desc(Code::rcopy_only_on_primary_side)},
      {"recover alone", kRecover, "1T5 -", desc(Code::rcopy_target_not_ready)},
      {"recover the array that took over", kRecover, "1t5 1F5", desc(Code::rcopy_role_conflict)},
      {"recover with a natural secondary", kRecover, "1T5 2f5", desc(Code::rcopy_role_conflict)},
      {"restore what is natural", kRestore, "1f3 2f3", desc(Code::other)},
      {"restore at the wrong end", kRestore, "2t3 1t3", desc(Code::rcopy_only_on_primary_side)},
      {"restore alone", kRestore, "1T5 -", desc(Code::rcopy_target_not_ready)},
      {"switchover at the secondary", kSwitchover, "2f3 1f3", desc(Code::rcopy_only_on_primary_side)},
      {"switchover of a stopped group", kSwitchover, "1f5 2f5", desc(Code::rcopy_group_not_started)},
      {"reverse a started group", kReverse, "1f3 2f3", desc(Code::rcopy_group_not_stopped)},
      {"reverse two primaries", kReverse, "1f5 1t5", desc(Code::rcopy_role_conflict)},
      {"reverse alone", kReverse, "1f5 -", desc(Code::rcopy_target_not_ready)},
      {"override without need", kOverride, "1f5 2f5", desc(Code::rcopy_role_conflict)},
  };
  for (const Row& row : rows) EXPECT_EQ(outcome(row.event, row.before), row.after) << row.name;
}

// By what the witness of Peer Persistence is for: one end goes on, and never two.
TEST(RemoteCopyState, LetsTheWitnessJudge) {
  struct Verdict {
    const char* what;
    Contact contact;
    bool isolated;
    bool may_go_on;
  };
  const Verdict verdicts[] = {
      {"all is well", {.links = true, .primary_witness = true, .secondary_witness = true}, false, true},
      {"the witness is down", {.links = true}, false, true},
      {"the primary misses the witness", {.links = true, .secondary_witness = true}, false, true},
      {"the secondary misses the witness", {.links = true, .primary_witness = true}, false, true},
      {"links alone", {.primary_witness = true, .secondary_witness = true}, false, true},
      {"links and the secondary's way to the witness", {.primary_witness = true}, false, true},
      {"links and the primary's way to it, or the primary", {.secondary_witness = true}, true, false},
      {"links and the witness", {}, false, false},
  };
  for (const Verdict& verdict : verdicts) {
    EXPECT_EQ(is_isolated(verdict.contact), verdict.isolated) << verdict.what;
    EXPECT_EQ(may_go_on(verdict.contact), verdict.may_go_on) << verdict.what;
    EXPECT_FALSE(is_isolated(verdict.contact) && may_go_on(verdict.contact)) << verdict.what;
  }
}

}  // namespace
}  // namespace hpe3par::sim
