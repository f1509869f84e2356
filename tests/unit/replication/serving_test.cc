#include "hpe3par/replication/serving.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sides.h"

namespace hpe3par::replication {
namespace {

using Action = ServingPlan::Action;
using config::PeerSilent;

struct Row {
  const char* own;
  const char* peer;
  const char* expected;  ///< own, peer (+ degraded, * may be formatted, ? unless taken), wait or refuse
};

const Take kTake{"host1", "h3p-x-t"};

std::string to_text(const ServingPlan& plan) {
  if (plan.action == Action::refuse) return "refuse";
  if (plan.action == Action::wait) return "wait";
  return std::string(plan.site == Site::own ? "own" : "peer") + (plan.degraded ? "+" : "") +
         (plan.may_format ? "*" : "") + (plan.unless_taken ? "?" : "");
}

const Row kRows[] = {
    {"1f3", "2f3", "own*"},    {"2f3", "1f3", "peer*"},   {"1f5", "2f5", "own+"},  {"1f1", "2f1", "own+"},
    {"1f2", "2f2", "own"},     {"2t3", "1t3", "peer"},    {"1t3", "2t3", "own"},   {"1f3", "2t3", "own+"},
    {"1f5", "1t5", "peer+"},   {"1t5", "1f5", "own+"},    {"1f7", "1t5", "peer+"}, {"1f3", "1t5", "peer+"},
    {"1f5", "?", "own+?"},     {"1f3", "?", "own+?"},     {"1t5", "?", "own+"},    {"?", "1t5", "peer+"},
    {"?", "1f3", "peer+?"},    {"2f3", "?", "refuse"},    {"?", "2f3", "refuse"},  {"2t3", "?", "refuse"},
    {"1f7", "?", "refuse"},    {"1f7", "2f5", "wait"},    {"1f3", "1f3", "wait"},  {"1t5", "1t5", "wait"},
    {"2f3", "2f3", "wait"},    {"2t3", "2f3", "wait"},    {"1t3", "2f3", "wait"},  {"1f5", "1t7", "wait"},
    {"1f3s", "2f3", "refuse"}, {"1f3", "2f3s", "refuse"}, {"1f3s", "?", "refuse"}, {"1f3", "-", "refuse"},
    {"-", "1f3", "refuse"},    {"-", "-", "refuse"},      {"-", "?", "refuse"},    {"?", "?", "refuse"},
    {"0f3", "2f3", "wait"},    {"0f3", "?", "refuse"},
};

TEST(Serving, FollowsTheTable) {
  for (const Row& row : kRows)
    EXPECT_EQ(to_text(plan_serving(view_of(row.own, row.peer), PeerSilent::serve, {})), row.expected)
        << row.own << " " << row.peer;
}

TEST(Serving, APrimaryAloneIsServedOnlyIfAllowed) {
  const SetView natural = view_of("1f3", "?");
  EXPECT_EQ(to_text(plan_serving(natural, PeerSilent::refuse, {})), "refuse");
  EXPECT_EQ(to_text(plan_serving(natural, PeerSilent::serve, kTake)), "refuse");
  const SetView reversed = view_of("1t5", "?");
  EXPECT_EQ(to_text(plan_serving(reversed, PeerSilent::refuse, kTake)), "own+") << "it took over itself";
}

TEST(Serving, APeerThatRefusesUsMayBeTheWriterUnlessItIsReplicatedTo) {
  SetView view = view_of("1f5", "?");
  view.peer.refuses_us = true;
  EXPECT_EQ(to_text(plan_serving(view, PeerSilent::serve, {})), "refuse");
  view.own.state = array::GroupState::started;
  EXPECT_EQ(to_text(plan_serving(view, PeerSilent::serve, {})), "own+?");
  view = view_of("1t5", "?");
  view.peer.refuses_us = true;
  EXPECT_EQ(to_text(plan_serving(view, PeerSilent::serve, {})), "own+") << "it took over itself";
}

TEST(Serving, AMountIsOrphanedWhenItsArrayLostTheRole) {
  struct Orphan {
    const char* mounted;
    const char* other;
    bool orphaned;
  };
  const Orphan rows[] = {
      {"1f3", "2f3", false}, {"1f5", "2f5", false}, {"1f3", "?", false},   {"?", "2f3", false},   {"?", "?", false},
      {"1t5", "1f5", false}, {"1t3", "2t3", false}, {"1f7", "2f3", false}, {"?", "1f3", false},   {"-", "-", false},
      {"1f5", "1t5", true},  {"1f7", "1t5", true},  {"2t3", "1t3", true},  {"2f3", "1f3", true},  {"2f3", "?", true},
      {"?", "1t5", true},    {"-", "1t5", true},    {"1t5", "1t5", false}, {"0f3", "1f3", false},
  };
  for (const Orphan& row : rows) {
    EXPECT_EQ(!why_orphaned(view_of(row.mounted, row.other), Site::own).empty(), row.orphaned)
        << row.mounted << " " << row.other;
    EXPECT_EQ(!why_orphaned(view_of(row.other, row.mounted), Site::peer).empty(), row.orphaned)
        << row.mounted << " " << row.other;
  }
}

// Whoever may mount anew from an array is not told that its mount is orphaned.
TEST(Serving, WhatIsServedIsNotOrphaned) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const SetView view = view_of(own, peer);
      const ServingPlan plan = plan_serving(view, PeerSilent::serve, {});
      const std::string orphaned = plan.action == Action::serve ? why_orphaned(view, plan.site) : "";
      EXPECT_EQ(orphaned, "") << own << " " << peer;
    }
}

