#include <sys/mount.h>

#include <fstream>
#include <thread>

#include "tests/integration/world.h"

// The state directory as administrators leave it behind: full, read-only, of a newer version.

namespace hpe3par::test {
namespace {

using nlohmann::json;

/// One simulated array, and a daemon whose state directory is a file system of its own.
class State : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(state());
    ASSERT_EQ(::mount("state", state().c_str(), "tmpfs", 0, "size=1m,mode=0700"), 0);
    daemon_.emplace(directory_ / "h1", options_for(sim_));
    ASSERT_TRUE(eventually(10s, [&] { return is_up(); })) << daemon_->log();
  }
  void TearDown() override {
    daemon_.reset();
    unmount_below(directory_ / "h1" / "mnt");
    detach_loop_devices_below(directory_.path());
    EXPECT_EQ(::umount2(state().c_str(), 0), 0);
  }

  bool is_up() {
    const json status = daemon_->admin("/v1/status").json();
    return status.is_object() && status.contains("arrays") && status["arrays"][0]["state"] == "up" &&
           daemon_->call("List").ok();
  }
  std::filesystem::path state() const { return directory_.path() / "h1" / "state"; }
  std::filesystem::path ballast() const { return state() / "ballast"; }
  void fill() const {
    std::ofstream stream(ballast());
    const std::string block(4096, 'x');
    while (stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void remount(unsigned long flags) const {
    ASSERT_EQ(::mount(nullptr, state().c_str(), nullptr, MS_REMOUNT | flags, nullptr), 0);
  }
  void create_and_mount(const std::string& name) {
    ASSERT_EQ(daemon_->create(name, kSmall), "");
    ASSERT_EQ(daemon_->mount(name, "id"), "");
  }

  TempDir directory_;
  Simulator sim_{directory_ / "sim"};
  std::optional<Daemon> daemon_;
};

TEST_F(State, AFullDiskStopsNewPromisesAndNoOldOne) {
  create_and_mount("v1");
  ASSERT_EQ(daemon_->create("v2", kSmall), "");
  fill();
  // A journal has a little room of its own, so not the very first write fails.
  std::string refused;
  for (int i = 0; i < 500 && refused.empty(); ++i) refused = daemon_->create("more" + std::to_string(i), kSmall);
  EXPECT_TRUE(has(refused, "disk is full")) << refused;
  EXPECT_TRUE(has(refused, "journal.db")) << refused;
  EXPECT_TRUE(has(daemon_->mount("v2", "id"), "disk is full"));
  EXPECT_TRUE(daemon_->get("v1").ok());
  EXPECT_EQ(daemon_->unmount("v1", "id"), "");
  EXPECT_EQ(count_vluns(sim_), 0U);
  std::filesystem::remove(ballast());
  EXPECT_EQ(daemon_->mount("v2", "id"), "");
  EXPECT_EQ(daemon_->unmount("v2", "id"), "");
  EXPECT_EQ(daemon_->create("after", kSmall), "");
}

TEST_F(State, ADaemonStartedOnAFullDiskKnowsItsMounts) {
  create_and_mount("v1");
  create_and_mount("v2");
  std::this_thread::sleep_for(500ms);  // until it is noted that the last answer was delivered
  daemon_->kill9();
  fill();
  daemon_->start();
  ASSERT_TRUE(eventually(10s, [&] { return is_up(); })) << daemon_->log();
  EXPECT_TRUE(daemon_->path("v1"));
  EXPECT_TRUE(has(daemon_->create("v3", kSmall), "disk is full"));
  EXPECT_EQ(daemon_->unmount("v1", "id"), "");
  EXPECT_EQ(count_vluns(sim_), 1U);
  std::filesystem::remove(ballast());
  EXPECT_EQ(daemon_->create("v3", kSmall), "");
  EXPECT_EQ(daemon_->unmount("v2", "id"), "");
  daemon_->restart();
  ASSERT_TRUE(eventually(10s, [&] { return is_up(); }));
  EXPECT_TRUE(eventually(10s, [&] { return is_clean(*daemon_); }));
  EXPECT_EQ(count_vluns(sim_), 0U);
  for (const std::string name : {"v1", "v2", "v3"}) EXPECT_EQ(daemon_->remove(name), "");
}

TEST_F(State, AReadOnlyStateDirectoryIsNoReasonToDie) {
  create_and_mount("v1");
  daemon_->stop();
  remount(MS_RDONLY);
  daemon_->start();
  ASSERT_TRUE(eventually(10s, [&] { return is_up(); })) << daemon_->log();
  EXPECT_TRUE(daemon_->path("v1"));
  EXPECT_TRUE(has(daemon_->create("v2", kSmall), "Read-only"));
  EXPECT_EQ(daemon_->unmount("v1", "id"), "");
  remount(0);
  EXPECT_EQ(daemon_->create("v2", kSmall), "");
}

TEST_F(State, OfANewerVersionIsToldAtThePromptAndNothingIsDone) {
  create_and_mount("v1");
  daemon_->stop();
  // Where SQLite keeps user_version: the four bytes from 60 on.
  std::fstream file(state() / "journal.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(60);
  file.write("\0\0\0\x63", 4);
  file.close();
  daemon_->start();
  const std::string error = daemon_->unmount("v1", "id");
  EXPECT_TRUE(has(error, "format 99 by a newer hpe3pard")) << error;
  EXPECT_TRUE(error.ends_with("; start the newer version again")) << error;
  EXPECT_EQ(daemon_->admin("/v1/status").json()["state"], "cannot work");
  EXPECT_TRUE(daemon_->call_raw("Plugin.Activate", "").ok());
  EXPECT_EQ(count_vluns(sim_), 1U);
}

}  // namespace
}  // namespace hpe3par::test
