// What mkfs and mount make of the options of a volume: real tools, a real kernel.

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fstream>

#include "fixture.h"
#include "hpe3par/host/mount_info.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Words = std::vector<std::string>;

class FsOptionsTest : public HostTest {
 protected:
  Device formatted(int number, const std::string& type, const Words& options = {}) {
    auto device = attach_new(number, 1024);
    file_systems_->format(device, {type, uuid_, "label", options}, soon(Millis(60000)));
    return device;
  }

  /// "rw,noatime", as the kernel shows flags and data of the mount.
  static std::string shown_options(const std::string& place) {
    std::ifstream stream("/proc/self/mountinfo");
    std::string line;
    while (std::getline(stream, line)) {
      if (line.find(" " + place + " ") == std::string::npos) continue;
      std::istringstream words(line);
      std::string flags;
      for (int i = 0; i < 6; ++i) words >> flags;
      return flags + " " + line.substr(line.rfind(' ') + 1);
    }
    return "";
  }

  std::string shown_by(const Words& command) {
    const CommandResult result = runner_.run({command, {}}, soon());
    EXPECT_TRUE(result.ok()) << command.front() << ": " << result.summary();
    return result.output;
  }

  /// Stops the file system as a dying host does, with its log written but not replayed.
  static void shut_down(const std::string& place) {
    constexpr unsigned long kShutdown = _IOR('X', 125, std::uint32_t);
    const UniqueFd fd(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    std::uint32_t with_log_flush = 1;
    ASSERT_EQ(::ioctl(fd.get(), kShutdown, &with_log_flush), 0);
  }
};

TEST_F(FsOptionsTest, Ext4IsMadeAsAsked) {
  const auto device = formatted(1, "ext4",
                                {"-b", "1024", "-I", "512", "-m", "5", "-J", "size=16", "-E", "stride=4,stripe_width=8",
                                 "-O", "quota,^resize_inode", "-L", "mine"});
  const std::string shown = shown_by({"dumpe2fs", "-h", device.path});
  for (const char* words : {"volume name:   mine", "Block size:               1024", "Inode size:\t          512",
                            "RAID stride:              4", "has_journal", "metadata_csum", "quota",
                            "Errors behavior:          Remount read-only"})
    EXPECT_THAT(shown, HasSubstr(words));
  EXPECT_THAT(shown, AllOf(HasSubstr("Filesystem UUID:          " + uuid_), Not(HasSubstr("resize_inode")),
                           HasSubstr("Reserved block count:     52428")));
}

TEST_F(FsOptionsTest, Ext4KeepsItsJournalAndItsLazyTablesWhateverElseIsAsked) {
  const auto device = formatted(1, "ext4", {"-E", "stride=4", "-O", "quota"});
  EXPECT_THAT(shown_by({"dumpe2fs", "-h", device.path}), HasSubstr("has_journal"));
  EXPECT_THAT(shown_by({"dumpe2fs", device.path}), AllOf(HasSubstr("INODE_UNINIT"), Not(HasSubstr("ITABLE_ZEROED"))));
}

TEST_F(FsOptionsTest, XfsIsMadeAsAsked) {
  const auto device = formatted(1, "xfs",
                                {"-b", "size=2048", "-d", "agcount=8", "-i", "size=1024,maxpct=30", "-l", "size=64m",
                                 "-m", "reflink=0,crc=1", "-n", "size=8192", "-K", "-L", "mine"});
  const std::string shown = shown_by({"xfs_db", "-r", "-c", "sb 0", "-c",
                                      "print blocksize agcount inodesize imax_pct logblocks fname uuid", device.path});
  for (const char* words :
       {"blocksize = 2048", "agcount = 8", "inodesize = 1024", "imax_pct = 30", "logblocks = 32768", "fname = \"mine"})
    EXPECT_THAT(shown, HasSubstr(words));
  EXPECT_THAT(shown, HasSubstr("uuid = " + uuid_));
}

TEST_F(FsOptionsTest, WhatMkfsRefusesIsToldAndCanBeMadeBlankAgain) {
  const auto device = attach_new(1, 1024);
  EXPECT_THAT(
      error_of(ErrorKind::unavailable,
               [&] {
                 file_systems_->format(device, {"xfs", uuid_, "", {"-b", "size=1024", "-s", "size=4096"}}, soon());
               }),
      HasSubstr("mkfs.xfs: exit status 1"));
  file_systems_->wipe_unfinished(device, uuid_);
  file_systems_->format(device, {"xfs", uuid_, "", {}}, soon());
}

struct MountCase {
  const char* type;
  Words options;
  const char* flags;
  const char* data;
};

TEST_F(FsOptionsTest, MountsShowTheirOptions) {
  const std::vector<MountCase> cases = {
      {"ext4", {}, "rw,relatime ", ""},
      {"ext4", {"noatime", "nodev", "nosuid", "noexec"}, "rw,nosuid,nodev,noexec,noatime ", ""},
      {"ext4", {"nodiratime", "commit=33", "data=journal"}, "nodiratime", "commit=33"},
      {"ext4", {"lazytime", "stripe=16", "discard"}, "rw,relatime ", "lazytime"},
      {"xfs", {}, "rw,relatime ", "logbufs=8"},
      {"xfs", {"noatime", "logbufs=4", "allocsize=64k", "inode32"}, "rw,noatime ", "inode32,allocsize=64k,logbufs=4"},
      {"xfs", {"strictatime", "logbsize=64k", "largeio", "swalloc", "sync"}, "rw", "logbsize=64k"},
  };
  const std::map<std::string, Device> devices = {{"ext4", formatted(1, "ext4")}, {"xfs", formatted(2, "xfs")}};
  for (const MountCase& each : cases) {
    const auto place = mountpoint(each.type);
    const Device& device = devices.at(each.type);
    file_systems_->mount(device, {each.type, each.options}, place);
    EXPECT_THAT(shown_options(place), AllOf(HasSubstr(each.flags), HasSubstr(each.data)));
    file_systems_->unmount(device, place);
  }
}

TEST_F(FsOptionsTest, ARepeatedMountKeepsTheOptionsOfTheFirst) {
  const auto place = mountpoint("v1");
  const auto device = formatted(1, "xfs");
  file_systems_->mount(device, {"xfs", {"noatime"}}, place);
  file_systems_->mount(device, {"xfs", {"relatime", "sync"}}, place);
  EXPECT_THAT(shown_options(place), AllOf(HasSubstr("noatime"), Not(HasSubstr("sync"))));
}

TEST_F(FsOptionsTest, AnOptionThatTheKernelRefusesIsNamedAndNothingStays) {
  const std::vector<std::pair<MountRequest, std::string>> cases = {
      {{"ext4", {"noatime", "data=journal", "delalloc"}}, "can't mount with both data=journal and delalloc"},
      {{"xfs", {"sunit=8"}}, "sunit and swidth must be specified together"},
      {{"xfs", {"no_such_option"}}, "xfs: Unknown parameter 'no_such_option'"},
  };
  for (const auto& each : cases) {
    const MountRequest& request = each.first;
    const std::string& reason = each.second;
    const Device device = formatted(request.type == "xfs" ? 2 : 1, request.type);
    const auto place = mountpoint("v1");
    EXPECT_THAT(error_of(ErrorKind::unimplemented, [&] { file_systems_->mount(device, request, place); }),
                AllOf(HasSubstr(device.path), HasSubstr(" as " + request.type + " with " + request.options.front()),
                      HasSubstr(reason)));
    EXPECT_FALSE(fs::exists(place));
    EXPECT_EQ(file_systems_->mounted_at(place), std::nullopt);
    const AttachTarget lun = target(request.type == "xfs" ? 2 : 1);
    EXPECT_EQ(attacher_->detach(lun, soon()), Attacher::Detached::gone);
    fs::remove(lun_path(lun));
  }
}

TEST_F(FsOptionsTest, TheRootOfANewXfsIsMadeReady) {
  const auto place = mountpoint("v1");
  file_systems_->mount(formatted(1, "xfs"), {"xfs"}, place);
  file_systems_->prepare_root(place, {1234, 5678, 02750});
  struct stat status {};
  ASSERT_EQ(::stat(place.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1234U);
  EXPECT_EQ(status.st_gid, 5678U);
  EXPECT_EQ(status.st_mode & 07777, 02750U);
  EXPECT_TRUE(fs::is_empty(place));
}

TEST_F(FsOptionsTest, AnXfsWithAFullLogIsMountedWithItsContent) {
  const auto place = mountpoint("v1");
  const auto device = formatted(1, "xfs");
  file_systems_->mount(device, {"xfs"}, place);
  fs::create_directories(place + "/a/b/c");
  shut_down(place);
  EXPECT_ANY_THROW(file_systems_->unmount(device, place));
  file_systems_->unmount(device, place);
  ASSERT_THAT(shown_by({"xfs_db", "-r", "-c", "sb 0", "-c", "print inprogress", device.path}), HasSubstr("= 0"));
  EXPECT_EQ(file_systems_->probe(device), (Content{Content::Kind::file_system, "xfs", uuid_}));
  file_systems_->mount(device, {"xfs"}, place);
  EXPECT_TRUE(fs::exists(place + "/a/b/c")) << "the log was not replayed";
}

TEST_F(FsOptionsTest, ADamagedXfsIsNeitherBlankNorMountedNorMadeAnew) {
  const auto device = formatted(1, "xfs");
  write_at(device.path, 130, "x");  // a counter of the superblock, which has a checksum
  const Content content = file_systems_->probe(device);
  EXPECT_TRUE(content.kind == Content::Kind::foreign || content.kind == Content::Kind::file_system) << content.type;
  EXPECT_THAT(error_of(ErrorKind::unavailable, [&] { file_systems_->mount(device, {"xfs"}, mountpoint("v1")); }),
              HasSubstr(device.path));
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->wipe_unfinished(device, uuid_); });
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->format(device, {"xfs", uuid_, ""}, soon()); });
}

