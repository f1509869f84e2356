#include "mount_options.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "option_text.h"

namespace hpe3par::volumes {
namespace {

std::string checked(const std::string& type, const std::string& options) {
  return join(check_mount_options(type, split(options, ",")), ",");
}

std::string refusal(const std::string& type, const std::string& options) {
  try {
    return "accepted: " + checked(type, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    return error.what();
  }
}

TEST(MountOptions, OfTheTypeAreTakenInTheirOrder) {
  const std::string common = "noatime,nodiratime,lazytime,nodev,nosuid,noexec,sync,dirsync,discard,grpid";
  const std::string ext4 =
      "relatime,data=journal,commit=300,errors=remount-ro,journal_checksum,nodelalloc,stripe=16,max_batch_time=0,"
      "min_batch_time=5,auto_da_alloc,user_xattr,acl,init_itable=10,inode_readahead_blks=32,journal_ioprio=7,"
      "max_dir_size_kb=100,dioread_lock,data_err=abort,usrquota,grpquota,prjquota";
  const std::string xfs =
      "strictatime,allocsize=64k,inode32,logbufs=2,logbsize=256k,largeio,swalloc,noalign,sunit=8,swidth=16,wsync,"
      "filestreams,uquota,gquota,pquota";
  for (const std::string type : {"ext4", "xfs"}) EXPECT_EQ(checked(type, common), common);
  EXPECT_EQ(checked("ext4", ext4), ext4);
  EXPECT_EQ(checked("xfs", xfs), xfs);
}

TEST(MountOptions, LoseEmptyItemsAndRepetitions) {
  EXPECT_EQ(checked("ext4", ""), "");
  EXPECT_EQ(checked("ext4", ",noatime,,commit=5,noatime,"), "noatime,commit=5");
}

TEST(MountOptions, ThatEndangerDataOrOtherMountsAreRefusedWithTheReason) {
  for (const std::string type : {"ext4", "xfs"})
    for (const std::string option : {"ro",
                                     "nobarrier",
                                     "barrier=0",
                                     "noload",
                                     "norecovery",
                                     "nouuid",
                                     "bind",
                                     "rbind",
                                     "remount",
                                     "move",
                                     "loop",
                                     "loop=/dev/loop1",
                                     "offset=4096",
                                     "logdev=/dev/sdb",
                                     "rtdev=/dev/sdb",
                                     "journal_path=/dev/sdb",
                                     "sb=8193",
                                     "user",
                                     "users",
                                     "user=root",
                                     "_netdev",
                                     "nofail",
                                     "noauto",
                                     "x-systemd.automount",
                                     "defaults",
                                     "rw",
                                     "suid",
                                     "private",
                                     "rshared",
                                     "data=writeback",
                                     "errors=panic",
                                     "errors=continue",
                                     "noauto_da_alloc",
                                     "journal_async_commit"})
      EXPECT_NE(refusal(type, option).find(", because "), std::string::npos) << refusal(type, option);
}

TEST(MountOptions, OutsideTheTableAreRefusedWithWhatIsAllowed) {
  for (const std::string option :
       {"noatime=1", "commit", "commit=0", "commit=301", "commit=", "NOATIME", "no atime", "x",
        "data=", "data=writebac", "stripe=-1", "logbufs=4", "nouser_xattr", "/dev/sdb", "a\nb"})
    EXPECT_NE(refusal("ext4", option).find("; allowed"), std::string::npos) << refusal("ext4", option);
  for (const std::string option :
       {"commit=5", "logbufs=9", "logbufs=1", "logbsize=8k", "allocsize=64kb", "attr2", "ikeep", "dax"})
    EXPECT_NE(refusal("xfs", option).find("; allowed"), std::string::npos) << refusal("xfs", option);
}

TEST(MountOptions, DoNotContradictEachOther) {
  for (const std::string options :
       {"noatime,relatime", "strictatime,noatime", "discard,nodiscard", "commit=5,commit=6", "data=journal,delalloc",
        "dioread_lock,dioread_nolock", "init_itable=5,noinit_itable"})
    EXPECT_TRUE(refusal("ext4", options).find("; give ") != std::string::npos) << refusal("ext4", options);
  for (const std::string options : {"inode32,inode64", "sunit=8", "swidth=8,noatime", "largeio,nolargeio"})
    EXPECT_TRUE(refusal("xfs", options).find("; give ") != std::string::npos) << refusal("xfs", options);
}

// A volume whose record says xfs may hold an ext4 that somebody put there.
TEST(MountOptions, ThatAnotherTypeDoesNotTakeAreLeftOut) {
  EXPECT_EQ(applicable_mount_options("ext4", {"noatime", "logbufs=4", "discard"}),
            (std::vector<std::string>{"noatime", "discard"}));
  EXPECT_EQ(applicable_mount_options("xfs", {"noatime", "logbufs=4", "commit=5"}),
            (std::vector<std::string>{"noatime", "logbufs=4"}));
}

}  // namespace
}  // namespace hpe3par::volumes
