// Peer Persistence: one array dies at any request of any operation, stays dead for a while, and comes back.
#include "tests/integration/replication_matrix.h"

namespace hpe3par::test {
namespace {

constexpr std::size_t kLanes = 24;
constexpr double kLongest = 9 + 9;  // the budget, and the undoing of what failed before it is answered
constexpr const char* kWhileDead = "while-dead";

/// What is on a volume before the array dies.
enum class Data { none, unknown, file };

struct DeathOperation {
  ReplicatedOperation operation;
  Data volume = Data::none;
  Data sibling = Data::none;  ///< of one that exists
};

void use_sibling(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.daemon().mount(trial.sibling(), "id1"); });
  const auto path = trial.daemon().path(trial.sibling());
  ASSERT_TRUE(path) << trial.sibling() << " is not mounted";
  write_file(*path / "file", trial.sibling());
  ReplicatedCase::succeed([&] { return trial.daemon().unmount(trial.sibling(), "id1"); });
}

// remove_last is left out: remove_just_seen with more looks, and without data.
std::vector<DeathOperation> death_operations() {
  std::vector<DeathOperation> all;
  for (const ReplicatedOperation& each : mounts_and_unmounts_of_persistent())
    all.push_back({each, each.name == "mount_first" ? Data::unknown : Data::file});
  for (ReplicatedOperation each : creates_and_removes_of_replicated()) {
    if (each.name == "remove_last") continue;
    each.mode = kPeerPersistence;
    const bool has_sibling = each.name == "create_in_started_group" || each.name == "remove_one_of_two";
    if (has_sibling)
      each.prepare = [before = each.before, prepare = each.prepare](const ReplicatedCase& trial) {
        prepare(trial);
        trial.expect_state({before});  // only then it gets a file system
        use_sibling(trial);
      };
    const bool has_data = each.name == "remove_just_seen";
    all.push_back({each, has_data ? Data::file : Data::none, has_sibling ? Data::file : Data::none});
  }
  return all;
}

/// The part of ReplicatedCase::state() that is about one array.
std::string half_of(const std::string& state, const std::string& array) {
  const std::size_t middle = state.find(" | ");
  return array == "A" ? state.substr(0, middle) : state.substr(middle + 3);
}

// The array that died is isolated, and the other one may take over.
bool is_about_to_take_over(const std::string& state) {
  return has(state, " 1f7") && has(half_of(state, "B"), " 2f5");
}

/// The only array that is alive says that hosts may write, to a copy that is not behind.
bool can_serve(const std::string& state, const std::string& array, char letter) {
  const std::string half = half_of(state, array);
  const std::string members = half.substr(half.rfind(' ') + 1);
  const std::size_t member = members.find(letter);
  if (member == std::string::npos) return false;
  const bool primary = has(half, " 1f3 ") || has(half, " 1f5 ");
  return primary || (has(half, " 1t5 ") && members.substr(member + 1, 1) != "~");
}

/// An operator who does what docs/peer-persistence.md says, one act at a time.
class Operator {
 public:
  Operator(PairLane& lane, const std::string& group) : lane_(lane), group_(lane.copies(group)) {}

  /// The group is started in its natural direction, or there is none.
  bool is_done() const {
    const std::string sides = group_.side("A") + " " + group_.side("B");
    return sides == "1f3 2f3" || sides == "- -";
  }

  void act() const {
    const std::string sides = group_.side("A") + " " + group_.side("B");
    if (sides == "1f7 1t5" || sides == "1f5 1t5") group_.change_roles("B", 9);
    if (sides == "2t3 1t3" && group_.is_synced("B") && has_both_exports()) group_.change_roles("B", 10);
    // Whoever stopped it for a moment starts it again himself.
    if ((sides == "1f5 2f5" || sides == "1f1 2f1") && is_clean(*lane_.daemon)) group_.change("A", 3);
  }

  void bring_back() const {
    const bool done = eventually(75s, [&] {
      try {
        if (!is_done()) act();
        return is_done();
      } catch (const std::exception&) {
        return false;  // the daemon did something to the group at the same moment
      }
    });
    EXPECT_TRUE(done) << group_.side("A") << " " << group_.side("B");
  }

 private:
  // A volume that is mounted has two again, one that is not has none.
  bool has_both_exports() const { return count_vluns(lane_.sim, "A") == count_vluns(lane_.sim, "B"); }

  PairLane& lane_;
  CopyGroup group_;
};

struct Death {
  const DeathOperation& what;
  PairRequest request;
  std::string kind;

  std::string where() const {
    return what.operation.name + ", array " + request.array + ", request " + std::to_string(request.index + 1) + " " +
           request.request + ", kind " + kind;
  }
  void run(PairLane& lane, const std::string& name) const;

 private:
  std::string survivor() const { return request.array == "A" ? "B" : "A"; }
  std::string act(const ReplicatedCase& trial) const;
  bool use_while_dead(const ReplicatedCase& trial, const std::string& volume, Data data) const;
  void bring_back(const ReplicatedCase& trial) const;
  void go_on(const ReplicatedCase& trial) const;
};

