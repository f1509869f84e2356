#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "tests/integration/fault_matrix.h"
#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {

/// A ReplicatedPair for one case at a time, so that faults can strike any request.
class PairLane : public ReplicatedPair {
 public:
  explicit PairLane(const std::string& replication_mode = "synchronous");

  /// @param skip how many requests to the array pass before. @param count 0: until clear()
  void arm(const std::string& array, nlohmann::json fault, int skip, int count);
  /// What the fault struck, in order.
  std::vector<std::string> hits(const std::string& array);
  void clear();

  /// Both arrays are in use, and nothing is left to do.
  void wait_until_idle();
};

/// Volumes v and s of a case, in a group of its own.
class ReplicatedCase {
 public:
  ReplicatedCase(PairLane& lane, std::string name) : lane_(lane), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  std::string sibling() const { return name_ + "s"; }
  std::string group() const { return name_; }
  PairLane& lane() const { return lane_; }
  Daemon& daemon() const { return *lane_.daemon; }

  /// These return Err.
  std::string create() const { return lane_.create(name_, group()); }
  std::string mount() const { return daemon().mount(name_, "id1"); }
  std::string unmount() const { return daemon().unmount(name_, "id1"); }
  std::string remove() const { return daemon().remove(name_); }

  /// What it says, for which a busy machine gets more than one chance.
  static std::string outcome(const std::function<std::string()>& act);
  /// Fails the test when that fails.
  static void succeed(const std::function<std::string()>& act);

  /// What both arrays have, "vs 1f3 vs | vs 2f3 vs": volumes, then the group with role, reversed, state and its
  /// members. "~": not in step with its copy; "?": the copy does not have its record; "+1": so many exports; "locked":
  /// a host is at work.
  std::string state() const;
  /// Waits for one of these, because undoing may go on in the background.
  void expect_state(const std::vector<std::string>& allowed) const;

 private:
  std::string state_of(const nlohmann::json& arrays, const std::string& array) const;

  PairLane& lane_;
  std::string name_;
};

constexpr const char* kNeither = "- - | - -";
constexpr const char* kAlone = "v 1f3 v | v 2f3 v";
constexpr const char* kAloneMounted = "v+1 1f3 v | v 2f3 v";
constexpr const char* kMountedFromBoth = "v+1 1f3 v | v+1 2f3 v";
constexpr const char* kSiblingOnly = "s 1f3 s | s 2f3 s";
constexpr const char* kTogether = "vs 1f3 vs | vs 2f3 vs";

/// One operation on a replicated volume.
struct ReplicatedOperation {
  using Step = std::function<void(const ReplicatedCase&)>;

  std::string name;
  Step prepare;
  std::function<std::string(const ReplicatedCase&)> act;
  std::string before;                ///< the state that it begins with
  std::string after;                 ///< the state that it leads to
  Step finish;                       ///< down to nothing
  bool creates = false;              ///< before it there is no volume v
  bool succeeds = false;             ///< always: there is an answer without the arrays
  std::string mode = "synchronous";  ///< of the lanes, see ReplicatedPair
};

std::ostream& operator<<(std::ostream& out, const ReplicatedOperation& operation);

/// Those that change the group.
std::vector<ReplicatedOperation> creates_and_removes_of_replicated();
std::vector<ReplicatedOperation> mounts_and_unmounts_of_replicated();
/// Same with Peer Persistence.
std::vector<ReplicatedOperation> mounts_and_unmounts_of_persistent();

/// One request of an operation.
struct PairRequest {
  std::string array;
  int index = 0;  ///< among those to this array
  std::string request;
};

/// The requests to both arrays of a run without fault.
std::vector<PairRequest> learn_requests(PairLane& lane, const ReplicatedOperation& operation);

/// So many lanes at a time; each job gets a lane and a name.
using PairJob = std::function<void(PairLane&, const std::string& name)>;
void run_on_lanes(std::vector<std::unique_ptr<PairLane>>& lanes, const std::vector<PairJob>& jobs);
std::vector<std::unique_ptr<PairLane>> make_lanes(std::size_t count, const ReplicatedOperation& operation);

}  // namespace hpe3par::test
