// The daemon is away while containers run: killed, replaced by a newer one, or late.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

class DockerDaemonDeath : public DockerTest {};

TEST_F(DockerDaemonDeath, IsNotNoticedByAContainerThatWrites) {
  create("v1");
  start_writer("c1", "v1");
  for (int round = 0; round < 3; ++round) {
    daemon_.kill9();
    expect_writing("c1");
    daemon_.start();
    expect_writing("c1");
  }
  const long written = last_number("c1");
  engine_.docker_ok({"stop", "c1"});
  expect_detached();
  EXPECT_GE(count_numbers("v1"), written);
  remove_container("c1");
  remove("v1");
}

TEST_F(DockerDaemonDeath, ANewVersionIsPutInItsPlaceUnderLoad) {
  create("v1");
  start_writer("c1", "v1");
  for (int round = 0; round < 3; ++round) {
    daemon_.restart();
    start_container("beside", "v1");
    remove_container("beside");
    expect_writing("c1");
  }
  remove_container("c1");
  expect_detached();
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
}

// The engine tries a call again after 1, 2, 4 and 8 seconds while nobody accepts connections.
TEST_F(DockerDaemonDeath, DuringAStopIsMadeUpForByTheEnginesRetries) {
  create("v1");
  start_writer("c1", "v1");
  daemon_.kill9();
  const auto stop = engine_.docker_in_background({"stop", "c1"});
  EXPECT_FALSE(stop->wait(std::chrono::milliseconds(1500))) << "the engine gave up at once";
  daemon_.start();
  EXPECT_TRUE(stop->wait(seconds(30)));
  expect_detached();
  EXPECT_GT(count_numbers("v1"), 0);
  remove_container("c1");
  remove("v1");
}

// The engine gives up after 15 seconds and never sends that Unmount again.
TEST_F(DockerDaemonDeath, LosesAnUnmountThatTheNextUseOrTheRemovalMakesUpFor) {
  create("v1");
  start_writer("c1", "v1");
  daemon_.kill9();
  engine_.docker_ok({"stop", "c1"});
  daemon_.start();
  engine_.docker_ok({"start", "c1"});
  expect_writing("c1");
  remove_container("c1");
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
  expect_detached();
}

TEST_F(DockerDaemonDeath, AnUnmountThatWasLostBlocksNoRemoval) {
  create("v1");
  start_writer("c1", "v1");
  daemon_.kill9();
  remove_container("c1");  // the engine gives up after 15 s
  daemon_.start();
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
  expect_detached();
}

}  // namespace
}  // namespace hpe3par::test
