// Replicated volumes: the daemon dies, and comes back, or another host has to do without it.
#include <future>

#include "tests/integration/crash_points.h"
#include "tests/integration/replication_matrix.h"

namespace hpe3par::test {
namespace {

std::vector<std::string> points_of_replicated_volumes() {
  std::vector<std::string> points = crash_points();
  std::erase_if(points, is_about_plain);
  std::erase_if(points, is_about_second);
  return points;
}

std::vector<std::string> points_of_mounts() {
  std::vector<std::string> points = crash_points();
  std::erase_if(
      points, [](const std::string& point) { return !point.starts_with("mount.") && !point.starts_with("unmount."); });
  return points;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

/// A daemon that dies once on its way.
class Mortal {
 public:
  explicit Mortal(const ReplicatedCase& trial) : trial_(trial) {}

  bool died() const { return died_; }
  /// The request, and once more if the daemon died of it.
  void must_succeed(const std::string& what, const std::function<std::string()>& act) {
    const std::string first = act();
    // Whoever dies while nobody waits for an answer (after a reply was sent) is only seen a moment later.
    const bool dead = !died_ && eventually(died_ ? 0ms : 300ms, [&] { return !trial_.daemon().process().running(); });
    if (!dead) {
      EXPECT_EQ(first, "") << what;
      return;
    }
    died_ = true;
    trial_.daemon().start();
    EXPECT_TRUE(trial_.lane().both_are_up());
    if (what == "mount") trial_.lane().wait_until_idle();  // it is undone: the caller never heard of it
    EXPECT_EQ(act(), "") << what << " repeated after the crash\n" << trial_.daemon().log();
  }

 private:
  const ReplicatedCase& trial_;
  bool died_ = false;
};

/// What is written at a mount is there at the next one.
/// @param check after each step, with whether it is mounted then
void write_and_read_again(Mortal& mortal, const ReplicatedCase& trial, const std::function<void(bool)>& check) {
  mortal.must_succeed("mount", [&] { return trial.mount(); });
  check(true);
  const auto path = trial.daemon().path(trial.name());
  ASSERT_TRUE(path) << trial.daemon().log();
  write_file(*path / "file", "data");
  mortal.must_succeed("unmount", [&] { return trial.unmount(); });
  check(false);
  mortal.must_succeed("mount", [&] { return trial.mount(); });
  ASSERT_TRUE(trial.daemon().path(trial.name())) << trial.daemon().log();
  EXPECT_EQ(read_file(*trial.daemon().path(trial.name()) / "file"), "data");
  mortal.must_succeed("unmount", [&] { return trial.unmount(); });
}

class ReplicationCrash : public testing::TestWithParam<std::string> {};

// The whole life of a volume, alone in its group and beside another one.
TEST_P(ReplicationCrash, KillingTheDaemonHereLosesAndLeaksNothing) {
  PairLane lane;
  for (const bool alone : {true, false}) {
    const ReplicatedCase trial(lane, alone ? "v1" : "v2");
    SCOPED_TRACE(alone ? "alone in its group" : "beside another one");
    if (!alone) {
      ASSERT_EQ(lane.create(trial.sibling(), trial.group()), "");
    }
    lane.daemon->restart({{"HPE3PARD_CRASH_AT", GetParam()}});
    EXPECT_TRUE(lane.both_are_up());
    Mortal mortal(trial);
    mortal.must_succeed("create", [&] { return trial.create(); });
    trial.expect_state({alone ? kAlone : kTogether});
    ASSERT_NO_FATAL_FAILURE(write_and_read_again(mortal, trial, [](bool) {}));
    mortal.must_succeed("remove", [&] { return trial.remove(); });
    trial.expect_state({alone ? kNeither : kSiblingOnly});
    EXPECT_TRUE(mortal.died()) << "the daemon never came to " << GetParam();
    if (!alone) {
      EXPECT_EQ(trial.daemon().remove(trial.sibling()), "");
    }
  }
  EXPECT_TRUE(lane.daemon->list().empty());
  lane.leaks.check(20s);
}

INSTANTIATE_TEST_SUITE_P(EachPoint, ReplicationCrash, testing::ValuesIn(points_of_replicated_volumes()), test_name);

class PersistenceCrash : public testing::TestWithParam<std::string> {};

TEST_P(PersistenceCrash, KillingTheDaemonHereLosesAndLeaksNothing) {
  PairLane lane(kPeerPersistence);
  const ReplicatedCase trial(lane, "v1");
  ASSERT_EQ(trial.create(), "");
  trial.expect_state({kAlone});
  lane.daemon->restart({{"HPE3PARD_CRASH_AT", GetParam()}});
  EXPECT_TRUE(lane.both_are_up());
  Mortal mortal(trial);
  ASSERT_NO_FATAL_FAILURE(write_and_read_again(
      mortal, trial, [&](bool mounted) { trial.expect_state({mounted ? kMountedFromBoth : kAlone}); }));
  EXPECT_TRUE(mortal.died()) << "the daemon never came to " << GetParam();
  lane.wait_until_idle();
  EXPECT_EQ(trial.remove(), "");
  trial.expect_state({kNeither});
  lane.leaks.check(20s);
}

INSTANTIATE_TEST_SUITE_P(EachPoint, PersistenceCrash, testing::ValuesIn(points_of_mounts()), test_name);

class ChangeOverCrash : public testing::TestWithParam<std::string> {};

// The mount goes on with the array that took over, whatever happens to the daemon.
TEST_P(ChangeOverCrash, KillingTheDaemonHereLosesAndLeaksNothing) {
  PairLane lane(kPeerPersistence);
  const ReplicatedCase trial(lane, "v1");
  ASSERT_EQ(trial.create(), "");
  trial.expect_state({kAlone});
  lane.daemon->restart({{"HPE3PARD_CRASH_AT", GetParam()}});
  EXPECT_TRUE(lane.both_are_up());
  ASSERT_EQ(trial.mount(), "");
  const auto path = trial.daemon().path(trial.name());
  ASSERT_TRUE(path);
  write_file(*path / "file", "data");
  lane.sim.set_array_state("A", "down");
  EXPECT_TRUE(eventually(60s, [&] { return lane.copies("v1").side("B") == "1t5"; }));
  lane.sim.set_array_state("A", "up");
  EXPECT_TRUE(eventually(60s, [&] { return !trial.daemon().process().running(); })) << "never came to " << GetParam();
  trial.daemon().start();
  trial.expect_state({"v 1f7 v | v+1 1t5 v"});
  ASSERT_EQ(trial.daemon().path(trial.name()), path);
  EXPECT_EQ(read_file(*path / "file"), "data");
  EXPECT_EQ(trial.unmount(), "");
  lane.copies("v1").change_roles("B", 10);
  trial.expect_state({kAlone});
  EXPECT_EQ(trial.remove(), "");
  lane.leaks.check(20s);
}

INSTANTIATE_TEST_SUITE_P(EachPoint, ChangeOverCrash, testing::Values("pair.first_aside", "pair.changed_over"),
                         test_name);

/// Killed while one of its requests is with the array.
void kill_at(const ReplicatedCase& trial, const ReplicatedOperation& operation, const PairRequest& request,
             const char* kind) {
  PairLane& lane = trial.lane();
  lane.arm(request.array, {{"kind", kind}}, request.index, 1);
  auto answer = std::async(std::launch::async, [&] { return operation.act(trial); });
  EXPECT_TRUE(eventually(20s, [&] { return !lane.hits(request.array).empty(); })) << "the fault struck nothing";
  std::this_thread::sleep_for(50ms);  // for the effect
  lane.daemon->kill9();
  lane.clear();
  answer.get();
}

class ReplicationKill : public testing::TestWithParam<ReplicatedOperation> {};

// Wherever it was, the next start finds out, without the request being repeated.
TEST_P(ReplicationKill, AtEachRequestLosesAndLeaksNothing) {
  constexpr std::size_t kLanes = 6;
  const ReplicatedOperation operation = GetParam();
  auto lanes = make_lanes(kLanes, operation);
  std::vector<PairJob> jobs;
  for (const PairRequest& request : learn_requests(*lanes.front(), operation))
    for (const char* kind : {"hang", "hang_after"})
      jobs.emplace_back([=, &operation](PairLane& lane, const std::string& name) {
        SCOPED_TRACE(operation.name + ", array " + request.array + ", request " + std::to_string(request.index + 1) +
                     " " + request.request + ", killed at " + kind + ", volume " + name);
        const ReplicatedCase trial(lane, name);
        operation.prepare(trial);
        trial.expect_state({operation.before});
        lane.wait_until_idle();
        kill_at(trial, operation, request, kind);
        lane.daemon->start();
        EXPECT_TRUE(lane.both_are_up());
        trial.expect_state({operation.before, operation.after});
        ReplicatedCase::succeed([&] { return operation.act(trial); });
        trial.expect_state({operation.after});
        operation.finish(trial);
        trial.expect_state({kNeither});
        lane.leaks.check(20s);
      });
  run_on_lanes(lanes, jobs);
  RecordProperty("cases", static_cast<int>(jobs.size()));
}

std::string name_of(const testing::TestParamInfo<ReplicatedOperation>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Group, ReplicationKill, testing::ValuesIn(creates_and_removes_of_replicated()), name_of);

// ---- two hosts ----

/// A ReplicatedPair with a daemon of another host.
struct TwoHosts : PairLane {
  TwoHosts() : other(directory / "h2", options("h2")) {
    EXPECT_TRUE(
        eventually(30s, [&] { return has(other.admin("/v1/status").body, "\"up\"") && other.call("List").ok(); }));
  }
  std::string create_at(const Daemon& host, const std::string& name) const {
    return host.create(name, {{"size", "1"}, {"replicationGroup", "g1"}});
  }
  std::size_t members() {
    const auto now = group("A");
    return now ? (*now)["volumes"].size() : 0;
  }

  std::string record(const std::string& array, const std::string& volume) {
    return sim.administer("GET", "/volumes/dcv-" + volume, {}, array).value("comment", "");
  }

  Daemon other;
};

TEST(ReplicationTwoHosts, CreateAndRemoveInOneGroupAtOnce) {
  constexpr int kEach = 6;
  TwoHosts hosts;
  const auto for_all = [&](const std::function<std::string(const Daemon&, const std::string&)>& act) {
    std::vector<std::future<void>> calls;
    for (Daemon* host : {&*hosts.daemon, &hosts.other})
      for (int i = 0; i < kEach; ++i)
        calls.push_back(std::async(std::launch::async, [&, host, i] {
          const std::string name = (host == &hosts.other ? "b" : "a") + std::to_string(i);
          ReplicatedCase::succeed([&] {
            const std::string err = act(*host, name);
            return has(err, "is being worked on by host") ? "no time left: " + err : err;
          });
        }));
    for (auto& call : calls) call.get();
  };
  for_all([&](const Daemon& host, const std::string& name) { return hosts.create_at(host, name); });
  EXPECT_TRUE(hosts.becomes("1f3", "2f3"));
  EXPECT_EQ(hosts.members(), 2U * kEach);
  EXPECT_TRUE(eventually(20s, [&] { return hosts.is_synced(); }));
  EXPECT_TRUE(eventually(20s, [&] { return hosts.daemon->list().size() == 2U * kEach; }));

  // The one removes what the other made.
  for_all([&](const Daemon& host, const std::string& name) {
    return (&host == &hosts.other ? *hosts.daemon : hosts.other).remove(name);
  });
  EXPECT_TRUE(hosts.becomes("-", "-"));
  hosts.leaks.check(20s);
}

// It had stopped the group, and never comes back.
TEST(ReplicationTwoHosts, OneCleansUpAfterTheOtherThatDiedInTheMiddle) {
  for (const char* kind : {"hang", "hang_after"}) {
    SCOPED_TRACE(kind);
    TwoHosts hosts;
    ASSERT_EQ(hosts.create_at(*hosts.daemon, "s1"), "");
    ASSERT_EQ(hosts.create_at(hosts.other, "s2"), "");
    EXPECT_TRUE(hosts.becomes("1f3", "2f3"));
    hosts.sim.fault({{"array", "A"}, {"method", "PUT"}, {"name", "dcv-v1"}, {"kind", kind}});
    auto answer = std::async(std::launch::async, [&] { return hosts.create_at(*hosts.daemon, "v1"); });
    EXPECT_TRUE(eventually(20s, [&] { return !hosts.hits("A").empty(); }));
    std::this_thread::sleep_for(50ms);  // for the effect
    hosts.daemon->kill9();
    hosts.clear();
    answer.get();
    EXPECT_EQ(hosts.side("A"), "1f5") << "nobody restarted it yet";

    const std::string err = ReplicatedCase::outcome([&] { return hosts.create_at(hosts.other, "v2"); });
    EXPECT_TRUE(has(err, "is being worked on by host h1")) << err;
    hosts.sim.advance_clock(301s);
    EXPECT_EQ(hosts.create_at(hosts.other, "v2"), "");
    EXPECT_TRUE(hosts.becomes("1f3", "2f3"));
    EXPECT_TRUE(eventually(20s, [&] { return hosts.is_synced(); }));

    // What was begun is completed by whoever asks for it, and can be removed.
    EXPECT_EQ(hosts.create_at(hosts.other, "v1"), "");
    EXPECT_EQ(hosts.members(), 4U);
    EXPECT_EQ(hosts.record("B", "v1"), hosts.record("A", "v1"));
    EXPECT_TRUE(hosts.becomes("1f3", "2f3"));
    for (const char* volume : {"v1", "v2", "s1", "s2"}) EXPECT_EQ(hosts.other.remove(volume), "") << volume;
    EXPECT_TRUE(hosts.becomes("-", "-"));
    hosts.leaks.check(20s);
  }
}

// Who has a volume of the group mounted looks after it.
TEST(ReplicationTwoHosts, OneThatHasAVolumeMountedStartsTheGroupAfterTheOtherDied) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.create_at(*hosts.daemon, "s1"), "");
  EXPECT_TRUE(hosts.becomes("1f3", "2f3"));
  EXPECT_EQ(hosts.other.mount("s1", "id1"), "");
  hosts.sim.fault({{"array", "A"}, {"method", "PUT"}, {"name", "dcv-v1"}, {"kind", "hang_after"}});
  auto answer = std::async(std::launch::async, [&] { return hosts.create_at(*hosts.daemon, "v1"); });
  EXPECT_TRUE(eventually(20s, [&] { return !hosts.hits("A").empty(); }));
  const nlohmann::json held = hosts.daemon->admin("/v1/cleanup").json();
  EXPECT_TRUE(has(held.dump(), R"("group":"g1")") && has(held.dump(), R"("state":"locked")")) << held;
  std::this_thread::sleep_for(50ms);  // for the effect
  hosts.daemon->kill9();
  hosts.clear();
  answer.get();
  EXPECT_EQ(hosts.side("A"), "1f5");
  hosts.sim.advance_clock(301s);
  EXPECT_TRUE(eventually(60s, [&] { return hosts.side("A") == "1f3"; })) << hosts.other.log();

