// `docker cp` at a running container sends Mount and Unmount with the id that the container itself holds.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "docker_test.h"
#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

class DockerCp : public DockerTest {
 protected:
  void copy_in(const std::string& container, int number) const {
    write_file(directory_ / "in", "copy " + std::to_string(number) + "\n");
    engine_.docker_ok({"cp", directory_ / "in", container + ":/data/in" + std::to_string(number)});
  }

  std::string copied_out(const std::string& container, const std::string& file) const {
    engine_.docker_ok({"cp", container + ":/data/" + file, directory_ / "out"});
    return read_file(directory_ / "out");
  }
};

TEST_F(DockerCp, FiftyTimesInAndOutOfAContainerThatWritesAllTheTime) {
  constexpr int kTimes = 50;
  create("v1");
  start_writer("c1", "v1");
  for (int number = 1; number < kTimes; number += 2) {
    copy_in("c1", number);
    EXPECT_EQ(copied_out("c1", "in" + std::to_string(number)), "copy " + std::to_string(number) + "\n");
  }
  expect_writing("c1");
  EXPECT_EQ(exec("c1", "grep -c '^/dev/loop[0-9]* /data ext4 rw' /proc/mounts"), "1");
  const long written = last_number("c1");
  engine_.docker_ok({"stop", "c1"});
  expect_detached();

  EXPECT_GE(count_numbers("v1"), written);
  std::string copies = "copy 1";
  for (int number = 3; number < kTimes; number += 2) copies += "\ncopy " + std::to_string(number);
  EXPECT_EQ(run_with("v1", "i=1; while [ $i -lt 50 ]; do cat /data/in$i; i=$((i+2)); done"), copies);
  remove_container("c1");
  remove("v1");
}

TEST_F(DockerCp, OfAStoppedContainerLeavesNothingAttached) {
  create("v1");
  start_container("c1", "v1");
  exec("c1", "echo one > /data/file");
  engine_.docker_ok({"stop", "-t", "0", "c1"});
  for (int number = 1; number <= 3; ++number) {
    copy_in("c1", number);
    EXPECT_EQ(copied_out("c1", "file"), "one\n");
    expect_detached();
  }
  EXPECT_EQ(run_with("v1", "cat /data/in3"), "copy 3");
  remove_container("c1");
  remove("v1");
}

// The engine mounts both volumes for the copy, and unmounts neither if one of them fails.
TEST_F(DockerCp, ThatFailsHalfWayHurtsNeitherTheNextUseNorTheRemoval) {
  create("v1");
  create("v2");
  engine_.docker_ok({"create", "--name", "c1", "--network=none", "--mount", mount_option("v1", "/one"), "--mount",
                     mount_option("v2", "/two"), kImage, "/bin/true"});
  simulator_.fault({{"array", "A"},
                    {"method", "POST"},
                    {"route", "/api/v1/vluns"},
                    {"name", "v2"},
                    {"count", 0},
                    {"kind", "error"},
                    {"status", 500}});
  write_file(directory_ / "in", "in\n");
  const auto failed = engine_.docker({"cp", directory_ / "in", "c1:/one/in"});
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(contains(failed.errors, "volume v2 is not mounted"));
  simulator_.clear_faults();
  engine_.docker_ok({"cp", directory_ / "in", "c1:/one/in"});
  EXPECT_EQ(run_with("v1", "cat /data/in"), "in");
  remove_container("c1");
  remove("v1");
  remove("v2");
  expect_detached();
}

}  // namespace
}  // namespace hpe3par::test
