#include <fcntl.h>
#include <sys/mount.h>

#include <unistd.h>

#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "fixture.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

using LoopAttacher = HostTest;

TEST_F(LoopAttacher, ShowsTheLunFileAsADevice) {
  const auto lun = add_lun(1);
  write_at(lun_path(lun), 8192, "from the array");
  const auto device = attacher_->attach(lun, soon());
  EXPECT_EQ(read_at(device.path, 8192, 14), "from the array");
  EXPECT_EQ(attacher_->find(lun), device);
  EXPECT_EQ(attacher_->detach(lun, soon()), Attacher::Detached::gone);
  EXPECT_FALSE(is_set_up(device));
  EXPECT_FALSE(attacher_->find(lun));
}

TEST_F(LoopAttacher, ReturnsAnAttachedDeviceAsItIs) {
  const auto device = attach_new(1);
  EXPECT_EQ(attacher_->attach(target(1), soon()), device);
  EXPECT_EQ(make_loop_attacher()->attach(target(1), soon()), device);
}

TEST_F(LoopAttacher, DoesNotWaitForALoopDirThatIsNotThere) {
  AttachTarget elsewhere = target(1);
  elsewhere.loop_dir = root_ / "elsewhere/A";
  try {
    attacher_->attach(elsewhere, soon(Millis(60'000)));
    FAIL() << "it found something";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::failed_precondition);
    EXPECT_THAT(error.what(), HasSubstr("elsewhere/A does not exist for this process"));
  }
}

TEST_F(LoopAttacher, WaitsForTheFileAndForItsSize) {
  fs::create_directories(target(1).loop_dir);
  auto attached = std::async(std::launch::async, [&] { return attacher_->attach(target(1), soon()); });
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  add_lun(1, 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(120));
  add_lun(1, 3);
  const auto device = attached.get();
  EXPECT_EQ(read_at(device.path, 3 * 1024 * 1024 - 512, 4096).size(), 512U);
}

TEST_F(LoopAttacher, WritesReachTheFileBeforeDetachReturns) {
  const auto lun = add_lun(1);
  const auto device = attacher_->attach(lun, soon());
  UniqueFd fd(::open(device.path.c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(::pwrite(fd.get(), "cached", 6, 4096), 6);
  fd.reset();
  EXPECT_EQ(attacher_->detach(lun, soon()), Attacher::Detached::gone);
  EXPECT_EQ(read_at(lun_path(lun), 4096, 6), "cached");
}

TEST_F(LoopAttacher, FindsAndDetachesTheDeviceOfAVanishedExport) {
  const auto device = attach_new(1);
  fs::remove_all(root_ / "array" / "exports");
  EXPECT_EQ(attacher_->find(target(1)), device);
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  EXPECT_FALSE(is_set_up(device));
}

TEST_F(LoopAttacher, AcceptsLinksAndOddCharactersInLoopDir) {
  auto lun = target(1);
  lun.loop_dir = root_ / "odd \\040 dir";
  fs::create_directories(lun_path(lun).parent_path());
  std::ofstream(lun_path(lun)) << std::string(4096, 'x');
  fs::create_directory_symlink(lun.loop_dir, root_ / "link");
  auto linked = lun;
  linked.loop_dir = root_ / "link";
  const auto device = attacher_->attach(linked, soon());
  EXPECT_EQ(attacher_->find(lun), device);
  fs::remove(lun_path(lun));
  EXPECT_EQ(attacher_->find(linked), device);
  EXPECT_EQ(attacher_->detach(lun, soon()), Attacher::Detached::gone);
}

TEST_F(LoopAttacher, KeepsTwoHostsOfOneVolumeApart) {
  const auto one = add_lun(1);
  auto two = one;
  two.array_host = "h2";
  fs::create_directories(lun_path(two).parent_path());
  fs::create_hard_link(lun_path(one), lun_path(two));
  const auto device = attacher_->attach(one, soon());
  EXPECT_FALSE(attacher_->find(two));
  EXPECT_NE(attacher_->attach(two, soon()), device);
  EXPECT_EQ(attacher_->detach(two, soon()), Attacher::Detached::gone);
  EXPECT_EQ(attacher_->find(one), device);
}

TEST_F(LoopAttacher, TheSameFileExportedAgainIsTheSameVolume) {
  const auto lun = add_lun(1);
  fs::create_hard_link(lun_path(lun), root_ / "volume");
  const auto device = attacher_->attach(lun, soon());
  fs::remove(lun_path(lun));
  fs::create_hard_link(root_ / "volume", lun_path(lun));
  EXPECT_EQ(attacher_->attach(lun, soon()), device);
}

TEST_F(LoopAttacher, RefusesADeviceOnAnEarlierFile) {
  const auto stale = attach_new(1);
  fs::remove(lun_path(target(1)));
  add_lun(1);
  EXPECT_FALSE(attacher_->find(target(1)));
  EXPECT_THAT(error_of(ErrorKind::failed_precondition, [&] { attacher_->attach(target(1), soon()); }),
              AllOf(HasSubstr(stale.path), HasSubstr(lun_path(target(1)).string())));
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  EXPECT_TRUE(is_set_up(stale)) << "not proven ours, so not touched";
}

TEST_F(LoopAttacher, FollowsNoLinkInPlaceOfTheFile) {
  const auto real = add_lun(2);
  fs::create_symlink(lun_path(real), lun_path(target(1)));
  EXPECT_THAT(error_of(ErrorKind::unavailable, [&] { attacher_->attach(target(1), soon()); }), HasSubstr("LUN file"));
}

TEST_F(LoopAttacher, AClaimedDeviceIsNotTouched) {
  const auto device = attach_new(1);
  UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  ASSERT_TRUE(claim);
  EXPECT_EQ(attacher_->detach(target(1), soon(Millis(200))), Attacher::Detached::claimed);
  EXPECT_TRUE(is_set_up(device));
  claim.reset();
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
}

TEST_F(LoopAttacher, WaitsALittleForAClaimThatEnds) {
  const auto device = attach_new(1);
  UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  std::thread holder([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
    claim.reset();
  });
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  holder.join();
}

TEST_F(LoopAttacher, GivesUpWaitingForAClaimAfterTwoSeconds) {
  const auto device = attach_new(1);
  const UniqueFd claim(::open(device.path.c_str(), O_RDONLY | O_EXCL | O_CLOEXEC));
  const auto begin = clock_.now();
  EXPECT_EQ(attacher_->detach(target(1), soon(Millis(30000))), Attacher::Detached::claimed);
  EXPECT_LT(clock_.now() - begin, std::chrono::seconds(5));
}

TEST_F(LoopAttacher, SaysWhenAnOpenerDelaysTheEnd) {
  const auto device = attach_new(1);
  UniqueFd reader(::open(device.path.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_THAT(error_of(ErrorKind::deadline_exceeded, [&] { attacher_->detach(target(1), soon(Millis(200))); }),
              HasSubstr("last opener of " + device.path));
  reader.reset();
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  EXPECT_FALSE(is_set_up(device));
}

TEST_F(LoopAttacher, AttachTakesADelayedEndBack) {
  const auto device = attach_new(1);
  UniqueFd reader(::open(device.path.c_str(), O_RDONLY | O_CLOEXEC));
  error_of(ErrorKind::deadline_exceeded, [&] { attacher_->detach(target(1), soon(Millis(100))); });
  EXPECT_EQ(attacher_->attach(target(1), soon()), device);
  reader.reset();
  EXPECT_TRUE(is_set_up(device));
}

TEST_F(LoopAttacher, FindsWhatWasAttachedInAVanishedMountNamespace) {
  const auto lun = add_lun(1);
  const auto array = lun.loop_dir.string();
  OtherNamespace earlier([&] {
    if (::mount(array.c_str(), array.c_str(), nullptr, MS_BIND, nullptr) != 0) ::_exit(9);
    attacher_->attach(lun, soon());
  });
  earlier.end();
  const auto device = attacher_->find(lun);
  ASSERT_TRUE(device);
  EXPECT_EQ(attacher_->attach(lun, soon()), *device);
  EXPECT_EQ(attacher_->detach(lun, soon()), Attacher::Detached::gone);
  EXPECT_FALSE(is_set_up(*device));
}

TEST_F(LoopAttacher, AReusedNameIsAnotherDevice) {
  const auto earlier = attach_new(1);
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  const auto later = attach_new(2);
  EXPECT_NE(earlier.disk_sequence, later.disk_sequence);
  EXPECT_FALSE(attacher_->find(target(1)));
  EXPECT_THROW(file_systems_->probe(earlier), Error);
  EXPECT_EQ(attacher_->detach(target(1), soon()), Attacher::Detached::gone);
  EXPECT_TRUE(is_set_up(later));
}

TEST_F(LoopAttacher, ManyVolumesAttachAtOnce) {
  constexpr int kVolumes = 12;
  std::vector<std::future<Device>> attached;
  for (int i = 0; i < kVolumes; ++i) add_lun(i);
  for (int i = 0; i < kVolumes; ++i) {
    attached.push_back(std::async(std::launch::async, [&, i] { return attacher_->attach(target(i), soon()); }));
  }
  std::set<std::string> paths;
  for (auto& one : attached) paths.insert(one.get().path);
  EXPECT_EQ(paths.size(), static_cast<std::size_t>(kVolumes));
  for (int i = 0; i < kVolumes; ++i) {
    EXPECT_EQ(attacher_->detach(target(i), soon()), Attacher::Detached::gone);
  }
}

}  // namespace
}  // namespace hpe3par::host
