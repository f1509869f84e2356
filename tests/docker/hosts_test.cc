// Two hosts with an engine and a daemon each, and one array.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

/// Both engines look for plugins in the one /run that a test has, so the second host's driver has a name of its own.
class DockerTwoHosts : public DockerTest {
 protected:
  DockerTwoHosts() { other_engine_.import_image(kImage); }

  static DaemonOptions other_options(const Simulator& simulator) {
    auto options = daemon_options(simulator);
    options.host_name = "h2";
    options.socket = "/run/docker/plugins/hpe2.sock";
    return options;
  }

  RunResult run_on_the_other(const std::string& command) const {
    return other_engine_.docker({"run", "--rm", "--network=none", "--mount",
                                 "type=volume,src=v1,dst=/data,volume-driver=hpe2", kImage, "/bin/sh", "-c", command});
  }

  Daemon other_daemon_{directory_ / "other-daemon", other_options(simulator_)};
  Engine other_engine_{directory_ / "other-engine"};
};

TEST_F(DockerTwoHosts, OnlyOneAtATimeHasTheVolume) {
  create("v1", {"mountConflictDelay=3"});
  start_writer("c1", "v1");
  const auto began = steady_clock::now();
  const auto refused = run_on_the_other("true");
  EXPECT_GE(steady_clock::now() - began, seconds(3)) << "it waits for the other host to let go";
  EXPECT_FALSE(refused.ok());
  EXPECT_TRUE(contains(refused.errors, "in use by host h1"));
  expect_writing("c1");

  const auto removal = other_engine_.docker({"volume", "rm", "v1"});
  EXPECT_FALSE(removal.ok());
  EXPECT_TRUE(contains(removal.errors, "in use by host h1"));
  engine_.docker_ok({"stop", "c1"});
  expect_detached();

  const auto allowed = run_on_the_other("grep -c . /data/numbers && echo from h2 > /data/file");
  EXPECT_TRUE(allowed.ok()) << allowed.errors;
  EXPECT_NE(allowed.output, "0\n");
  EXPECT_EQ(run_with("v1", "cat /data/file"), "from h2");
  remove_container("c1");
  remove("v1");
}

TEST_F(DockerTwoHosts, AContainerMovesAsSoonAsTheFirstOneStops) {
  create("v1", {"mountConflictDelay=60"});
  start_writer("c1", "v1");
  const auto waiting = other_engine_.docker_in_background({"run", "--name", "c2", "--network=none", "--mount",
                                                           "type=volume,src=v1,dst=/data,volume-driver=hpe2", kImage,
                                                           "/bin/grep", "-c", ".", "/data/numbers"});
  EXPECT_FALSE(waiting->wait(seconds(2)));
  engine_.docker_ok({"stop", "c1"});
  const auto status = waiting->wait(seconds(20));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->code, 0) << waiting->errors();
  remove_container("c1");
  other_engine_.docker_ok({"rm", "c2"});
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
