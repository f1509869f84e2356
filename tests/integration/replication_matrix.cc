#include "tests/integration/replication_matrix.h"

#include <algorithm>
#include <ostream>
#include <thread>

namespace hpe3par::test {
namespace {

using nlohmann::json;

const std::vector<std::string> kShortBudgets = {"create_mount_timeout = 9", "other_timeout = 9"};
constexpr auto kPatience = 75s;  // a missing export is got within a minute after its array is back
constexpr int kSynced = 3;

const json* find_named(const json& list, const char* member, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const json& each) { return each[member] == name; });
  return found == list.end() ? nullptr : &*found;
}

const json* find_group(const json& groups, const std::string& name) {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const json& each) {
    const std::string known = each["name"];
    return known == name || known.starts_with(name + ".r");
  });
  return found == groups.end() ? nullptr : &*found;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string members_of(const json& group, const std::string& volume, const std::string& sibling) {
  std::string text;
  for (const auto& [letter, name] : {std::pair("v", volume), std::pair("s", sibling)})
    if (const json* member = find_named(group["volumes"], "localVolumeName", name))
      text += std::string(letter) + ((*member)["remoteVolumes"][0]["syncStatus"] == kSynced ? "" : "~");
  return text;
}

void expect_ready(const ReplicatedCase& trial, const std::string& state) {
  trial.expect_state({state});
  trial.lane().wait_until_idle();
}

void create(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.create(); });
}
void create_sibling(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.lane().create(trial.sibling(), trial.group()); });
}
void create_both(const ReplicatedCase& trial) {
  create_sibling(trial);
  create(trial);
}
void remove(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.remove(); });
}
void remove_sibling(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.daemon().remove(trial.sibling()); });
}
void remove_both(const ReplicatedCase& trial) {
  remove(trial);
  trial.expect_state({kSiblingOnly});
  remove_sibling(trial);
}
void mount(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.mount(); });
}
void unmount(const ReplicatedCase& trial) {
  ReplicatedCase::succeed([&] { return trial.unmount(); });
}

void create_and_mount(const ReplicatedCase& trial) {
  create(trial);
  trial.expect_state({kAlone});  // only then it gets a file system
  mount(trial);
  const auto path = trial.daemon().path(trial.name());
  ASSERT_TRUE(path) << trial.name() << " is not mounted";
  write_file(*path / "file", trial.name());
}
void create_and_use(const ReplicatedCase& trial) {
  create_and_mount(trial);
  unmount(trial);
}
void expect_written(const ReplicatedCase& trial) {
  const auto path = trial.daemon().path(trial.name());
  ASSERT_TRUE(path) << trial.name() << " is not mounted";
  EXPECT_EQ(read_file(*path / "file"), trial.name());
}
void unmount_and_remove(const ReplicatedCase& trial) {
  unmount(trial);
  remove(trial);
}

}  // namespace

