// The simulator alone: a Peer Persistence volume on a loop device that is mounted and written to all the time.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/mounts.h"
#include "hpe3par_test/temp_dir.h"
#include "tests/integration/two_arrays.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

/// Files of their own, one after the other; each counts when the file system says that it is on the disk.
class Writer {
 public:
  explicit Writer(fs::path directory) : directory_(std::move(directory)), thread_([this] { write(); }) {}
  ~Writer() { stop(); }

  /// How many are on the disk.
  int stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    return written_;
  }
  int written() const { return written_; }
  bool goes_on() const {
    constexpr int kSome = 10;
    const int before = written_;
    return eventually(60s, [&] { return written_ >= before + kSome; });
  }

 private:
  static bool put_on_disk(const fs::path& path, const std::string& content) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const bool done = fd >= 0 && ::write(fd, content.data(), content.size()) > 0 && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    return done;
  }

  void write() {
    while (!stop_) {
      const std::string name = std::to_string(written_);
      if (!put_on_disk(directory_ / name, name)) return;
      ++written_;
      std::this_thread::sleep_for(5ms);
    }
  }

  fs::path directory_;
  std::atomic<int> written_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class SimFailover : public testing::TestWithParam<const char*> {
 protected:
  SimFailover() {
    const auto on = [&](const char* array, const char* path, const nlohmann::json& body) {
      sim_.administer("POST", path, body, array);
    };
    on("A", "/volumes", {{"name", "v"}, {"cpg", "cpg1"}, {"sizeMiB", 512}, {"tpvv", true}});
    on("A", "/remotecopygroups",
       {{"name", "g"},
        {"localUserCPG", "cpg1"},
        {"targets", {{{"targetName", "B"}, {"mode", 1}, {"userCPG", "cpg1"}}}}});
    peer_ = sim_.administer("GET", "/remotecopygroups/g").at("remoteGroupName");
    change({{"action", 1},
            {"volumeName", "v"},
            {"targets", {{{"targetName", "B"}, {"secVolumeName", "v"}}}},
            {"volumeAutoCreation", true}});
    change({{"targets", {{{"policies", {{"autoFailover", true}, {"pathManagement", true}, {"autoRecover", true}}}}}}});
    change({{"action", 3}});
    for (const char* array : {"A", "B"}) {
      on(array, "/hosts", {{"name", "h"}, {"iSCSINames", {"iqn.2026-01.hpe3par.loop:h"}}});
      on(array, "/vluns", {{"volumeName", "v"}, {"hostname", "h"}, {"lun", 0}});
    }
    EXPECT_TRUE(is_in_step("1f3 2f3"));
    wwn_ = sim_.administer("GET", "/volumes/v").at("wwn");
  }

  ~SimFailover() override {
    unmount_below(directory_.path());
    detach_loop_devices_below({directory_.path()});
  }

  void change(const nlohmann::json& body) { sim_.administer("PUT", "/remotecopygroups/g", body); }
  void act(const std::string& array, int action) {
    sim_.administer("POST", "/remotecopygroups/" + (array == "A" ? "g" : peer_), {{"action", action}}, array);
  }
  void set_links(const std::string& state) { sim_.control("POST", "/links/A,B", {{"state", state}}); }

  std::string state_on(const std::string& array) {
    const nlohmann::json group = sim_.objects()["arrays"][array]["remotecopygroups"][0];
    const nlohmann::json& target = group["targets"][0];
    return group["role"].dump() + (target["roleReversed"] == true ? "t" : "f") + target["state"].dump();
  }
  bool becomes(const std::string& states) {
    return eventually(60s, [&] { return state_on("A") + " " + state_on("B") == states; });
  }
  bool is_in_step(const std::string& states) {
    return becomes(states) && eventually(60s, [&] { return fs::equivalent(file("A"), file("B")); });
  }

  fs::path file(const std::string& array) const {
    for (const auto& entry : fs::directory_iterator(sim_.loop_dir(array) / "volumes")) return entry.path();
    return {};
  }
  fs::path exported(const std::string& array) const { return sim_.loop_dir(array) / "exports/h" / wwn_; }

  std::string must(const std::vector<std::string>& argv) {
    const RunResult result = run(argv, directory_ / "run");
    EXPECT_TRUE(result.ok()) << argv[0] << ": " << result.errors;
    return result.output.substr(0, result.output.find('\n'));
  }
  std::string attach(const fs::path& path) { return must({"losetup", "--find", "--show", path}); }
  void detach(const std::string& device) { must({"losetup", "--detach", device}); }
  std::string mount(const std::string& device, const std::string& name) {
    fs::create_directories(directory_ / name);
    must({"mount", "-t", GetParam(), device, directory_ / name});
    return directory_ / name;
  }
  std::string checksum(const std::string& array) { return must({"sha256sum", file(array)}).substr(0, 64); }

  /// Every file of the writer that was on the disk by then, with its content.
  void expect_all(const fs::path& directory, int written) {
    for (int i = 0; i < written; ++i)
      ASSERT_EQ(read_file(directory / std::to_string(i)), std::to_string(i)) << "of " << written;
  }
  void expect_all_in(const fs::path& lun, int written) {
    const std::string device = attach(lun);
    const std::string place = mount(device, "check");
    expect_all(place, written);
    must({"umount", place});
    detach(device);
  }

  TempDir directory_;
  Simulator sim_{directory_ / "sim", TwoArrays::with_two()};
  std::string peer_;
  std::string wwn_;
};

