#include "kernel_log.h"

#include <gtest/gtest.h>

namespace hpe3par::host {
namespace {

TEST(KernelLog, TellsWhatADriverSaysOfTheDevice) {
  EXPECT_EQ(parse_complaint("4,712,7048927133,-;XFS (loop0): invalid logbufs value: 9 [not 2-8]\n", "loop0", "xfs"),
            "XFS (loop0): invalid logbufs value: 9 [not 2-8]");
  EXPECT_EQ(parse_complaint("3,9,1,-;EXT4-fs (dm-3): bad geometry\n SUBSYSTEM=block\n", "dm-3", "ext4"),
            "EXT4-fs (dm-3): bad geometry");
}

TEST(KernelLog, TellsWhatADriverSaysBeforeItLooksAtTheDevice) {
  EXPECT_EQ(parse_complaint("3,9,1,-;xfs: Unknown parameter 'x'.\n", "loop0", "xfs"), "xfs: Unknown parameter 'x'");
}

TEST(KernelLog, LeavesOtherDevicesAndMereNewsOut) {
  for (const char* record :
       {"4,1,1,-;XFS (loop10): bad\n", "4,1,1,-;ext4: Unknown parameter 'x'\n", "6,1,1,-;XFS (loop1): Mounting V5 x\n",
        "4,1,1,-;XFS (loop1): ikeep mount option is deprecated.\n", "4,1,1,-;random: crng init done\n", "", "junk"})
    EXPECT_EQ(parse_complaint(record, "loop1", "xfs"), std::nullopt) << record;
}

TEST(KernelLog, KeepsSentencesOnOneLine) {
  EXPECT_EQ(parse_complaint("3,9,1,-;xfs: a\tb\x7f", "loop0", "xfs"), "xfs: a b ");
  EXPECT_EQ(parse_complaint("3,9,1,-;xfs: " + std::string(1000, 'x'), "loop0", "xfs")->size(), 300U);
}

}  // namespace
}  // namespace hpe3par::host
