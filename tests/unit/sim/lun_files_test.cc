#include "lun_files.h"

#include <fstream>

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

}  // namespace
}  // namespace hpe3par::sim
