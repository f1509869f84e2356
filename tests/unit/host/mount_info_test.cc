#include "hpe3par/host/mount_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "mount_table.h"

namespace hpe3par::host {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(MountInfo, TakesALineApart) {
  const auto entries =
      parse_mount_info("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].id, 36);
  EXPECT_EQ(entries[0].parent, 35);
  EXPECT_EQ(entries[0].device_number, "98:0");
  EXPECT_EQ(entries[0].root, "/mnt1");
  EXPECT_EQ(entries[0].mountpoint, "/mnt2");
  EXPECT_EQ(entries[0].options, "rw,noatime");
  EXPECT_EQ(entries[0].peer_group, 2);
  EXPECT_EQ(entries[0].master, 1);
  EXPECT_EQ(entries[0].type, "ext3");
  EXPECT_EQ(entries[0].source, "/dev/root");
  EXPECT_EQ(entries[0].super_options, "rw,errors=continue");
}

TEST(MountInfo, AcceptsNoOptionalFields) {
  const auto entries = parse_mount_info("22 27 0:21 / /proc rw,relatime - proc proc rw\n");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].peer_group, 0);
  EXPECT_EQ(entries[0].master, 0);
}

TEST(MountInfo, DecodesOctalEscapes) {
  const auto entries = parse_mount_info(R"(1 0 7:3 /a\134b /m\040x\011y\012z rw - ext4 /dev/my\040disk rw)");
  ASSERT_THAT(entries, SizeIs(1));
  EXPECT_EQ(entries[0].root, "/a\\b");
  EXPECT_EQ(entries[0].mountpoint, "/m x\ty\nz");
  EXPECT_EQ(entries[0].source, "/dev/my disk");
}

TEST(MountInfo, LeavesAnIncompleteEscapeAlone) {
  EXPECT_EQ(parse_mount_info(R"(1 0 7:3 / /m\04 rw - ext4 s rw)").at(0).mountpoint, "/m\\04");
  EXPECT_EQ(parse_mount_info(R"(1 0 7:3 / /m\089 rw - ext4 s rw)").at(0).mountpoint, "/m\\089");
}

TEST(MountInfo, LeavesOutLinesOfAnotherForm) {
  EXPECT_THAT(
      parse_mount_info("\nnonsense\n1 0 7:3 / /m rw ext4 s rw\n1 x 7:3 / /m rw - ext4 s rw\n1 0 7:3 / /m rw - ext4 s"),
      IsEmpty());
}

TEST(MountInfo, ReadsThisProcess) {
  const auto entries = read_mount_info();
  EXPECT_TRUE(std::any_of(entries.begin(), entries.end(), [](const auto& e) { return e.mountpoint == "/proc"; }));
}

TEST(MountInfo, SaysWhatItCannotRead) {
  EXPECT_THROW(read_mount_info("/nowhere/mountinfo"), Error);
}

MountEntry entry(int id, int parent, const std::string& number, const std::string& mountpoint) {
  MountEntry made;
  made.id = id;
  made.parent = parent;
  made.device_number = number;
  made.mountpoint = mountpoint;
  return made;
}

TEST(TopmostMount, IsAbsentElsewhere) {
  EXPECT_FALSE(topmost_at({entry(1, 0, "7:1", "/m/v1")}, "/m/v"));
  EXPECT_FALSE(topmost_at({}, "/m"));
}

TEST(TopmostMount, IsTheOneThatNoOtherCoversWhateverTheOrder) {
  const auto below = entry(10, 1, "7:1", "/m");
  const auto above = entry(11, 10, "7:2", "/m");
  EXPECT_EQ(topmost_at({below, above}, "/m")->device_number, "7:2");
  EXPECT_EQ(topmost_at({above, below}, "/m")->device_number, "7:2");
}

}  // namespace
}  // namespace hpe3par::host