TEST(Serving, NeverTwoWritersAndNeverASecondary) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const SetView view = view_of(own, peer);
      const ServingPlan plan = plan_serving(view, PeerSilent::serve, {});
      if (plan.action != Action::serve) {
        EXPECT_FALSE(plan.reason.empty());
        continue;
      }
      const Side& server = view.at(plan.site);
      const Side& idle = view.at(other(plan.site));
      EXPECT_TRUE(server.is_primary() && !server.is_failsafe() && !server.stale) << own << " " << peer;
      EXPECT_TRUE(!idle.is_primary() || server.reversed) << own << " " << peer;
      EXPECT_FALSE(idle.is_primary() && idle.reversed) << own << " " << peer;
      const bool certain = server.state == array::GroupState::started && idle.is_secondary() && !server.reversed;
      EXPECT_TRUE(certain || !plan.may_format) << own << " " << peer;
    }
}

TEST(Serving, NoMatterWhichArrayIsWhose) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const ServingPlan plan = plan_serving(view_of(own, peer), PeerSilent::refuse, kTake);
      const ServingPlan mirrored = plan_serving(view_of(peer, own), PeerSilent::refuse, kTake);
      EXPECT_EQ(plan.action, mirrored.action) << own << " " << peer;
      EXPECT_TRUE(plan.action != Action::serve || plan.site == other(mirrored.site)) << own << " " << peer;
    }
}

TEST(Serving, RefusalsQuoteBothSidesAndSayWhatToDo) {
  EXPECT_EQ(
      plan_serving(view_of("?", "2f3"), PeerSilent::serve, {}).reason,
      "array A says no answer; array B says secondary, started; array B has the copy only; bring array A back, or "
      "fail the group over (on array B: setrcopygroup failover g.r7), and retry");
  EXPECT_THAT(plan_serving(view_of("1f3", "1f3"), PeerSilent::serve, {}).reason,
              testing::HasSubstr("both may have been written to"));
}

TEST(Serving, ARefusalForATakeOverNamesWhoSawItAndBothWaysOut) {
  EXPECT_EQ(plan_serving(view_of("1f5", "?"), PeerSilent::serve, kTake).reason,
            "array A says primary, stopped; array B says no answer; array B was made the one to write to, as host "
            "host1 saw; bring it back, or, if the group was brought back to array A since, remove volume set h3p-x-t "
            "on array A, and retry");
}

struct TakeRow {
  const char* own;
  const char* peer;
  const char* before;  ///< own, peer or -
  const char* after;
};

