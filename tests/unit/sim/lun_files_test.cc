#include "lun_files.h"

#include <fstream>
#include <thread>

#include "fixture.h"

namespace hpe3par::sim {
namespace {

namespace fs = std::filesystem;

const std::string kWwn(32, 'A');

TEST(LunFiles, RemoveWhatAnEarlierRunLeftAndNothingElse) {
  const TemporaryDirectory directory;
  {
    LunFiles files(directory.path());
    files.create(kWwn, 1);
    files.export_to("h1", kWwn);
  }
  std::ofstream(directory.path() / "volumes" / "notes.txt") << "mine";
  const LunFiles files(directory.path());
  EXPECT_FALSE(fs::exists(directory.path() / "volumes" / kWwn));
  EXPECT_FALSE(fs::exists(directory.path() / "exports" / "h1"));
  EXPECT_TRUE(fs::exists(directory.path() / "volumes" / "notes.txt"));
}

TEST(LunFiles, HoldTheLargestVolumeAsFarAsTheFileSystemCan) {
  const TemporaryDirectory directory;
  LunFiles files(directory.path());
  constexpr std::int64_t kLargest = 16 * 1024 * 1024;  // MiB
  files.create(kWwn, kLargest);
  EXPECT_GE(fs::file_size(directory.path() / "volumes" / kWwn), kLargest * 1024U * 1024U - 64U * 1024U);
}

TEST(LunFiles, LeaveNothingOfAVolumeThatCannotBe) {
  const TemporaryDirectory directory;
  LunFiles files(directory.path());
  constexpr std::int64_t kImpossible = std::int64_t{1} << 42U;  // MiB: more than any file
  EXPECT_THROW(files.create(kWwn, kImpossible), fs::filesystem_error);
  EXPECT_FALSE(fs::exists(directory.path() / "volumes" / kWwn));
}

TEST(LunFiles, KeepDataReachableThroughBothNames) {
  const TemporaryDirectory directory;
  LunFiles files(directory.path());
  files.create(kWwn, 1);
  files.export_to("h1", kWwn);
  files.export_to("h1", kWwn);
  files.grow(kWwn, 2);
  EXPECT_EQ(fs::file_size(directory.path() / "exports" / "h1" / kWwn), 2U * 1024 * 1024);
  files.unexport("h1", kWwn);
  files.unexport("h1", kWwn);
  EXPECT_TRUE(fs::exists(directory.path() / "volumes" / kWwn));
}

class TwoArraysOfFiles : public testing::Test {
 protected:
  TwoArraysOfFiles() {
    a_.create(kWwn, 1);
    b_.create(kWwn, 1);
    b_.export_to("h1", kWwn);
  }

  static void write(const fs::path& path, const std::string& text) {
    std::fstream(path, std::ios::in | std::ios::out) << text;
  }
  static std::string read(const fs::path& path) {
    std::string text(3, ' ');
    std::ifstream(path).read(text.data(), 3);
    return text;
  }

  TemporaryDirectory directory_;
  LunFiles a_{directory_.path() / "A"};
  LunFiles b_{directory_.path() / "B"};
  fs::path export_ = directory_.path() / "B" / "exports" / "h1" / kWwn;
};

TEST_F(TwoArraysOfFiles, ShareOneInodeAndPartWithTheSameBytes) {
  b_.share(kWwn, a_.path_of(kWwn));
  b_.share(kWwn, a_.path_of(kWwn));
  write(a_.path_of(kWwn), "one");
  EXPECT_EQ(read(export_), "one");
  b_.unshare(kWwn, a_.path_of(kWwn));
  b_.unshare(kWwn, a_.path_of(kWwn));
  write(a_.path_of(kWwn), "two");
  EXPECT_EQ(read(export_), "one");
  EXPECT_EQ(fs::file_size(export_), 1024U * 1024U);
}

TEST_F(TwoArraysOfFiles, ReceiveWhatWasThereWhenItBegan) {
  write(a_.path_of(kWwn), "one");
  b_.receive(kWwn, a_.path_of(kWwn));
  write(a_.path_of(kWwn), "two");
  EXPECT_EQ(read(export_), std::string(3, '\0'));
  EXPECT_TRUE(b_.finish_receiving(kWwn));
  EXPECT_EQ(read(export_), "one");
  EXPECT_FALSE(b_.finish_receiving(kWwn));
}

TEST_F(TwoArraysOfFiles, ProtectAVolumeFromWhoHasItOpen) {
  write(b_.path_of(kWwn), "one");
  std::fstream host(export_, std::ios::in | std::ios::out);
  b_.protect(kWwn);
  b_.protect(kWwn);
  EXPECT_FALSE(b_.was_written_despite(kWwn));
  std::this_thread::sleep_for(Millis(20));
  host << "bad" << std::flush;
  EXPECT_EQ(read(export_), "bad");
  EXPECT_EQ(read(b_.path_of(kWwn)), "one");
  EXPECT_TRUE(b_.was_written_despite(kWwn));
  b_.unprotect(kWwn);
  b_.unprotect(kWwn);
  EXPECT_EQ(read(export_), "one");
  EXPECT_FALSE(b_.was_written_despite(kWwn));
}

TEST_F(TwoArraysOfFiles, CopyHolesAsHoles) {
  constexpr std::int64_t kLarge = 100 * 1024;  // MiB
  a_.grow(kWwn, kLarge);
  write(a_.path_of(kWwn), "one");
  b_.receive(kWwn, a_.path_of(kWwn));
  b_.finish_receiving(kWwn);
  EXPECT_EQ(fs::file_size(b_.path_of(kWwn)), fs::file_size(a_.path_of(kWwn)));
  EXPECT_LE(b_.written_mib(kWwn), 1);
}

}  // namespace
}  // namespace hpe3par::sim
