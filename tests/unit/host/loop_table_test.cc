#include "loop_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "hpe3par/base/error.h"
#include "hpe3par/host/loop_attacher.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

const std::string kWwn = "60002AC0000000000A0066EF0001DB2C";
const std::string kOther = "60002AC0000000000A0066EF0001DB2D";

/// A tree that looks like /sys, with device numbers that no loop device of this machine has.
class LoopTable : public ::testing::Test {
 protected:
  LoopTable() { fs::create_directories(root_ / "block" / "sda"); }

  void add_loop(const std::string& name, const std::string& sequence, const std::string& backing_file) {
    const auto directory = root_ / "block" / name;
    fs::create_directories(directory / "loop");
    std::ofstream(directory / "dev") << "999:" + name.substr(4) + "\n";
    std::ofstream(directory / "diskseq") << sequence << "\n";
    std::ofstream(directory / "loop" / "backing_file") << backing_file << "\n";
  }

  AttachTarget target(const std::string& wwn = kWwn) const { return {wwn, "h1", 1, root_ / "array"}; }
  std::string path(const std::string& wwn = kWwn) const { return (root_ / "array/exports/h1" / wwn).string(); }

  test::TempDir directory_;
  const fs::path root_ = directory_.path();
};

TEST_F(LoopTable, ListsWhatIsSetUpByDiskSequence) {
  add_loop("loop9001", "20", "/b");
  add_loop("loop9002", "7", "/a (deleted)");
  fs::create_directories(root_ / "block" / "loop9003");  // free: no loop directory
  EXPECT_THAT(read_loops(root_), ElementsAre(LoopEntry{{"/dev/loop9002", "999:9002", 7}, "/a (deleted)"},
                                             LoopEntry{{"/dev/loop9001", "999:9001", 20}, "/b"}));
}

TEST_F(LoopTable, KeepsOddPathsAsTheyAre) {
  add_loop("loop9001", "1", "/with space\\040 and\nline end");
  EXPECT_EQ(read_loops(root_).at(0).backing_file, "/with space\\040 and\nline end");
}

TEST_F(LoopTable, SaysWhenSysfsIsMissing) {
  EXPECT_THROW(read_loops(root_ / "nowhere"), Error);
}

TEST(BackingFile, MatchesTheWholePathOnly) {
  EXPECT_TRUE(is_backed_by("/d/x", "/d/x"));
  EXPECT_TRUE(is_backed_by("/d/x (deleted)", "/d/x"));
  EXPECT_FALSE(is_backed_by("/d/xy", "/d/x"));
  EXPECT_FALSE(is_backed_by("/d/x (deleted) (deleted)", "/d/x"));
  EXPECT_FALSE(is_backed_by("/e/d/x", "/d/x"));
  EXPECT_FALSE(is_backed_by("/d", "/d/x"));
}

TEST(BackingFile, HasAName) {
  EXPECT_EQ(backing_name("/d/x (deleted)"), "x");
  EXPECT_EQ(backing_name("/d/x"), "x");
  EXPECT_EQ(backing_name("x"), "x");
}

TEST_F(LoopTable, ResolvesLinksAboveTheLunFile) {
  fs::create_directories(root_ / "real");
  fs::create_directory_symlink(root_ / "real", root_ / "link");
  auto linked = target();
  linked.loop_dir = root_ / "link";
  EXPECT_EQ(lun_file(linked), root_ / "real/exports/h1" / kWwn);
  linked.loop_dir = root_ / "real/../link/.";
  EXPECT_EQ(lun_file(linked), root_ / "real/exports/h1" / kWwn);
}

TEST_F(LoopTable, TakesARelativeDirectoryFromHere) {
  auto relative = target();
  relative.loop_dir = "some/dir";
  EXPECT_EQ(lun_file(relative), fs::canonical(fs::current_path()) / "some/dir/exports/h1" / kWwn);
}

TEST_F(LoopTable, RefusesNamesThatLeaveTheDirectory) {
  auto bad = target();
  for (const char* wwn : {"", "60002ac0000000000a0066ef0001db2c", "../60002AC0000000000A0066EF0001D", "6000"}) {
    bad.wwn = wwn;
    EXPECT_THROW(lun_file(bad), Error) << wwn;
  }
  bad = target();
  for (const char* host : {"", ".", "..", "a/b"}) {
    bad.array_host = host;
    EXPECT_THROW(lun_file(bad), Error) << host;
  }
  bad = target();
  bad.loop_dir = "";
  EXPECT_THROW(lun_file(bad), Error);
}

TEST_F(LoopTable, NamesDifferByPathAndFitTheKernel) {
  const auto a = loop_name(target(), "/a/exports/h1/" + kWwn);
  const auto b = loop_name(target(), "/b/exports/h1/" + kWwn);
  EXPECT_NE(a, b);
  EXPECT_EQ(a, loop_name(target(), "/a/exports/h1/" + kWwn));
  EXPECT_TRUE(a.starts_with(kWwn + "@"));
  EXPECT_LE(a.size(), 63U);
}

TEST_F(LoopTable, FindsTheDeviceOfAVanishedExport) {
  add_loop("loop9001", "5", path(kOther));
  add_loop("loop9002", "6", path() + " (deleted)");
  add_loop("loop9003", "7", "/elsewhere/" + kWwn);
  const auto found = make_loop_attacher(root_)->find(target());
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (Device{"/dev/loop9002", "999:9002", 6}));
}

TEST_F(LoopTable, FindsNothingForAnotherVolume) {
  add_loop("loop9001", "5", path(kOther));
  EXPECT_FALSE(make_loop_attacher(root_)->find(target()));
}

TEST_F(LoopTable, DetachOfAnAbsentDeviceIsGone) {
  SystemClock clock;
  EXPECT_EQ(make_loop_attacher(root_)->detach(target(), Deadline::after(clock, Millis(100))), Attacher::Detached::gone);
}

TEST_F(LoopTable, AttachSaysWhichFileDidNotAppear) {
  SystemClock clock;
  fs::create_directories(target().loop_dir);
  try {
    make_loop_attacher(root_)->attach(target(), Deadline::after(clock, Millis(100)));
    FAIL() << "attached";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded);
    EXPECT_THAT(error.what(), ::testing::HasSubstr(path()));
  }
}

}  // namespace
}  // namespace hpe3par::host
