// A container moves with its replicated volume to the other array and back, by an operator's acts on the arrays.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "docker_test.h"
#include "tests/integration/copy_group.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

/// A backend with two arrays of its own, because all groups between two arrays that are started have one mode.
struct Kind {
  std::string mode;
  std::string section;
  std::string own;
  std::string peer;
};

const std::vector<Kind> kKinds = {
    {"synchronous", "DEFAULT", "A", "B"}, {"asynchronous", "PERIODIC", "C", "D"}, {"streaming", "STREAMING", "E", "F"}};

/// One engine and one daemon for all modes and both behaviours of arrays; they take turns.
class DockerReplication : public DockerTest {
 protected:
  DockerReplication() : DockerTest({"A", "B", "C", "D", "E", "F"}, backends) {}

  static std::vector<Backend> backends(const Simulator& simulator) {
    std::vector<Backend> all;
    for (const Kind& kind : kKinds) {
      all.push_back(replicating_backend(simulator, kind.mode, kind.own, kind.peer));
      all.back().section = kind.section;
    }
    return all;
  }

  class Story;
};

/// One mode and one behaviour: a volume, its group and the container that uses it, all with the same name.
class DockerReplication::Story {
 public:
  Story(DockerReplication& test, Kind kind, std::string behaviour)
      : test_(test),
        kind_(std::move(kind)),
        behaviour_(std::move(behaviour)),
        name_(kind_.mode),
        group_{.sim = test_.simulator_, .name = name_, .own = kind_.own, .peer = kind_.peer} {}

  void run() {
    begin();
    lose_the_own_array();
    use_the_peer();
    come_back_after_a_loss();
    go_over_as_planned();
    come_back_as_planned();
    end();
  }

 private:
  bool is(const std::string& mode) const { return kind_.mode == mode; }
  bool is_mirrored() const { return behaviour_ == "mirrored"; }

  /// A new file of random bytes, known by its sum from now on.
  void write(const std::string& file) {
    test_.exec(name_, "dd if=/dev/urandom of=/data/" + file + " bs=64k count=16 2>/dev/null && sync");
    files_ += " " + file;
    sums_ = sums();
  }
  std::string sums() const { return test_.exec(name_, "cd /data && sha256sum" + files_); }
  void expect_intact() const { EXPECT_EQ(sums(), sums_); }

  void start_container() const { test_.engine_.docker_ok({"start", name_}); }
  void stop_container() const { test_.engine_.docker_ok({"stop", "-t", "0", name_}); }

  void begin() {
    test_.create(name_, {"backend=" + kind_.section, "replicationGroup=" + name_});
    test_.start_container(name_, name_);
    write("before");
    synchronise(kind_.own);
  }

  /// All that was written so far is on both arrays.
  void synchronise(const std::string& primary) const {
    EXPECT_TRUE(group_.becomes_synced(primary));
    if (is("asynchronous")) group_.change(primary, 5);
    if (is("streaming")) test_.simulator_.advance_clock(seconds(10));
    EXPECT_TRUE(group_.becomes_synced(primary));
  }

  void lose_the_own_array() {
    if (is("synchronous"))
      write("late");
    else  // may be lost
      test_.exec(name_, "dd if=/dev/urandom of=/data/late bs=64k count=16 2>/dev/null && sync");
    test_.simulator_.set_array_state(kind_.own, "down");
    stop_container();
    const RunResult refused = test_.engine_.docker({"start", name_});
    EXPECT_FALSE(refused.ok());
    EXPECT_TRUE(contains(refused.errors, "array " + kind_.peer + " has the copy only"));
    group_.change_roles(kind_.peer, 7);
  }

  void use_the_peer() {
    start_container();
    EXPECT_EQ(serving_array(), kind_.peer);
    expect_intact();
    if (is("asynchronous")) {
      EXPECT_EQ(test_.exec(name_, "ls /data"), "before") << "the last completed copy, and no more";
    }
    write("on-the-peer");
  }

  void come_back_after_a_loss() {
    test_.simulator_.set_array_state(kind_.own, "up");
    EXPECT_TRUE(test_.arrays_are_up()) << test_.daemon_.log();
    expect_intact();
    recover();
    stop_container();
    restore();
  }

  void recover() const {
    group_.change_roles(kind_.peer, 9);
    EXPECT_TRUE(group_.becomes("2t3", "1t3"));
    EXPECT_TRUE(group_.becomes_synced(kind_.peer));
  }
  void restore() const {
    group_.change_roles(kind_.peer, 10);
    EXPECT_TRUE(group_.becomes("1f3", "2f3"));
    resume_on(kind_.own);
  }
  void resume_on(const std::string& array) const {
    start_container();
    EXPECT_EQ(serving_array(), array);
    expect_intact();
  }

  /// @param becomes how the ends are when arrays are mirrored, which then start by themselves
  void hand_over(const std::string& from, const std::string& to) const {
    stop_container();
    synchronise(from);
    group_.change(from, 4);
    group_.change_roles(to, 7);
    if (is_mirrored()) test_.simulator_.advance_clock(seconds(5));
  }

  void go_over_as_planned() {
    write("still-at-home");
    hand_over(kind_.own, kind_.peer);
    if (is_mirrored())
      EXPECT_TRUE(group_.becomes("2f3", "1f3"));
    else
      recover();
    resume_on(kind_.peer);
    write("away-again");
  }

  void come_back_as_planned() {
    if (!is_mirrored()) {
      stop_container();
      return restore();
    }
    hand_over(kind_.peer, kind_.own);
    EXPECT_TRUE(group_.becomes("1f3", "2f3"));
    resume_on(kind_.own);
  }

  void end() const {
    test_.remove_container(name_);
    test_.remove(name_);
    EXPECT_TRUE(group_.becomes("-", "-"));
  }

  std::string serving_array() const {
    return test_.engine_.docker_ok({"volume", "inspect", "-f", "{{.Status.replication.serving_array}}", name_});
  }

  DockerReplication& test_;
  Kind kind_;
  std::string behaviour_;
  std::string name_;
  CopyGroup group_;
  std::string files_;
  std::string sums_;
};

TEST_F(DockerReplication, AContainerGoesOnWithItsDataOnTheOtherArrayAndBack) {
  ASSERT_TRUE(arrays_are_up()) << daemon_.log();
  for (const char* behaviour : {"classic", "mirrored"}) {
    simulator_.control("POST", "/behaviour", {{"failover", behaviour}});
    for (const Kind& kind : kKinds) {
      SCOPED_TRACE(kind.mode + ", " + behaviour);
      Story(*this, kind, behaviour).run();
    }
  }
}

}  // namespace
}  // namespace hpe3par::test
