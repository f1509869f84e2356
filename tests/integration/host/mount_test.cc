#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "fixture.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

class MountTest : public HostTest {
 protected:
  Device formatted(int number, const std::string& type = "ext4") {
    auto device = attach_new(number, type == "xfs" ? 512 : 32);
    file_systems_->format(device, {type, uuid_, ""}, soon(Millis(60000)));
    return device;
  }

  Device mounted(int number, const std::string& place) {
    auto device = formatted(number);
    file_systems_->mount(device, {"ext4"}, place);
    return device;
  }

  static struct stat status_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status;
  }
};

TEST_F(MountTest, DataStaysOverAReattach) {
  for (const std::string type : {"ext4", "xfs"}) {
    const int number = type == "xfs" ? 2 : 1;
    const auto place = mountpoint(type);
    file_systems_->mount(formatted(number, type), {type}, place);
    std::ofstream(place + "/file") << "kept";
    file_systems_->unmount(*attacher_->find(target(number)), place);
    ASSERT_EQ(attacher_->detach(target(number), soon()), Attacher::Detached::gone);
    file_systems_->mount(attacher_->attach(target(number), soon()), {type}, place);
    std::string word;
    std::ifstream(place + "/file") >> word;
    EXPECT_EQ(word, "kept") << type;
  }
}

// What a thread closes lives on for a moment in the child that another thread is starting a command in.
TEST_F(MountTest, WaitsForAClaimThatIsAboutToEnd) {
  const auto hold_for_a_moment = [](const std::string& path, int flags) {
    return std::thread([fd = ::open(path.c_str(), flags | O_CLOEXEC)] {
      EXPECT_GE(fd, 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      ::close(fd);
    });
  };
  const auto device = attach_new(1, 32);
  const auto place = mountpoint("v1");
  std::thread holder = hold_for_a_moment(device.path, O_RDONLY | O_EXCL);
  EXPECT_NO_THROW(file_systems_->format(device, {"ext4", uuid_, ""}, soon(Millis(60000))));
  holder.join();
  holder = hold_for_a_moment(device.path, O_RDONLY | O_EXCL);
  EXPECT_NO_THROW(file_systems_->mount(device, {"ext4"}, place));
  holder.join();
  holder = hold_for_a_moment(place, O_RDONLY | O_DIRECTORY);
  EXPECT_NO_THROW(file_systems_->unmount(device, place));
  holder.join();
}

TEST_F(MountTest, FormatsAndMountsSideBySide) {
  std::vector<Device> devices;
  for (int i = 1; i <= 6; ++i) devices.push_back(attach_new(i, 32));
  std::vector<std::thread> threads;
  for (const Device& device : devices)
    threads.emplace_back([this, &device] {
      const auto place = mountpoint(device.path.substr(device.path.rfind('/') + 1));
      EXPECT_NO_THROW(file_systems_->format(device, {"ext4", uuid_, ""}, soon(Millis(60000))));
      EXPECT_NO_THROW(file_systems_->mount(device, {"ext4"}, place));
      EXPECT_NO_THROW(file_systems_->unmount(device, place));
    });
  for (std::thread& each : threads) each.join();
}

TEST_F(MountTest, MakesTheDirectoryAndTakesItAway) {
  const auto device = formatted(1);
  const auto place = mountpoint("deep/v1");
  const auto before = ::umask(077);
  file_systems_->mount(device, {"ext4"}, place);
  ::umask(before);
  EXPECT_EQ(file_systems_->mounted_at(place), device.number);
  EXPECT_EQ(status_of(mountpoint("deep")).st_mode & 07777, 0755U);
  file_systems_->unmount(device, place);
  EXPECT_FALSE(fs::exists(place));
  EXPECT_TRUE(fs::exists(mountpoint("deep")));
  EXPECT_EQ(file_systems_->mounted_at(place), std::nullopt);
}

TEST_F(MountTest, BothWaysAreIdempotent) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  file_systems_->mount(device, {"ext4"}, place);
  file_systems_->mount(device, {"ext4"}, place + "/");
  file_systems_->unmount(device, place);
  EXPECT_FALSE(fs::exists(place));
  file_systems_->unmount(device, place);
}

TEST_F(MountTest, SeesThePlaceThroughALink) {
  fs::create_directories(root_ / "mounts");
  fs::create_directory_symlink(root_ / "mounts", root_ / "link");
  const auto place = (root_ / "link" / "v1").string();
  const auto device = mounted(1, place);
  EXPECT_EQ(file_systems_->mounted_at(place), device.number);
  EXPECT_EQ(file_systems_->mounted_at(mountpoint("v1")), device.number);
  file_systems_->unmount(device, place);
}