  EXPECT_EQ(hosts.create_at(hosts.other, "v1"), "");
  EXPECT_EQ(hosts.other.unmount("s1", "id1"), "");
  for (const char* volume : {"v1", "s1"}) EXPECT_EQ(hosts.other.remove(volume), "") << volume;
  EXPECT_TRUE(hosts.becomes("-", "-"));
  hosts.leaks.check(20s);
}

// Until somebody completes it, a volume that is not in its group is none.
// It has data, and its administrator is to see that it is not replicated.
TEST(ReplicationTwoHosts, WhatAnAdministratorTookOutOfItsGroupIsStillThere) {
  TwoHosts hosts;
  ASSERT_EQ(hosts.create_at(*hosts.daemon, "v1"), "");
  ASSERT_EQ(hosts.daemon->mount("v1", "id1"), "");
  EXPECT_EQ(hosts.daemon->unmount("v1", "id1"), "");
  hosts.copies().change("A", 4);
  hosts.sim.administer("DELETE", "/remotecopygroups/g1/volumes/dcv-v1");
  std::this_thread::sleep_for(3200ms);  // whatever was listed before is too old by then
  EXPECT_EQ(hosts.other.list(), std::vector<std::string>{"v1"});
  EXPECT_TRUE(hosts.other.get("v1").ok());
  EXPECT_TRUE(has(hosts.other.mount("v1", "id2"), "the volume is not replicated as its record says"));
  EXPECT_EQ(hosts.other.remove("v1"), "");
  hosts.leaks.check(20s);
}

TEST(ReplicationTwoHosts, WhatOneLeftHalfMadeIsNoVolumeForTheOther) {
  TwoHosts hosts;
  hosts.sim.fault({{"array", "A"}, {"method", "GET"}, {"name", "g1"}, {"kind", "hang"}});
  auto answer = std::async(std::launch::async, [&] { return hosts.create_at(*hosts.daemon, "v1"); });
  EXPECT_TRUE(eventually(20s, [&] { return !hosts.hits("A").empty(); }));
  hosts.daemon->kill9();
  hosts.clear();
  answer.get();
  EXPECT_TRUE(hosts.other.list().empty());
  EXPECT_FALSE(hosts.other.get("v1").ok());
  EXPECT_NE(hosts.other.mount("v1", "id1"), "");
  EXPECT_TRUE(has(hosts.create_at(hosts.other, "v1"), "another host is creating it"));
  EXPECT_EQ(count_vluns(hosts.sim), 0U);
  EXPECT_EQ(hosts.other.remove("v1"), "");
  hosts.leaks.check(20s);
}

}  // namespace
}  // namespace hpe3par::test
