#include "hpe3par/replication/group_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace hpe3par::replication {
namespace {

using array::GroupState;
using testing::HasSubstr;

GroupWish wish() {
  GroupWish wish;
  wish.group = "g";
  wish.backend = "DEFAULT";
  wish.array = "A";
  wish.target = "B";
  wish.cpg = "cpg1";
  wish.target_cpg = "cpg2";
  return wish;
}

array::RemoteCopyGroup group(GroupState state, int members = 0) {
  array::RemoteCopyGroup group;
  group.name = "g";
  group.role = array::Role::primary;
  array::GroupTarget target;
  target.name = "B";
  target.mode = array::CopyMode::synchronous;
  target.state = state;
  target.cpg = "cpg2";
  group.targets = {target};
  for (int i = 0; i < members; ++i) group.members.push_back({"v" + std::to_string(i), {}});
  return group;
}

std::string to_text(AdmissionPlan::Action action) {
  switch (action) {
    case AdmissionPlan::Action::create: return "create";
    case AdmissionPlan::Action::admit: return "admit";
    case AdmissionPlan::Action::admit_started: return "online";
    case AdmissionPlan::Action::stop_first: return "stop";
    case AdmissionPlan::Action::wait: return "wait";
    case AdmissionPlan::Action::refuse: break;
  }
  return "refuse";
}

std::string to_text(DismissalPlan::Action action) {
  switch (action) {
    case DismissalPlan::Action::not_in_it: return "out";
    case DismissalPlan::Action::dismiss: return "dismiss";
    case DismissalPlan::Action::stop_first: return "stop";
    case DismissalPlan::Action::wait: return "wait";
    case DismissalPlan::Action::refuse: break;
  }
  return "refuse";
}

struct StateRow {
  GroupState state;
  const char* empty;       ///< admission to a group without members
  const char* full;        ///< ... with members
  const char* full_newer;  ///< ... on an array that admits to started groups
  const char* dismissal;
};

const StateRow kStates[] = {
    {GroupState::fresh, "admit", "refuse", "refuse", "dismiss"},
    {GroupState::starting, "wait", "wait", "wait", "wait"},
    {GroupState::started, "stop", "stop", "online", "stop"},
    {GroupState::restarting, "wait", "wait", "wait", "wait"},
    {GroupState::stopped, "admit", "refuse", "refuse", "dismiss"},
    {GroupState::backup, "refuse", "refuse", "refuse", "refuse"},
    {GroupState::failsafe, "refuse", "refuse", "refuse", "refuse"},
    {GroupState::logging, "refuse", "refuse", "refuse", "refuse"},
    {GroupState::unknown, "refuse", "refuse", "refuse", "refuse"},
};

TEST(GroupPlan, FollowsTheStateOfTheGroup) {
  for (const StateRow& row : kStates) {
    const int number = static_cast<int>(row.state);
    EXPECT_EQ(to_text(plan_admission(group(row.state), wish(), false).action), row.empty) << number;
    EXPECT_EQ(to_text(plan_admission(group(row.state, 2), wish(), false).action), row.full) << number;
    EXPECT_EQ(to_text(plan_admission(group(row.state, 2), wish(), true).action), row.full_newer) << number;
    EXPECT_EQ(to_text(plan_dismissal(group(row.state, 2), "v1", wish()).action), row.dismissal) << number;
  }
  EXPECT_EQ(to_text(plan_admission(std::nullopt, wish(), false).action), "create");
}

TEST(GroupPlan, TellsWhoIsTheLast) {
  EXPECT_TRUE(plan_dismissal(group(GroupState::started, 1), "v0", wish()).last);
  EXPECT_FALSE(plan_dismissal(group(GroupState::started, 2), "v0", wish()).last);
  const DismissalPlan out = plan_dismissal(group(GroupState::stopped), "v0", wish());
  EXPECT_EQ(to_text(out.action), "out");
  EXPECT_TRUE(out.last) << "an empty group is left over";
  EXPECT_FALSE(plan_dismissal(std::nullopt, "v0", wish()).last);
}

struct Misfit {
  const char* part;  ///< of the sentence
  std::function<void(array::RemoteCopyGroup&, GroupWish&)> make;
};

TEST(GroupPlan, RefusesAGroupThatIsNotAsConfigured) {
  const std::vector<Misfit> misfits = {
      {"copies to C, replication_device of backend DEFAULT in hpe.conf says backend_id:B",
       [](auto& now, auto&) { now.targets[0].name = "C"; }},
      {"copies nowhere", [](auto& now, auto&) { now.targets.clear(); }},
      {"is asynchronous (periodic), replication_device of backend DEFAULT in hpe.conf says synchronous",
       [](auto& now, auto&) { now.targets[0].mode = array::CopyMode::periodic; }},
      {"fails over by itself", [](auto& now, auto&) { now.targets[0].auto_failover = true; }},
      {"lacks the policies", [](auto&, auto& wish) { wish.peer_persistence = true; }},
      {"has no CPG for the copies", [](auto& now, auto&) { now.targets[0].cpg.clear(); }},
      {"puts copies into CPG other of B, but cpg_map maps cpg1 to cpg2",
       [](auto& now, auto&) { now.targets[0].cpg = "other"; }},
      {"is a secondary now", [](auto& now, auto&) { now.role = array::Role::secondary; }},
      {"primary by a failover only", [](auto& now, auto&) { now.targets[0].reversed = true; }},
  };
  for (const Misfit& misfit : misfits) {
    array::RemoteCopyGroup now = group(GroupState::started, 1);
    GroupWish wished = wish();
    misfit.make(now, wished);
    const AdmissionPlan plan = plan_admission(now, wished, true);
    EXPECT_EQ(to_text(plan.action), "refuse") << misfit.part;
    EXPECT_THAT(plan.reason, HasSubstr(misfit.part));
  }
}

TEST(GroupPlan, TakesNothingOutOfAGroupThatIsNotTheOwner) {
  array::RemoteCopyGroup secondary = group(GroupState::stopped, 1);
  secondary.role = array::Role::secondary;
  EXPECT_EQ(to_text(plan_dismissal(secondary, "v0", wish()).action), "refuse");
  array::RemoteCopyGroup reversed = group(GroupState::stopped, 1);
  reversed.targets[0].reversed = true;
  EXPECT_THAT(plan_dismissal(reversed, "v0", wish()).reason, HasSubstr("setrcopygroup restore"));
}

TEST(GroupPlan, AWishComesFromTheConfiguration) {
  config::BackendConfig backend;
  backend.name = "gold";
  backend.array = "a:8080";
  backend.replication.emplace();
  backend.replication->backend_id = "B";
  backend.replication->mode = config::ReplicationMode::periodic;
  backend.replication->cpg_map = {{"cpg1", "r1"}, {"cpg2", "r2"}};
  const GroupWish wished = wish_of(backend, "g", "cpg2", "cpg1");
  EXPECT_EQ(wished.target, "B");
  EXPECT_EQ(wished.mode, array::CopyMode::periodic);
  EXPECT_FALSE(wished.peer_persistence);
  EXPECT_EQ(wished.target_cpg, "r2");
  EXPECT_EQ(wished.target_snap_cpg, "r1");
}

}  // namespace
}  // namespace hpe3par::replication