PairLane::PairLane(const std::string& replication_mode) : ReplicatedPair(replication_mode, kShortBudgets) {
  sim.control("POST", "/behaviour", {{"sync_mib_per_s", 100'000}});
  // What is asked once and remembered, about the CPG, has been asked then.
  EXPECT_EQ(ReplicatedPair::create("warm", "warm"), "");
  EXPECT_EQ(daemon->remove("warm"), "");
}

void PairLane::arm(const std::string& array, json fault, int skip, int count) {
  fault.update({{"array", array}, {"skip", skip}, {"count", count}});
  sim.fault(fault);
}

std::vector<std::string> PairLane::hits(const std::string& array) {
  const json report = sim.control("GET", "/faults");
  const json& faults = report.at("arrays").at(array);
  return faults.empty() ? std::vector<std::string>() : faults.back().at("hits").get<std::vector<std::string>>();
}

void PairLane::clear() {
  sim.clear_faults();
}

void PairLane::wait_until_idle() {
  EXPECT_TRUE(eventually(30s, [&] { return is_up("A") && is_up("B") && is_clean(*daemon); })) << daemon->log();
}

// So many cases at once can outlast their short budgets on a machine that does other things as well.
std::string ReplicatedCase::outcome(const std::function<std::string()>& act) {
  std::string err;
  eventually(30s, [&] {
    err = act();
    return err.find("no time left") == std::string::npos && err.find("no answer within") == std::string::npos;
  });
  return err;
}

void ReplicatedCase::succeed(const std::function<std::string()>& act) {
  EXPECT_EQ(outcome(act), "");
}

std::string ReplicatedCase::state() const {
  const json objects = lane_.sim.objects()["arrays"];
  return state_of(objects, "A") + " | " + state_of(objects, "B");
}

std::string ReplicatedCase::state_of(const json& arrays, const std::string& array) const {
  const json& objects = arrays[array];
  const std::string volume = "dcv-" + name_;
  const std::string other = "dcv-" + sibling();
  std::string volumes;
  for (const auto& [letter, name] : {std::pair("v", volume), std::pair("s", other)}) {
    const json* here = find_named(objects["volumes"], "name", name);
    if (here == nullptr) continue;
    const json* origin = find_named(arrays["A"]["volumes"], "name", name);
    const bool recorded = origin == nullptr || origin->value("comment", "") == here->value("comment", "");
    volumes += std::string(letter) + (recorded ? "" : "?");
    const json& vluns = objects["vluns"];
    const auto exports = std::count_if(vluns.begin(), vluns.end(),
                                       [&wanted = name](const json& vlun) { return vlun["volumeName"] == wanted; });
    if (exports > 0) volumes += "+" + std::to_string(exports);
  }
  std::string text = or_dash(volumes) + " ";
  if (const json* found = find_group(objects["remotecopygroups"], group())) {
    const json& target = (*found)["targets"][0];
    text += std::to_string((*found)["role"].get<int>()) + (target["roleReversed"].get<bool>() ? "t" : "f") +
            std::to_string(target["state"].get<int>()) + " " + or_dash(members_of(*found, volume, other));
  } else {
    text += "-";
  }
  const json& sets = objects["volumesets"];
  const bool locked = std::any_of(sets.begin(), sets.end(), [](const json& set) {
    const std::string name = set["name"];  // "-t": a failover is remembered
    return name.starts_with("h3p-") && !name.ends_with("-t");
  });
  return text + (locked ? " locked" : "");
}

void ReplicatedCase::expect_state(const std::vector<std::string>& allowed) const {
  std::string found;
  const bool seen = eventually(kPatience, [&] {
    found = state();
    const bool wanted = std::find(allowed.begin(), allowed.end(), found) != allowed.end();
    if (!wanted) std::this_thread::sleep_for(80ms);  // many ask for all objects at once
    return wanted;
  });
  std::string wanted;
  for (const std::string& each : allowed) wanted += (wanted.empty() ? "" : " or ") + each;
  EXPECT_TRUE(seen) << "the arrays have " << found << " instead of " << wanted;
}

std::ostream& operator<<(std::ostream& out, const ReplicatedOperation& operation) {
  return out << operation.name;
}

std::vector<ReplicatedOperation> creates_and_removes_of_replicated() {
  const auto create_it = [](const ReplicatedCase& trial) { return trial.create(); };
  const auto remove_it = [](const ReplicatedCase& trial) { return trial.remove(); };
  const auto nothing = [](const ReplicatedCase&) {};
  return {
      {.name = "create_with_group",
       .prepare = nothing,
       .act = create_it,
       .before = kNeither,
       .after = kAlone,
       .finish = remove,
       .creates = true},
      {.name = "create_in_started_group",
       .prepare = create_sibling,
       .act = create_it,
       .before = kSiblingOnly,
       .after = kTogether,
       .finish = remove_both,
       .creates = true},
      {.name = "remove_last",
       .prepare = create,
       .act = remove_it,
       .before = kAlone,
       .after = kNeither,
       .finish = remove},
      {.name = "remove_just_seen",
       .prepare = create_and_use,
       .act = remove_it,
       .before = kAlone,
       .after = kNeither,
       .finish = remove},
      {.name = "remove_one_of_two",
       .prepare = create_both,
       .act = remove_it,
       .before = kTogether,
       .after = kSiblingOnly,
       .finish = remove_both},
  };
}

std::vector<ReplicatedOperation> mounts_and_unmounts_of_replicated() {
  const auto mount_it = [](const ReplicatedCase& trial) { return trial.mount(); };
  return {
      {.name = "mount_first",
       .prepare = create,
       .act = mount_it,
       .before = kAlone,
       .after = kAloneMounted,
       .finish = unmount_and_remove},
      {.name = "mount_second",
       .prepare = create_and_use,
       .act = mount_it,
       .before = kAlone,
       .after = kAloneMounted,
       .finish =
           [](const ReplicatedCase& trial) {
             expect_written(trial);
             unmount_and_remove(trial);
           }},
      {.name = "unmount",
       .prepare = create_and_mount,
       .act = [](const ReplicatedCase& trial) { return trial.unmount(); },
       .before = kAloneMounted,
       .after = kAlone,
       .finish =
           [](const ReplicatedCase& trial) {
             mount(trial);
             expect_written(trial);
             unmount_and_remove(trial);
           },
       .succeeds = true},
  };
}

std::vector<ReplicatedOperation> mounts_and_unmounts_of_persistent() {
  std::vector<ReplicatedOperation> operations = mounts_and_unmounts_of_replicated();
  for (ReplicatedOperation& each : operations) {
    each.mode = kPeerPersistence;
    for (std::string* state : {&each.before, &each.after})
      if (*state == kAloneMounted) *state = kMountedFromBoth;
  }
  return operations;
}

std::vector<PairRequest> learn_requests(PairLane& lane, const ReplicatedOperation& operation) {
  const ReplicatedCase trial(lane, "c00000");
  operation.prepare(trial);
  expect_ready(trial, operation.before);
  for (const char* array : {"A", "B"}) lane.arm(array, {{"kind", "latency"}, {"delay_ms", 1}}, 0, 0);
  EXPECT_EQ(operation.act(trial), "");
  std::vector<PairRequest> requests;
  for (const char* array : {"A", "B"}) {
    int index = 0;
    for (const std::string& request : lane.hits(array)) requests.push_back({array, index++, request});
  }
  lane.clear();
  EXPECT_FALSE(requests.empty()) << "the operation asks the arrays nothing";
  trial.expect_state({operation.after});
  operation.finish(trial);
  trial.expect_state({kNeither});
  return requests;
}

std::vector<std::unique_ptr<PairLane>> make_lanes(std::size_t count, const ReplicatedOperation& operation) {
  std::vector<std::unique_ptr<PairLane>> lanes(count);
  std::vector<std::function<void(int)>> jobs;
  for (auto& lane : lanes) jobs.emplace_back([&](int) { lane = std::make_unique<PairLane>(operation.mode); });
  run_parallel(jobs, 4);
  return lanes;
}

void run_on_lanes(std::vector<std::unique_ptr<PairLane>>& lanes, const std::vector<PairJob>& jobs) {
  std::vector<std::function<void(int)>> numbered;
  for (const PairJob& job : jobs) {
    const std::string name = "c" + std::to_string(10001 + numbered.size());
    numbered.emplace_back([&, name](int lane) { job(*lanes[static_cast<std::size_t>(lane)], name); });
  }
  run_parallel(numbered, static_cast<int>(lanes.size()));
  for (const auto& lane : lanes) lane->leaks.check();
}

}  // namespace hpe3par::test
