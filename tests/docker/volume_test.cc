#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "docker_test.h"

namespace hpe3par::test {
namespace {

class DockerVolume : public DockerTest {};

TEST_F(DockerVolume, IsShownFromCreateToRemove) {
  create("v1");
  const auto details = nlohmann::json::parse(engine_.docker_ok({"volume", "inspect", "v1"})).at(0);
  EXPECT_EQ(details.at("Driver"), "hpe");
  EXPECT_EQ(details.at("Status").at("size_gib"), 1);
  EXPECT_EQ(engine_.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"}), "hpe v1");
  remove("v1");
  EXPECT_EQ(engine_.docker_ok({"volume", "ls", "-q"}), "");
  EXPECT_FALSE(engine_.docker({"volume", "inspect", "v1"}).ok());
}

TEST_F(DockerVolume, IsCreatedByRunAndFilledFromTheImage) {
  EXPECT_EQ(engine_.docker_ok({"run", "--rm", "--network=none", "--volume-driver", "hpe", "-v", "v1:/seed", kImage,
                               "/bin/cat", "/seed/hello"}),
            "from the image");
  EXPECT_EQ(engine_.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"}), "hpe v1");
  EXPECT_EQ(run_with("v1", "cat /data/hello /data/sub/deep"), "from the image\ndeeper");
  remove("v1");
}

TEST_F(DockerVolume, IsAFileSystemOfItsOwnInTheContainer) {
  create("v1");
  EXPECT_EQ(run_with("v1", "grep -c '^/dev/loop[0-9]* /data ext4 rw' /proc/mounts"), "1");
  remove("v1");
}

TEST_F(DockerVolume, KeepsItsDataWhenTheContainerIsGone) {
  create("v1");
  run_with("v1", "echo kept > /data/file");
  EXPECT_EQ(vluns(), 0U);
  EXPECT_EQ(run_with("v1", "cat /data/file"), "kept");
  remove("v1");
}

TEST_F(DockerVolume, ServesTwoContainersAtOnce) {
  create("v1");
  start_container("first", "v1");
  exec("first", "echo one > /data/file");
  EXPECT_EQ(run_with("v1", "cat /data/file && echo two > /data/file"), "one");
  EXPECT_EQ(exec("first", "cat /data/file && echo three > /data/file && sync"), "two");
  EXPECT_EQ(vluns(), 1U);
  remove_container("first");
  EXPECT_EQ(run_with("v1", "cat /data/file"), "three");
  remove("v1");
}

TEST_F(DockerVolume, SurvivesStopAndStartOfItsContainer) {
  create("v1");
  start_container("c1", "v1");
  exec("c1", "echo kept > /data/file");
  engine_.docker_ok({"stop", "-t", "0", "c1"});
  EXPECT_EQ(vluns(), 0U);
  engine_.docker_ok({"start", "c1"});
  EXPECT_EQ(exec("c1", "cat /data/file"), "kept");
  remove_container("c1");
  remove("v1");
}

TEST_F(DockerVolume, IsOwnedAsAsked) {
  create("v1", {"fsOwner=1000:1001", "fsMode=0750"});
  EXPECT_EQ(run_with("v1", "stat -c '%u:%g %a' /data"), "1000:1001 750");
  remove("v1");
}

TEST_F(DockerVolume, IsNotRemovedWhileItIsUsed) {
  create("v1");
  start_container("c1", "v1");
  const auto refused = engine_.docker({"volume", "rm", "v1"});
  EXPECT_FALSE(refused.ok());
  EXPECT_NE(refused.errors.find("in use"), std::string::npos) << refused.errors;
  // The engine forgets its own references after a failed Get, so the plugin has to refuse as well.
  EXPECT_NE(daemon_.remove("v1"), "");
  exec("c1", "echo still > /data/writable && sync");
  remove_container("c1");
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