const TakeRow kTakeRows[] = {
    {"1f5", "1t5", "-", "peer"},    {"?", "1t5", "-", "peer"},    {"1f7", "1t5", "-", "peer"},
    {"-", "1t5", "-", "peer"},      {"1t5", "1f5", "-", "own"},   {"1t5", "?", "-", "own"},
    {"1t5", "1f5", "peer", "own"},  {"1f3", "2f3", "-", "-"},     {"1f5", "?", "-", "-"},
    {"1f5", "?", "peer", "peer"},   {"?", "?", "peer", "peer"},   {"-", "-", "peer", "peer"},
    {"?", "1f5", "own", "own"},     {"1f3", "2f3", "peer", "-"},  {"?", "2f3", "peer", "-"},
    {"2t3", "1t3", "peer", "-"},    {"2t3", "1t3", "-", "-"},     {"2t5", "?", "peer", "-"},
    {"2f3", "1f3", "peer", "-"},    {"1f3", "1f3", "peer", "-"},  {"1t5", "1t5", "-", "-"},
    {"1t5", "1t5", "peer", "peer"}, {"1f3", "-", "peer", "peer"},
};

std::string to_text(std::optional<Site> site) {
  return !site ? "-" : *site == Site::own ? "own" : "peer";
}

TEST(Taking, FollowsTheTable) {
  for (const TakeRow& row : kTakeRows) {
    std::optional<Site> before;
    for (const Site site : {Site::own, Site::peer})
      if (to_text(site) == row.before) before = site;
    EXPECT_EQ(to_text(taker_of(view_of(row.own, row.peer), before)), row.after)
        << row.own << " " << row.peer << ", before: " << row.before;
  }
}

// Whoever saw the one array serve what the other one would be served from alone is warned.
TEST(Taking, IsKnownWheneverItMatters) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const SetView both = view_of(own, peer);
      const ServingPlan plan = plan_serving(both, PeerSilent::serve, {});
      if (plan.action != Action::serve) continue;
      SetView later = both;
      (plan.site == Site::own ? later.own : later.peer).answer = Side::Answer::silent;
      if (plan_serving(later, PeerSilent::serve, {}).action != Action::serve) continue;
      EXPECT_EQ(to_text(taker_of(later, taker_of(both, {}))), to_text(plan.site)) << own << " " << peer;
    }
}

struct PairRow {
  const char* own;
  const char* peer;
  PairAction without;  ///< for a mount from array A alone
  PairAction with;     ///< for one from both
};

const PairRow kPairRows[] = {
    {"1f3", "2f3", PairAction::export_other, PairAction::nothing},
    {"2t3", "1t3", PairAction::export_other, PairAction::nothing},
    {"2f3", "1f3", PairAction::export_other, PairAction::nothing},
    {"1f5", "2f5", PairAction::nothing, PairAction::nothing},
    {"1f3", "2f2", PairAction::nothing, PairAction::nothing},
    {"1f3", "?", PairAction::nothing, PairAction::nothing},
    {"?", "1t5", PairAction::nothing, PairAction::nothing},
    {"1f7", "2f5", PairAction::nothing, PairAction::nothing},
    {"1f7", "1t5", PairAction::give_way, PairAction::change_over},
    {"1f5", "1t5", PairAction::give_way, PairAction::change_over},
    {"1t5", "1f7", PairAction::nothing, PairAction::drop_other},
    {"1f5", "1f5", PairAction::nothing, PairAction::nothing},
    {"2f3", "2f3", PairAction::nothing, PairAction::nothing},
    {"-", "-", PairAction::nothing, PairAction::nothing},
};

TEST(Pairing, FollowsTheTable) {
  for (const PairRow& row : kPairRows) {
    SetView view = view_of(row.own, row.peer);
    EXPECT_EQ(plan_pair(view, Site::own, false), PairAction::nothing) << "active/passive";
    view.peer_persistence = true;
    EXPECT_EQ(plan_pair(view, Site::own, false), row.without) << row.own << " " << row.peer;
    EXPECT_EQ(plan_pair(view, Site::own, true), row.with) << row.own << " " << row.peer;
  }
}

TEST(Pairing, NeverGetsACopyThatMayDiffer) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      SetView view = view_of(own, peer);
      view.peer_persistence = true;
      if (plan_pair(view, Site::own, false) != PairAction::export_other) continue;
      EXPECT_NE(view.own.role, view.peer.role) << own << " " << peer;
      EXPECT_TRUE(own.ends_with("3") && peer.ends_with("3")) << own << " " << peer;
    }
}

TEST(Serving, ASecondaryAloneIsWaitedForIfItMayTakeOverByItself) {
  SetView view = view_of("?", "2f5");
  EXPECT_EQ(plan_serving(view, PeerSilent::serve, {}).action, ServingPlan::Action::refuse);
  view.peer_persistence = true;
  EXPECT_EQ(plan_serving(view, PeerSilent::serve, {}).action, ServingPlan::Action::wait);
}