void Death::run(PairLane& lane, const std::string& name) const {
  const std::string text = where() + ", volume " + name;
  SCOPED_TRACE(text);
  const ReplicatedCase trial(lane, name);
  what.operation.prepare(trial);
  trial.expect_state({what.operation.before});
  lane.wait_until_idle();
  lane.arm(request.array, {{"kind", kind}}, request.index, 1);
  const std::string err = act(trial);
  SCOPED_TRACE(err.empty() ? "it had succeeded" : "its Err: " + err);
  EXPECT_TRUE(eventually(30s, [&] { return !is_about_to_take_over(trial.state()); }));
  const bool newer = use_while_dead(trial, name, what.volume);
  const bool newer_sibling = use_while_dead(trial, trial.sibling(), what.sibling);
  bring_back(trial);
  for (const auto& [volume, written] : {std::pair(name, newer), std::pair(trial.sibling(), newer_sibling)}) {
    if (!written) continue;
    ReplicatedCase::succeed([&, id = volume] { return lane.daemon->mount(id, "later"); });
    if (const auto path = lane.daemon->path(volume)) {
      EXPECT_EQ(read_file(*path / "newer"), volume);
    }
    ReplicatedCase::succeed([&, id = volume] { return lane.daemon->unmount(id, "later"); });
  }
  go_on(trial);
}

std::string Death::act(const ReplicatedCase& trial) const {
  const auto begin = std::chrono::steady_clock::now();
  std::string err = what.operation.act(trial);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), kLongest) << "seconds";
  show(where(), err);
  EXPECT_FALSE(trial.lane().hits(request.array).empty()) << "the array did not die";
  trial.lane().clear();
  if (!err.empty()) {
    EXPECT_FALSE(what.operation.succeeds) << err;
    expect_sentence(err, trial.name(), trial.lane().sim);
  }
  return err;
}

/// @return something was written
bool Death::use_while_dead(const ReplicatedCase& trial, const std::string& volume, Data data) const {
  const Daemon& daemon = trial.daemon();
  if (!daemon.get(volume).ok()) return false;
  const std::string err = patiently([&] { return daemon.mount(volume, kWhileDead); });
  const std::string state = trial.state();
  show("  mount of " + volume + ", " + state, err);
  const bool servable = can_serve(state, survivor(), volume == trial.name() ? 'v' : 's');
  if (!err.empty()) {
    expect_sentence(err, volume, trial.lane().sim);
    EXPECT_FALSE(servable && data == Data::file) << volume << " with " << state << ": " << err;
    return false;
  }
  EXPECT_TRUE(servable) << volume << " is mounted with " << state;
  const auto path = daemon.path(volume);
  if (!path) ADD_FAILURE() << volume << " has no path";
  if (path && data == Data::file) {
    EXPECT_EQ(read_file(*path / "file"), volume);
  }
  if (path) write_file(*path / "newer", volume);
  ReplicatedCase::succeed([&] { return daemon.unmount(volume, kWhileDead); });
  return path.has_value();
}

void Death::bring_back(const ReplicatedCase& trial) const {
  trial.lane().sim.set_array_state(request.array, "up");
  EXPECT_TRUE(trial.lane().both_are_up());
  Operator(trial.lane(), trial.group()).bring_back();
  // A Create whose first request was cut off is waited for longer than that.
  trial.expect_state({what.operation.before, what.operation.after});
}

void Death::go_on(const ReplicatedCase& trial) const {
  ReplicatedCase::succeed([&] { return what.operation.act(trial); });
  trial.expect_state({what.operation.after});
  EXPECT_EQ(trial.lane().sim.control("GET", "/invariants")["writable_twice"], nlohmann::json::array());
  what.operation.finish(trial);
  trial.expect_state({kNeither});
  trial.lane().leaks.check(20s);
}

// Between two looks at an array, its state does not change.
std::vector<Death> deaths_of(const DeathOperation& operation, const std::vector<PairRequest>& requests) {
  std::vector<Death> deaths;
  bool looked = false;
  for (const PairRequest& each : requests) {
    const bool looks = each.request.starts_with("GET ");
    const bool first = each.index == 0;
    if (first || !looks || !looked) deaths.push_back({operation, each, "die"});
    if (!looks) deaths.push_back({operation, each, "die_after"});
    looked = looks;
  }
  return deaths;
}

std::vector<std::vector<PairRequest>> learn_all(std::vector<std::unique_ptr<PairLane>>& lanes,
                                                const std::vector<DeathOperation>& operations) {
  std::vector<std::vector<PairRequest>> requests(operations.size());
  std::vector<PairJob> jobs;
  for (std::size_t i = 0; i < operations.size(); ++i)
    jobs.emplace_back([&requests, &operations, i](PairLane& lane, const std::string&) {
      requests[i] = learn_requests(lane, operations[i].operation);
    });
  run_on_lanes(lanes, jobs);
  return requests;
}

TEST(ArrayDeath, AtEachRequestLosesNothingAndNothingIsLeft) {
  const std::vector<DeathOperation> operations = death_operations();
  auto lanes = make_lanes(kLanes, operations.front().operation);
  const auto requests = learn_all(lanes, operations);
  for (const auto& lane : lanes) lane->sim.control("POST", "/behaviour", {{"takeover_s", 1}});
  std::vector<PairJob> jobs;
  for (std::size_t i = 0; i < operations.size(); ++i)
    for (const Death& death : deaths_of(operations[i], requests[i]))
      jobs.emplace_back([death](PairLane& lane, const std::string& name) { death.run(lane, name); });
  run_on_lanes(lanes, jobs);
  RecordProperty("cases", static_cast<int>(jobs.size()));
}

}  // namespace
}  // namespace hpe3par::test
