// The array is away; the engine must neither wait nor forget.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

class DockerOutage : public DockerTest {
 protected:
  /// `docker <arguments>`, which must not take three seconds.
  std::string quickly(const Words& arguments) const {
    const auto began = std::chrono::steady_clock::now();
    auto output = engine_.docker_ok(arguments);
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(3)) << arguments.at(0) << " " << arguments.at(1);
    return output;
  }

  void expect_names() const {
    for (int repeated = 0; repeated < 2; ++repeated) {
      EXPECT_EQ(quickly({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"}), "hpe v1\nhpe v2");
      EXPECT_EQ(quickly({"volume", "inspect", "-f", "{{.Name}}", "v1", "v2"}), "v1\nv2");
    }
    // What the array said within the last second still counts.
    EXPECT_TRUE(eventually(seconds(5), [this] { return state_of("v2") == "unreachable"; }));
    EXPECT_NE(quickly({"volume", "inspect", "-f", "{{.Status.last_error}}", "v2"}), "");
  }

  std::string state_of(const std::string& volume) const {
    return quickly({"volume", "inspect", "-f", "{{.Status.state}}", volume});
  }

  void expect_refused_with_a_sentence() const {
    const auto run = try_to_run_with("v1");
    EXPECT_FALSE(run.ok());
    EXPECT_TRUE(contains(run.errors, "error while mounting volume '': volume v1 is "));
    EXPECT_TRUE(contains(run.errors, "array 127.0.0.1:"));
    EXPECT_TRUE(contains(run.errors, "Connection refused"));
    const auto create = engine_.docker({"volume", "create", "-d", "hpe", "-o", "size=1", "v3"});
    EXPECT_FALSE(create.ok());
    EXPECT_TRUE(contains(create.errors, "retry when it answers"));
  }

  void expect_recovery() {
    simulator_.set_array_state("A", "up");
    EXPECT_TRUE(eventually(seconds(30), [this] { return try_to_run_with("v1", "test -e /data").ok(); }));
    EXPECT_EQ(run_with("v2", "cat /data/file"), "kept");
  }

  void create_two() const {
    create("v1");
    create("v2");
    run_with("v2", "echo kept > /data/file");
  }

  void remove_two() const {
    remove("v1");
    remove("v2");
  }
};

TEST_F(DockerOutage, LaterKeepsTheNamesAndRefusesTheRest) {
  create_two();
  simulator_.set_array_state("A", "down");
  expect_names();
  expect_refused_with_a_sentence();
  simulator_.set_array_state("A", "hang");
  expect_names();
  expect_recovery();
  remove_two();
}

TEST_F(DockerOutage, AtTheStartOfDaemonAndEngineKeepsTheNamesAsWell) {
  create_two();
  simulator_.set_array_state("A", "down");
  daemon_.restart();
  engine_.terminate();
  engine_.start();
  expect_names();
  expect_refused_with_a_sentence();
  expect_recovery();
  remove_two();
}

TEST_F(DockerOutage, LetsARunningContainerWriteAndStopButNotStart) {
  create("v1");
  start_writer("c1", "v1");
  simulator_.set_array_state("A", "mgmt_down");
  expect_writing("c1");
  engine_.docker_ok({"stop", "c1"});
  EXPECT_EQ(mounts_below({daemon_.mount_dir()}), Words());
  EXPECT_EQ(vluns(), 1U) << "nobody can take it away now";
  const auto started = engine_.docker({"start", "c1"});
  EXPECT_FALSE(started.ok());
  EXPECT_TRUE(contains(started.errors, "array 127.0.0.1:"));

  simulator_.set_array_state("A", "up");
  EXPECT_TRUE(eventually(seconds(30), [this] { return vluns() == 0; }));
  engine_.docker_ok({"start", "c1"});
  expect_writing("c1");
  remove_container("c1");
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