TEST(Pairing, ASingleExportGivesWayOnlyWhereTheOtherArrayTookOver) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      SetView view = view_of(own, peer);
      view.peer_persistence = true;
      if (plan_pair(view, Site::own, false) != PairAction::give_way) continue;
      EXPECT_EQ(fold(view).owner, Site::peer) << own << " " << peer;
      EXPECT_EQ(fold(view).state, SetState::failed_over) << own << " " << peer;
    }
  SetView view = view_of("1f7", "1t5");
  EXPECT_EQ(plan_pair(view, Site::own, false), PairAction::nothing) << "active/passive";
  view.peer_persistence = true;
  EXPECT_EQ(plan_pair(view, Site::own, false), PairAction::give_way);
  EXPECT_EQ(plan_pair(view, Site::peer, false), PairAction::nothing);
}

TEST(Pairing, AnArrayThatReplicatesLivesThoughItIsSilent) {
  const struct {
    const char* own;
    const char* peer;
    Site serving;
    const char* array;
  } rows[] = {
      {"1f3", "?", Site::own, "B"}, {"?", "1t3", Site::peer, "A"}, {"1f3", "2f3", Site::own, ""},
      {"1f5", "?", Site::own, ""},  {"1f7", "?", Site::own, ""},   {"1t5", "?", Site::own, ""},
      {"2f3", "?", Site::own, ""},  {"?", "?", Site::own, ""},     {"1f3", "-", Site::own, ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(living_but_silent(view_of(row.own, row.peer), row.serving), row.array) << row.own << " " << row.peer;
}

struct ChangeRow {
  const char* own;
  const char* peer;
  const char* reason;  ///< a part of it; empty: it may be changed
};

const char* const kNatural = "bring the group back to its natural direction";
const char* const kRepair = "repair the group, so that array A is its primary";

const ChangeRow kChangeRows[] = {
    {"-", "-", ""},
    {"1f3", "2f3", ""},
    {"1f5", "2f5", ""},
    {"1f1", "2f1", ""},
    {"1f3", "2f5", ""},
    {"1f2", "2f2", "the group is being started; retry"},
    {"1f3", "2f4", "the group is being started; retry"},
    {"2t3", "1t3", kNatural},
    {"2t5", "1t5", kNatural},
    {"2f3", "1f3", kRepair},
    {"1t3", "2t3", kNatural},
    {"1f5", "1t5", kNatural},
    {"1f7", "2f5", kRepair},
    {"1f7", "1t5", kNatural},
    {"1f3", "1f3", kRepair},
    {"2f3", "2f3", kRepair},
    {"1f3s", "2f3", kRepair},
    {"1f3", "-", kRepair},
    {"-", "2f3", kRepair},
    {"1f3", "?", "bring array B back, and retry"},
    {"2t3", "?", "bring array B back, and retry"},
    {"-", "?", "bring array B back, and retry"},
    {"?", "2f3", "bring array A back, and retry"},
    {"?", "1t3", "bring array A back, and retry"},
    {"?", "?", "bring array A back, and retry"},
};

TEST(Changing, FollowsTheTable) {
  for (const ChangeRow& row : kChangeRows) {
    const std::string reason = why_not_changeable(view_of(row.own, row.peer));
    EXPECT_EQ(reason.empty(), std::string(row.reason).empty()) << row.own << " " << row.peer << ": " << reason;
    EXPECT_THAT(reason, testing::HasSubstr(row.reason)) << row.own << " " << row.peer;
  }
}

TEST(Changing, OnlyWhatIsWritableOnItsNaturalOwnerOrOnNeither) {
  for (const std::string& own : all_sides())
    for (const std::string& peer : all_sides()) {
      const SetView view = view_of(own, peer);
      if (!why_not_changeable(view).empty()) continue;
      const bool none = own == "-" && peer == "-";
      const bool natural = view.own.is_primary() && view.peer.is_secondary() && !view.own.reversed &&
                           !view.peer.reversed && !view.own.is_failsafe() && !view.own.stale && !view.peer.stale;
      EXPECT_TRUE(none || natural) << own << " " << peer;
    }
}

}  // namespace
}  // namespace hpe3par::replication
