#include "mkfs_options.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "option_text.h"

namespace hpe3par::volumes {
namespace {

std::string checked(const std::string& type, const std::string& words) {
  return join(check_mkfs_options(type, split(words, " ")), " ");
}

std::string refusal(const std::string& type, const std::string& words) {
  try {
    return "accepted: " + checked(type, words);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
    return error.what();
  }
}

TEST(MkfsOptions, ComeBackAsWords) {
  EXPECT_EQ(check_mkfs_options("ext4", {}), std::vector<std::string>());
  for (const std::string words :
       {"-b 1024 -I 256 -i 8192 -m 0.5 -N 1000", "-E stride=4,stripe_width=8,resize=1000000 -G 16 -j -J size=64",
        "-O bigalloc,quota -C 64k", "-O ^resize_inode -O ^64bit,has_journal", "-L my.data_1 -T largefile4",
        "-E nodiscard -E packed_meta_blocks=1"})
    EXPECT_EQ(checked("ext4", words), words);
  for (const std::string words :
       {"-b size=4096 -s size=4k -K", "-d agcount=8,su=64k,sw=4 -i size=1024,maxpct=10,sparse=1,nrext64=0",
        "-l size=64m,su=32k -L data -m crc=1,bigtime=0,finobt=1,inobtcount=0,reflink=0,rmapbt=1 -n size=8192",
        "-d sunit=8,swidth=16 -d noalign", "-d agsize=1g,extszinherit=16,cowextsize=32"})
    EXPECT_EQ(checked("xfs", words), words);
}

TEST(MkfsOptions, MayBeGluedToTheirFlag) {
  EXPECT_EQ(checked("ext4", "-b1024 -Estride=4"), "-b 1024 -E stride=4");
  EXPECT_EQ(checked("xfs", "-dagcount=8"), "-d agcount=8");
}

// Each of these would damage, skip a check of ours, reach another device or file, or need more time than a mount has.
TEST(MkfsOptions, ThatAreDangerousAreRefusedWithTheReason) {
  for (const std::string words : {"-F",
                                  "-FF",
                                  "-S",
                                  "-n",
                                  "-V",
                                  "-U random",
                                  "-U 11111111-2222-4333-8444-555555555555",
                                  "-c",
                                  "-d /etc",
                                  "-l /etc/passwd",
                                  "-z /tmp/undo",
                                  "-t ext2",
                                  "-e panic",
                                  "-E offset=4096",
                                  "-E discard",
                                  "-O mmp",
                                  "-E mmp_update_interval=5",
                                  "-E lazy_itable_init=0",
                                  "-E lazy_journal_init=0",
                                  "-E assume_storage_prezeroed=1",
                                  "-E root_owner=0:0",
                                  "-E test_fs",
                                  "-J device=/dev/sdb",
                                  "-J device=LABEL=x",
                                  "-O ^has_journal",
                                  "-O quota,^has_journal",
                                  "-O journal_dev",
                                  "-O none",
                                  "-O ^metadata_csum",
                                  "-E stride=4,offset=1"})
    EXPECT_NE(refusal("ext4", words).find(", because "), std::string::npos) << refusal("ext4", words);
  for (const std::string words :
       {"-f", "-N", "-V", "-c options=/tmp/x", "-p proto", "-r rtdev=/dev/sdb", "-m uuid=x", "-m crc=0",
        "-d name=/dev/sdb", "-d file", "-d file=1,name=x", "-d rtinherit=1", "-d size=300m", "-l logdev=/dev/sdb",
        "-l internal=0", "-l name=x", "-l file=1", "-d agcount=4,size=1g"})
    EXPECT_NE(refusal("xfs", words).find(", because "), std::string::npos) << refusal("xfs", words);
}

TEST(MkfsOptions, OutsideTheTableAreRefusedWithWhatIsAllowed) {
  for (const std::string words : {"/dev/sdb",
                                  "1g",
                                  "-",
                                  "--",
                                  "--force",
                                  "-q",
                                  "-v",
                                  "-D",
                                  "-r 0",
                                  "-o linux",
                                  "-M /mnt",
                                  "-g 256",
                                  "-K",
                                  "-jF",
                                  "-b",
                                  "-b 512",
                                  "-b 65536",
                                  "-b -4096",
                                  "-b -F",
                                  "-E",
                                  "-E ,",
                                  "-E stride",
                                  "-E stride=/dev/sdb",
                                  "-E stride=4,",
                                  "-O ^none",
                                  "-O encrypt",
                                  "-O casefold",
                                  "-O ^^quota",
                                  "-O all",
                                  "-m 60",
                                  "-I 128",
                                  "-J location=1",
                                  "-L a/b",
                                  "-L aaaaaaaaaaaaaaaaa",
                                  "-T /etc/x",
                                  "-i $(reboot)",
                                  "-i ;",
                                  "-N 1 1"})
    EXPECT_NE(refusal("ext4", words).find("allowed"), std::string::npos) << words;
  for (const std::string words :
       {"/dev/sdb", "-q", "-Kf", "-b 4096", "-b size=8192", "-d", "-d agcount", "-d agcount=x", "-i size=256",
        "-i attr=1", "-i perblock=2", "-l agnum=1", "-n version=ci", "-L aaaaaaaaaaaaa", "-s size=1024", "-O quota"})
    EXPECT_NE(refusal("xfs", words).find("allowed"), std::string::npos) << words;
}

TEST(MkfsOptions, AreGivenOnce) {
  for (const std::string words :
       {"-b 1024 -b 4096", "-E stride=4 -E stride=8", "-E stride=4,stride=4", "-O quota,^quota", "-j -j"})
    EXPECT_NE(refusal("ext4", words).find("is given twice"), std::string::npos) << refusal("ext4", words);
  EXPECT_NE(refusal("xfs", "-m crc=1 -m crc=1").find("-m crc is given twice"), std::string::npos);
}

}  // namespace
}  // namespace hpe3par::volumes
