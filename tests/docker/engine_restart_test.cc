// The engine ends in each of its ways, and comes back.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

class DockerEngineRestart : public DockerTest {
 protected:
  /// "always" with volume v1 and "no" with volume v2, named after their restart policies.
  void start_both() const {
    create("v1");
    create("v2");
    start_writer("always", "v1", {"--restart", "always"});
    start_writer("no", "v2");
  }

  void expect_both_usable() const {
    EXPECT_TRUE(eventually(seconds(20), [this] { return is_running("always"); }));
    expect_writing("always");
    EXPECT_FALSE(is_running("no"));
    engine_.docker_ok({"start", "no"});
    expect_writing("no");
  }

  void remove_both() {
    for (const char* container : {"always", "no"}) remove_container(container);
    expect_detached();
    for (const char* volume : {"v1", "v2"}) {
      EXPECT_GT(count_numbers(volume), 0);
      remove(volume);
    }
  }
};

TEST_F(DockerEngineRestart, GivesEverythingBackAndStartsWhatIsToRestart) {
  start_both();
  engine_.terminate();
  expect_detached();
  engine_.start();
  expect_both_usable();
  remove_both();
}

TEST_F(DockerEngineRestart, AfterAKillTheSameContainersRunAgain) {
  start_both();
  engine_.kill9();
  engine_.start();
  expect_both_usable();
  remove_both();
}

// The engine kills the container without a word to the plugin and never unmounts its id; docs/docker.md tells the
// administrator to do it instead.
TEST_F(DockerEngineRestart, AfterAKillTheVolumeOfARemovedContainerCanBeGivenBackByHand) {
  create("v1");
  start_writer("c1", "v1");
  engine_.kill9();
  engine_.start();
  EXPECT_TRUE(eventually(seconds(10), [this] { return !is_running("c1"); }));
  remove_container("c1");
  EXPECT_GT(count_numbers("v1"), 0);
  const auto ids = nlohmann::json::parse(engine_.docker_ok({"volume", "inspect", "-f", "{{json .Status.ids}}", "v1"}));
  for (const auto& id : ids) EXPECT_EQ(daemon_.unmount("v1", id), "");
  expect_detached();
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
}

TEST_F(DockerEngineRestart, TheDaemonMayBeReplacedWhileTheEngineIsAway) {
  start_both();
  engine_.terminate();
  daemon_.restart();
  engine_.start();
  expect_both_usable();
  remove_both();
}

class DockerLiveRestore : public DockerTest {
 protected:
  DockerLiveRestore() : DockerTest({"--live-restore"}) {}
};

TEST_F(DockerLiveRestore, AContainerWritesOnWhileTheEngineIsAway) {
  create("v1");
  start_writer("c1", "v1");
  engine_.terminate();
  EXPECT_EQ(vluns(), 1U);
  engine_.start();
  expect_writing("c1");
  engine_.kill9();
  EXPECT_EQ(vluns(), 1U);
  engine_.start();
  expect_writing("c1");
  const long written = last_number("c1");
  engine_.docker_ok({"stop", "c1"});
  expect_detached();
  EXPECT_GE(count_numbers("v1"), written);
  engine_.docker_ok({"start", "c1"});
  expect_writing("c1");
  remove_container("c1");
  remove("v1");
}

TEST_F(DockerLiveRestore, NeitherTheEngineNorTheDaemonIsNeededMeanwhile) {
  create("v1");
  start_writer("c1", "v1");
  const long before = last_number("c1");
  engine_.terminate();
  daemon_.kill9();
  daemon_.start();
  engine_.start();
  EXPECT_GT(last_number("c1"), before);
  expect_writing("c1");
  remove_container("c1");
  expect_detached();
  EXPECT_GT(count_numbers("v1"), before);
  remove("v1");
}

// Nobody ever unmounts its id: the engine killed the container without a word to the plugin.
TEST_F(DockerEngineRestart, AfterAKillAContainerThatIsNotStartedAgainBlocksNoRemoval) {
  create("v1");
  start_writer("c1", "v1");
  engine_.kill9();
  engine_.start();
  EXPECT_TRUE(eventually(seconds(10), [this] { return !is_running("c1"); }));
  remove_container("c1");
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
  expect_detached();
}

}  // namespace
}  // namespace hpe3par::test