TEST_F(MountTest, RefusesAPlaceThatIsTaken) {
  const auto place = mountpoint("v1");
  const auto first = mounted(1, place);
  const auto second = formatted(2);
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->mount(second, {"ext4"}, place); }),
              AllOf(HasSubstr("taken"), HasSubstr(first.path)));
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->unmount(second, place); }),
              HasSubstr("taken"));
  EXPECT_EQ(file_systems_->mounted_at(place), first.number);
}

TEST_F(MountTest, RefusesLinksFilesAndFullDirectories) {
  const auto device = formatted(1);
  fs::create_directories(mountpoint("full/sub"));
  fs::create_directories(mountpoint("empty"));
  fs::create_directory_symlink(mountpoint("empty"), mountpoint("link"));
  std::ofstream(mountpoint("file")) << "x";
  for (const char* name : {"full", "link", "file"}) {
    error_of(ErrorKind::failed_precondition, [&] { file_systems_->mount(device, {"ext4"}, mountpoint(name)); });
    EXPECT_EQ(file_systems_->mounted_at(mountpoint(name)), std::nullopt) << name;
  }
  file_systems_->mount(device, {"ext4"}, mountpoint("empty"));
}

TEST_F(MountTest, RefusesWhatIsNoAbsolutePath) {
  const auto device = formatted(1);
  for (const char* path : {"", "/", "relative/v1", "//"}) {
    error_of(ErrorKind::invalid_argument, [&] { file_systems_->mount(device, {"ext4"}, path); });
  }
}

TEST_F(MountTest, SaysWhyItCannotMountAndLeavesNoDirectory) {
  const auto device = attach_new(1);
  EXPECT_THAT(error_of(ErrorKind::unimplemented, [&] { file_systems_->mount(device, {"ext4"}, mountpoint("v1")); }),
              AllOf(HasSubstr(device.path), AnyOf(HasSubstr("wrong fs type"), HasSubstr("VFS: Can't find ext4"))));
  EXPECT_FALSE(fs::exists(mountpoint("v1")));
}

TEST_F(MountTest, ABusyMountStays) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  UniqueFd user(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { file_systems_->unmount(device, place); }),
              HasSubstr("busy"));
  EXPECT_EQ(file_systems_->mounted_at(place), device.number);
  user.reset();
  file_systems_->unmount(device, place);
}

// Writes a file and cuts the file system off before it is on the device.
void lose_data(const std::string& place) {
  constexpr unsigned long kShutdown = _IOR('X', 125, std::uint32_t);  // the same for ext4 and xfs
  std::ofstream(place + "/file") << "lost";
  const UniqueFd fd(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::uint32_t without_log_flush = 2;
  ASSERT_EQ(::ioctl(fd.get(), kShutdown, &without_log_flush), 0);
}

TEST_F(MountTest, LostDataIsToldOnceAndDoesNotKeepTheMountForEver) {
  for (const std::string type : {"ext4", "xfs"}) {
    // Who calls sync on this machine between the two steps of losing saves the data; then once more.
    bool told = false;
    const int first = type == "xfs" ? 6 : 1;
    for (int number = first; number < first + 5 && !told; ++number) {
      const auto place = mountpoint(type + std::to_string(number));
      const auto device = formatted(number, type);
      file_systems_->mount(device, {type}, place);
      lose_data(place);
      try {
        file_systems_->unmount(device, place);
      } catch (const Error& error) {
        told = true;
        EXPECT_THAT(error.what(), AllOf(HasSubstr("write out"), HasSubstr("stays mounted")));
        EXPECT_EQ(file_systems_->mounted_at(place), device.number);
        file_systems_->unmount(device, place);
      }
      EXPECT_EQ(file_systems_->mounted_at(place), std::nullopt);
    }
    EXPECT_TRUE(told) << type;
  }
}

TEST_F(MountTest, LeavesAMountOnTopAlone) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  ASSERT_EQ(::mount("none", place.c_str(), "tmpfs", 0, nullptr), 0);
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->unmount(device, place); });
  EXPECT_NE(file_systems_->mounted_at(place), device.number);
  ASSERT_EQ(::umount2(place.c_str(), 0), 0);
  EXPECT_EQ(file_systems_->mounted_at(place), device.number);
  file_systems_->unmount(device, place);
}

