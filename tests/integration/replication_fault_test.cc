// Replicated volumes: a fault at each request to either array.
#include <algorithm>
#include <set>

#include "tests/integration/replication_matrix.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

constexpr std::size_t kLanes = 24;
constexpr double kLongest = 9 + 9;  // the budget, and the undoing of what failed before it is answered

/// Those of fault_kinds() that are worth the time.
bool is_chosen(const FaultKind& kind) {
  static const std::set<std::string> chosen = {
      "hang",        "hang_after", "error 500",  "error_after 500", "error 503",  "error 403-6", "error_after 403-6",
      "reset_after", "garbage",    "html_after", "empty",           "wrong_shape"};
  return chosen.contains(kind.name);
}

// An array that is broken from this request on.
bool is_chosen_until_cleared(const FaultKind& kind) {
  return kind.name == "hang" || kind.name == "error 500" || kind.name == "reset_after";
}

/// What it answers cannot be told from success: changes of groups and removals are answered without content.
bool looks_like_success(const FaultKind& kind, const std::string& request) {
  const bool confirms_nothing = request.starts_with("DELETE ") || request.starts_with("PUT /api/v1/remotecopygroups/");
  return confirms_nothing && (kind.name == "empty" || kind.name == "wrong_shape");
}

/// A request that only looks has no effect after which something could go wrong.
bool is_same_as_before_effect(const FaultKind& kind, const std::string& request) {
  return request.starts_with("GET ") && (kind.name == "hang_after" || kind.name.starts_with("error_after "));
}

bool is_worth_trying(const FaultKind& kind, const std::string& request, int count) {
  if (!is_chosen(kind) || looks_like_success(kind, request) || is_same_as_before_effect(kind, request)) return false;
  return count == 1 || is_chosen_until_cleared(kind);
}

struct Trial {
  const ReplicatedOperation& operation;
  PairRequest request;
  const FaultKind& kind;
  int count;

  std::string where() const {
    return operation.name + ", array " + request.array + ", request " + std::to_string(request.index + 1) + " " +
           request.request + ", kind " + kind.name + (count == 0 ? ", until cleared" : "");
  }
  void run(PairLane& lane, const std::string& name) const;
  void act_with_fault(const ReplicatedCase& trial) const;
  void go_on_without_fault(const ReplicatedCase& trial) const;
};

bool is_listed(const ReplicatedCase& trial) {
  const std::vector<std::string> names = trial.daemon().list();
  return std::find(names.begin(), names.end(), trial.name()) != names.end();
}

void Trial::run(PairLane& lane, const std::string& name) const {
  const std::string text = where() + ", volume " + name;
  SCOPED_TRACE(text);
  const ReplicatedCase trial(lane, name);
  operation.prepare(trial);
  trial.expect_state({operation.before});
  lane.wait_until_idle();
  lane.arm(request.array, kind.fault, request.index, count);
  act_with_fault(trial);
}

void Trial::act_with_fault(const ReplicatedCase& trial) const {
  const auto begin = std::chrono::steady_clock::now();
  const std::string err = operation.act(trial);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), kLongest) << "seconds";
  show(where(), err);
  SCOPED_TRACE(err.empty() ? "it had succeeded" : "its Err: " + err);
  EXPECT_FALSE(trial.lane().hits(request.array).empty()) << "the fault struck nothing";
  if (!err.empty()) {
    EXPECT_FALSE(operation.succeeds);
    expect_sentence(err, trial.name(), trial.lane().sim);
    if (operation.creates && count == 1 && is_listed(trial)) {
      EXPECT_EQ(trial.state(), operation.after) << "half made";
    }
  }
  trial.lane().clear();
  if (err.empty()) {
    trial.expect_state({operation.after});
  } else {
    trial.expect_state({operation.before, operation.after});
  }
  go_on_without_fault(trial);
}

void Trial::go_on_without_fault(const ReplicatedCase& trial) const {
  EXPECT_TRUE(trial.lane().both_are_up());
  ReplicatedCase::succeed([&] { return operation.act(trial); });
  trial.expect_state({operation.after});
  operation.finish(trial);
  trial.expect_state({kNeither});
  trial.lane().leaks.check(20s);
}

class ReplicationFault : public testing::TestWithParam<ReplicatedOperation> {};

TEST_P(ReplicationFault, AtEachRequestLeavesTheRightStateOrASentenceAndACleanRetry) {
  auto lanes = make_lanes(kLanes, GetParam());
  const std::vector<PairRequest> requests = learn_requests(*lanes.front(), GetParam());
  std::vector<PairJob> jobs;
  // Kinds that make wait come first in their table, so that the others run meanwhile.
  for (const FaultKind& kind : fault_kinds())
    for (const int count : {0, 1})
      for (const PairRequest& request : requests) {
        if (!is_worth_trying(kind, request.request, count)) continue;
        const Trial trial{GetParam(), request, kind, count};
        jobs.emplace_back([trial](PairLane& lane, const std::string& name) { trial.run(lane, name); });
      }
  run_on_lanes(lanes, jobs);
  RecordProperty("cases", static_cast<int>(jobs.size()));
}

std::string name_of(const testing::TestParamInfo<ReplicatedOperation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Group, ReplicationFault, testing::ValuesIn(creates_and_removes_of_replicated()), name_of);
INSTANTIATE_TEST_SUITE_P(Mount, ReplicationFault, testing::ValuesIn(mounts_and_unmounts_of_replicated()), name_of);
INSTANTIATE_TEST_SUITE_P(Persistent, ReplicationFault, testing::ValuesIn(mounts_and_unmounts_of_persistent()), name_of);

}  // namespace
}  // namespace hpe3par::test
