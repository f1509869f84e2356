#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

constexpr const char* kImage = "bb:1";

class DockerVolume : public testing::Test {
 protected:
  DockerVolume() : daemon_(directory_ / "daemon", daemon_options(simulator_)), engine_(directory_ / "engine") {
    engine_.import_image(kImage);
    leaks_.emplace(std::vector<std::filesystem::path>{daemon_.mount_dir(), directory_ / "arrays", engine_.data_root()},
                   &simulator_);
  }

  void TearDown() override { leaks_->check(); }

  static DaemonOptions daemon_options(const Simulator& simulator) {
    DaemonOptions options;
    options.backends = {Backend::of(simulator)};
    options.socket = "/run/docker/plugins/hpe.sock";
    return options;
  }

  /// `docker run` of a shell command that ends by itself, with the volume at /data; what it printed.
  std::string run_with(const std::string& volume, const std::string& command) const {
    return engine_.docker_ok(
        {"run", "--rm", "--network=none", "--mount", mount_option(volume), kImage, "/bin/sh", "-c", command});
  }

  /// A container that stays, with the volume at /data.
  void start_container(const std::string& container, const std::string& volume) const {
    engine_.docker_ok({"run", "-d", "--name", container, "--network=none", "--mount", mount_option(volume), kImage,
                       "/bin/sleep", "1000"});
  }

  std::string exec(const std::string& container, const std::string& command) const {
    return engine_.docker_ok({"exec", container, "/bin/sh", "-c", command});
  }

  void create(const std::string& volume, const std::vector<std::string>& options = {}) const {
    std::vector<std::string> arguments = {"volume", "create", "-d", "hpe", "-o", "size=1"};
    for (const auto& option : options) arguments.insert(arguments.end(), {"-o", option});
    arguments.push_back(volume);
    EXPECT_EQ(engine_.docker_ok(arguments), volume);
  }

  void remove(const std::string& volume) const { EXPECT_EQ(engine_.docker_ok({"volume", "rm", volume}), volume); }

  void remove_container(const std::string& container) const { engine_.docker_ok({"rm", "-f", container}); }

  /// The engine quietly makes a local volume when it cannot use the plugin, so the driver is always named.
  static std::string mount_option(const std::string& volume) {
    return "type=volume,src=" + volume + ",dst=/data,volume-driver=hpe";
  }

  std::size_t vluns() { return simulator_.objects().at("arrays").at("A").at("vluns").size(); }

  TempDir directory_;
  Simulator simulator_{directory_.path()};
  Daemon daemon_;
  Engine engine_;
  std::optional<LeakCheck> leaks_;
};

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

TEST_F(DockerVolume, ExplainsARefusedOptionAtThePrompt) {
  const auto unknown = engine_.docker({"volume", "create", "-d", "hpe", "-o", "sise=10", "v1"});
  EXPECT_FALSE(unknown.ok());
  EXPECT_NE(unknown.errors.find("sise"), std::string::npos) << unknown.errors;
  const auto unfit = engine_.docker({"volume", "create", "-d", "hpe", "-o", "size=lots", "v1"});
  EXPECT_FALSE(unfit.ok());
  EXPECT_NE(unfit.errors.find("size"), std::string::npos) << unfit.errors;
  EXPECT_EQ(engine_.docker_ok({"volume", "ls", "-q"}), "");
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

TEST_F(DockerVolume, StaysUnderARunningContainerDuringDockerCp) {
  create("v1");
  start_container("c1", "v1");
  exec("c1", "echo one > /data/file");
  write_file(directory_ / "in", "copied\n");
  engine_.docker_ok({"cp", directory_ / "in", "c1:/data/in"});
  engine_.docker_ok({"cp", "c1:/data/file", directory_ / "out"});
  EXPECT_EQ(read_file(directory_ / "out"), "one\n");
  EXPECT_EQ(exec("c1", "cat /data/in && echo two > /data/file && sync"), "copied");
  remove_container("c1");
  EXPECT_TRUE(eventually(seconds(10), [this] { return vluns() == 0; }));
  EXPECT_EQ(run_with("v1", "cat /data/file"), "two");
  remove("v1");
}

TEST_F(DockerVolume, OutlivesAKilledDaemon) {
  create("v1");
  start_container("c1", "v1");
  daemon_.kill9();
  EXPECT_EQ(exec("c1", "echo written > /data/file && cat /data/file"), "written");
  daemon_.start();
  remove_container("c1");
  EXPECT_EQ(run_with("v1", "cat /data/file"), "written");
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
