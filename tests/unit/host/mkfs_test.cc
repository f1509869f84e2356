#include "mkfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::host {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kUuid = "11111111-2222-4333-8444-555555555555";

TEST(MkfsArguments, NameEveryExt4Feature) {
  EXPECT_THAT(
      mkfs_arguments({"ext4", kUuid, "v1"}, "/dev/loop3"),
      ElementsAre("mkfs.ext4", "-q", "-t", "ext4", "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1", "-m", "0",
                  "-O",
                  "none,sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr,has_journal,extent,huge_file,"
                  "flex_bg,metadata_csum,64bit,dir_nlink,extra_isize",
                  "-e", "remount-ro", "-U", kUuid, "-L", "v1", "/dev/loop3"));
}

TEST(MkfsArguments, ForXfsKeepTheBlocks) {
  EXPECT_THAT(mkfs_arguments({"xfs", kUuid, "v1"}, "/dev/loop3"),
              ElementsAre("mkfs.xfs", "-q", "-K", "-m", "uuid=" + kUuid, "-i", "nrext64=0", "-L", "v1", "/dev/loop3"));
}

TEST(MkfsArguments, TakeWhatTheUserWantsInBesidesOurs) {
  EXPECT_THAT(
      mkfs_arguments({"ext4", kUuid, "v1", {"-b", "1024", "-E", "stride=4", "-O", "quota", "-j"}}, "/dev/x"),
      ElementsAre("mkfs.ext4", "-q", "-t", "ext4", "-E", "nodiscard,lazy_itable_init=1,lazy_journal_init=1,stride=4",
                  "-m", "0", "-O",
                  HasSubstr("has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize,quota"),
                  "-e", "remount-ro", "-U", kUuid, "-L", "v1", "-b", "1024", "-j", "/dev/x"));
  EXPECT_THAT(mkfs_arguments({"xfs", kUuid, "v1", {"-d", "agcount=8", "-i", "nrext64=1,maxpct=5"}}, "/dev/x"),
              ElementsAre("mkfs.xfs", "-q", "-K", "-m", "uuid=" + kUuid, "-L", "v1", "-d", "agcount=8", "-i",
                          "nrext64=1,maxpct=5", "/dev/x"));
}

TEST(MkfsArguments, LetTheUserReplaceLabelAndReserve) {
  const auto arguments = mkfs_arguments({"ext4", kUuid, "v1", {"-L", "data", "-m", "5"}}, "/dev/x");
  EXPECT_THAT(arguments, Not(Contains("v1")));
  EXPECT_THAT(arguments, Not(Contains("0")));
  EXPECT_EQ(std::count(arguments.begin(), arguments.end(), "-L"), 1);
}

TEST(MkfsArguments, CutTheLabelToWhatTheTypeAllows) {
  const std::string label = "abcdefghijklmnopqrstuvwxyz";
  EXPECT_THAT(mkfs_arguments({"ext4", kUuid, label}, "/dev/x"), Contains("abcdefghijklmnop"));
  EXPECT_THAT(mkfs_arguments({"xfs", kUuid, label}, "/dev/x"), Contains("abcdefghijkl"));
}

TEST(MkfsArguments, LeaveAnEmptyLabelOut) {
  EXPECT_THAT(mkfs_arguments({"ext4", kUuid, ""}, "/dev/x"), Not(Contains("-L")));
}

TEST(MkfsArguments, NeverForce) {
  for (const char* type : {"ext4", "xfs"}) {
    EXPECT_THAT(mkfs_arguments({type, kUuid, "l"}, "/dev/x"), Not(Contains(::testing::AnyOf("-f", "-F")))) << type;
  }
}

TEST(MkfsArguments, RefuseOtherTypesAndBadUuids) {
  EXPECT_THROW(mkfs_arguments({"btrfs", kUuid, ""}, "/dev/x"), Error);
  EXPECT_THROW(mkfs_arguments({"ext4", "-F", ""}, "/dev/x"), Error);
}

}  // namespace
}  // namespace hpe3par::host