/// Kills mkfs after a while.
class KillingRunner final : public CommandRunner {
 public:
  explicit KillingRunner(Clock& clock) : clock_(clock) {}
  CommandResult run(const Command& command, const Deadline&) override {
    return SystemCommandRunner().run(command, Deadline::after(clock_, after));
  }
  std::chrono::milliseconds after{0};

 private:
  Clock& clock_;
};

// With a log of 512 MiB to zero, mkfs.xfs takes long enough to be met in the middle; on a busy machine not at once.
TEST_F(FsOptionsTest, AnXfsThatWasKilledHalfWayIsUnfinishedAndMadeAnew) {
  KillingRunner runner(clock_);
  const auto file_systems = make_file_systems(runner);
  const FormatRequest request{"xfs", uuid_, "", {"-l", "size=512m", "-d", "agcount=16"}};
  Device device;
  bool with_signature = false;
  for (int round = 1; round <= 8 && !with_signature; ++round) {
    device = attach_new(round, 20'480);
    for (int ms = round; ms < 20'000; ms += ms < 60 ? 4 : ms / 4) {
      runner.after = Millis(ms);
      try {
        file_systems->format(device, request, soon(Millis(60'000)));
      } catch (const Error& error) {
        ASSERT_EQ(error.kind(), ErrorKind::deadline_exceeded) << error.what();
      }
      const Content content = file_systems->probe(device);
      ASSERT_EQ(content.uuid, uuid_) << ms << " ms: " << content.type;
      with_signature = with_signature || (content.kind == Content::Kind::half_made && content.type == "xfs");
      if (content.kind == Content::Kind::file_system) break;
      file_systems->wipe_unfinished(device, uuid_);
      ASSERT_EQ(file_systems->probe(device).kind, Content::Kind::blank) << ms << " ms";
    }
  }
  EXPECT_TRUE(with_signature) << "mkfs.xfs was never met with its superblock written";
  ASSERT_EQ(file_systems->probe(device).kind, Content::Kind::file_system);
  file_systems->mount(device, {"xfs"}, mountpoint("v1"));
  error_of(ErrorKind::failed_precondition, [&] { file_systems->wipe_unfinished(device, uuid_); });
}

}  // namespace
}  // namespace hpe3par::host