TEST_P(SimFailover, IsNotNoticedByAWriter) {
  const std::string device = attach(exported("A"));
  must({std::string("mkfs.") + GetParam(), device});
  Writer writer(mount(device, "mnt"));
  ASSERT_TRUE(writer.goes_on());

  act("A", 8);
  EXPECT_TRUE(is_in_step("2t3 1t3"));
  EXPECT_TRUE(writer.goes_on());
  act("B", 8);
  EXPECT_TRUE(is_in_step("1f3 2f3"));
  EXPECT_TRUE(writer.goes_on());

  sim_.set_array_state("A", "down");
  EXPECT_TRUE(writer.goes_on());
  EXPECT_TRUE(becomes("1f7 1t5"));
  EXPECT_TRUE(writer.goes_on());
  sim_.set_array_state("A", "up");
  EXPECT_FALSE(fs::exists(exported("A")));
  act("B", 9);
  EXPECT_TRUE(is_in_step("2t3 1t3"));
  EXPECT_TRUE(writer.goes_on());

  sim_.control("POST", "/behaviour", {{"takeover_s", 0}});
  sim_.set_array_state("B", "down");
  EXPECT_TRUE(becomes("1f5 1t7"));
  EXPECT_TRUE(writer.goes_on());
  sim_.set_array_state("B", "up");
  act("A", 9);
  EXPECT_TRUE(is_in_step("1f3 2f3"));
  EXPECT_TRUE(writer.goes_on());

  const int written = writer.stop();
  must({"umount", directory_ / "mnt"});
  detach(device);
  change({{"action", 4}});
  EXPECT_FALSE(fs::equivalent(file("A"), file("B")));
  EXPECT_EQ(checksum("A"), checksum("B"));
  expect_all_in(file("A"), written);
  expect_all_in(file("B"), written);
  EXPECT_EQ(sim_.control("GET", "/invariants"),
            nlohmann::json::parse(R"({"writable_twice":[],"exported_secondaries":[]})"));
}

// The links alone: the primary goes on, and the secondary has what was on the disk until then.
TEST_P(SimFailover, LeavesTheSecondaryAFileSystemWhenTheLinksAreLost) {
  const std::string device = attach(exported("A"));
  must({std::string("mkfs.") + GetParam(), device});
  Writer writer(mount(device, "mnt"));
  ASSERT_TRUE(writer.goes_on());

  const int before = writer.written();
  set_links("down");
  EXPECT_TRUE(becomes("1f5 2f5"));
  EXPECT_TRUE(writer.goes_on());
  EXPECT_FALSE(fs::equivalent(file("A"), file("B")));
  const fs::path copy = directory_ / "copy";
  must({"cp", file("B"), copy});

  set_links("up");
  EXPECT_TRUE(is_in_step("1f3 2f3"));
  EXPECT_TRUE(writer.goes_on());
  const int written = writer.stop();
  must({"umount", directory_ / "mnt"});
  detach(device);
  expect_all_in(copy, before);
  expect_all_in(file("B"), written);
}

INSTANTIATE_TEST_SUITE_P(FileSystems, SimFailover, testing::Values("ext4", "xfs"));

}  // namespace
}  // namespace hpe3par::test
