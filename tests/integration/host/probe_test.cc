#include "fixture.h"

namespace hpe3par::host {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

Content foreign(const std::string& words) {
  return {Content::Kind::foreign, words, ""};
}

class Probe : public HostTest {
 protected:
  Content probe_with(std::uint64_t offset, std::string_view bytes) {
    const auto device = attach_new(1);
    write_at(device.path, offset, bytes);
    return file_systems_->probe(device);
  }
};

TEST_F(Probe, ASparseFileIsBlank) {
  EXPECT_EQ(file_systems_->probe(attach_new(1)).kind, Content::Kind::blank);
}

TEST_F(Probe, ATinyDeviceIsReadAsAWhole) {
  const auto device = attach_new(1, 2);
  EXPECT_EQ(file_systems_->probe(device).kind, Content::Kind::blank);
  write_at(device.path, kMiB + 77, "x");
  EXPECT_EQ(file_systems_->probe(device), foreign("unknown data"));
}

TEST_F(Probe, OneByteAtTheEndOfTheHeadIsForeign) {
  EXPECT_EQ(probe_with(4 * kMiB - 1, "x"), foreign("unknown data"));
}

TEST_F(Probe, OneByteAtTheBeginningOfTheTailIsForeign) {
  EXPECT_EQ(probe_with(15 * kMiB, "x"), foreign("unknown data"));
}

TEST_F(Probe, OneByteAtTheVeryEndIsForeign) {
  EXPECT_EQ(probe_with(16 * kMiB - 1, "x"), foreign("unknown data"));
}

TEST_F(Probe, APartitionTableIsForeign) {
  std::string sector(512, '\0');
  const std::string entry{"\x00\x20\x21\x00\x83\x03\x11\x02\x00\x08\x00\x00\x00\x70\x00\x00", 16};
  sector.replace(446, entry.size(), entry);
  sector[510] = '\x55';
  sector[511] = '\xaa';
  EXPECT_EQ(probe_with(0, sector), foreign("partition table (dos)"));
}

TEST_F(Probe, LuksIsForeign) {
  std::string header(4096, '\0');
  header.replace(0, 8, std::string{"LUKS\xba\xbe\x00\x01", 8});
  header.replace(8, 3, "aes");
  header.replace(168, 36, "11111111-2222-3333-4444-555555555555");
  EXPECT_EQ(probe_with(0, header), foreign("crypto_LUKS"));
}

TEST_F(Probe, AnLvmMemberIsForeign) {
  std::string label(512, '\0');
  label.replace(0, 8, "LABELONE");
  label[8] = 1;  // its own sector
  label[20] = 32;
  label.replace(24, 8, "LVM2 001");
  label.replace(32, 32, "abcdefabcdefabcdefabcdefabcdefab");
  EXPECT_EQ(probe_with(512, label), foreign("LVM2_member with a bad checksum"));
}

TEST_F(Probe, SwapIsForeign) {
  const auto device = attach_new(1);
  ASSERT_TRUE(runner_.run({{"mkswap", device.path}, {}}, soon()).ok());
  EXPECT_EQ(file_systems_->probe(device), foreign("swap"));
}

TEST_F(Probe, TwoSignaturesAreForeign) {
  const auto device = attach_new(1, 32);
  ASSERT_TRUE(runner_.run({{"mkfs.ext4", "-q", device.path}, {}}, soon()).ok());
  write_at(device.path, 65536 + 64, "_BHRfS_M");
  EXPECT_EQ(file_systems_->probe(device), foreign("several signatures"));
}

TEST_F(Probe, AnotherFileSystemIsNamed) {
  const auto device = attach_new(1, 32);
  ASSERT_TRUE(
      runner_.run({{"mkfs.ext2", "-q", "-U", "11111111-2222-3333-4444-555555555555", device.path}, {}}, soon()).ok());
  EXPECT_EQ(file_systems_->probe(device),
            (Content{Content::Kind::file_system, "ext2", "11111111-2222-3333-4444-555555555555"}));
}

TEST_F(Probe, AnXfsWithoutItsFirstSectorIsForeign) {
  const auto device = attach_new(1, 512);
  file_systems_->format(device, {"xfs", "11111111-2222-3333-4444-555555555555", ""}, soon());
  write_at(device.path, 0, std::string(512, '\0'));
  EXPECT_EQ(file_systems_->probe(device), foreign("unknown data"));
}

TEST_F(Probe, AReadErrorIsNeverBlank) {
  const auto device = attach_new(1);
  std::filesystem::resize_file(lun_path(target(1)), 4096);  // reading behind the end gives EIO
  EXPECT_THAT(error_of(ErrorKind::unavailable, [&] { file_systems_->probe(device); }),
              ::testing::HasSubstr("read " + device.path));
}

TEST_F(Probe, AReadErrorAtTheEndIsNeverBlank) {
  const auto device = attach_new(1);
  std::filesystem::resize_file(lun_path(target(1)), 16 * kMiB - 8192);
  error_of(ErrorKind::unavailable, [&] { file_systems_->probe(device); });
}

TEST_F(Probe, ADetachedDeviceIsNotBlank) {
  const auto device = attach_new(1);
  attacher_->detach(target(1), soon());
  EXPECT_THROW(file_systems_->probe(device), Error);
}

}  // namespace
}  // namespace hpe3par::host