TEST_F(MountTest, UndoesOursOnlyOfSeveral) {
  const auto place = mountpoint("v1");
  const auto device = formatted(1);
  fs::create_directories(place);
  ASSERT_EQ(::mount("none", place.c_str(), "tmpfs", 0, nullptr), 0);
  const auto below = file_systems_->mounted_at(place);
  ASSERT_EQ(::mount(device.path.c_str(), place.c_str(), "ext4", 0, nullptr), 0);
  file_systems_->unmount(device, place);
  EXPECT_EQ(file_systems_->mounted_at(place), below);
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
}

TEST_F(MountTest, KeepsADirectoryThatSomebodyFilled) {
  const auto place = mountpoint("v1");
  fs::create_directories(place);
  const UniqueFd below(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const auto device = mounted(1, place);
  ASSERT_TRUE(UniqueFd(::openat(below.get(), "hidden", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
  file_systems_->unmount(device, place);
  EXPECT_TRUE(fs::exists(place + "/hidden"));
}

TEST_F(MountTest, AMountInAnotherNamespaceClaimsTheDevice) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  OtherNamespace container([&] {
    if (::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC) < 0) ::_exit(9);  // as a container's process does
  });
  file_systems_->unmount(device, place);
  EXPECT_EQ(attacher_->detach(target(1), soon(Millis(300))), Attacher::Detached::claimed);
  EXPECT_TRUE(is_set_up(device));
  file_systems_->mount(device, {"ext4"}, place);  // and may be used again here
  file_systems_->unmount(device, place);
  container.end();
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
}

TEST_F(MountTest, ABindMountInAnotherNamespaceClaimsTheDevice) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  fs::create_directories(root_ / "container");
  OtherNamespace container([&] {
    if (::mount(place.c_str(), (root_ / "container").c_str(), nullptr, MS_BIND, nullptr) != 0) ::_exit(9);
  });
  file_systems_->unmount(device, place);
  EXPECT_EQ(attacher_->detach(target(1), soon(Millis(300))), Attacher::Detached::claimed);
  container.end();
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
}

TEST_F(MountTest, RemovingTheDirectoryEndsMereCopiesInOtherNamespaces) {
  const auto place = mountpoint("v1");
  const auto device = mounted(1, place);
  OtherNamespace bystander([] {});
  file_systems_->unmount(device, place);
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
}

TEST_F(MountTest, OwnershipIsThatOfTheRootDirectory) {
  const auto place = mountpoint("v1");
  mounted(1, place);
  fs::create_directories(place + "/sub");
  file_systems_->prepare_root(place, {1234, 5678, 02750});
  EXPECT_EQ(status_of(place).st_uid, 1234U);
  EXPECT_EQ(status_of(place).st_gid, 5678U);
  EXPECT_EQ(status_of(place).st_mode & 07777, 02750U);
  EXPECT_EQ(status_of(place + "/sub").st_uid, 0U);
}

// The Docker engine fills a volume from the image only while it is empty.
TEST_F(MountTest, ANewRootIsEmptyUnlessSomebodyUsesIt) {
  const auto place = mountpoint("v1");
  mounted(1, place);
  ASSERT_TRUE(fs::exists(place + "/lost+found"));
  file_systems_->prepare_root(place, {});
  EXPECT_TRUE(fs::is_empty(place));
  fs::create_directories(place + "/lost+found/#12");
  file_systems_->prepare_root(place, {});
  EXPECT_TRUE(fs::exists(place + "/lost+found/#12"));
}

TEST_F(MountTest, OwnershipKeepsWhatIsNotNamed) {
  const auto place = mountpoint("v1");
  mounted(1, place);
  file_systems_->prepare_root(place, {std::nullopt, 5678, std::nullopt});
  EXPECT_EQ(status_of(place).st_uid, 0U);
  EXPECT_EQ(status_of(place).st_gid, 5678U);
  EXPECT_EQ(status_of(place).st_mode & 07777, 0755U);
}

TEST_F(MountTest, OwnershipRefusesLinksAndWildModes) {
  fs::create_directories(mountpoint("real"));
  fs::create_directory_symlink(mountpoint("real"), mountpoint("link"));
  error_of(ErrorKind::failed_precondition, [&] { file_systems_->prepare_root(mountpoint("link"), {1, 1, 0700}); });
  error_of(ErrorKind::invalid_argument, [&] {
    file_systems_->prepare_root(mountpoint("real"), {std::nullopt, std::nullopt, 010000});
  });
  EXPECT_EQ(status_of(mountpoint("real")).st_uid, 0U);
}

}  // namespace
}  // namespace hpe3par::host
