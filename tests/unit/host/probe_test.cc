#include "probe.h"

#include <gtest/gtest.h>

namespace hpe3par::host {
namespace {

Signatures one(std::string type, std::string usage) {
  Signatures found;
  found.result = Signatures::Result::one;
  found.type = std::move(type);
  found.usage = std::move(usage);
  found.uuid = "u";
  return found;
}

Signatures none() {
  Signatures found;
  found.result = Signatures::Result::none;
  return found;
}

Content foreign(std::string words) {
  return {Content::Kind::foreign, std::move(words), ""};
}

TEST(Judge, NothingAndZeroIsBlank) {
  EXPECT_EQ(judge(none(), true, std::nullopt), (Content{Content::Kind::blank, "", ""}));
}

TEST(Judge, NothingButBytesIsForeign) {
  EXPECT_EQ(judge(none(), false, std::nullopt), foreign("unknown data"));
}

TEST(Judge, BytesWithAMarkAreHalfMade) {
  EXPECT_EQ(judge(none(), false, "u"), (Content{Content::Kind::half_made, "", "u"}));
  EXPECT_EQ(judge(one("ext4", "filesystem"), false, "u"), (Content{Content::Kind::half_made, "ext4", "u"}));
  EXPECT_EQ(judge(one("ext4", "filesystem"), false, "x"), (Content{Content::Kind::file_system, "ext4", "u"}));
}

TEST(Judge, OneFileSystemIsNamed) {
  EXPECT_EQ(judge(one("ext4", "filesystem"), false, std::nullopt), (Content{Content::Kind::file_system, "ext4", "u"}));
}

TEST(Judge, WhatIsNoFileSystemIsForeign) {
  EXPECT_EQ(judge(one("LVM2_member", "raid"), false, std::nullopt), foreign("LVM2_member"));
  EXPECT_EQ(judge(one("crypto_LUKS", "crypto"), false, std::nullopt), foreign("crypto_LUKS"));
  EXPECT_EQ(judge(one("swap", "other"), false, std::nullopt), foreign("swap"));
}

TEST(Judge, AFileSystemWithABadChecksumIsForeign) {
  auto found = one("ext4", "filesystem");
  found.bad_checksum = true;
  EXPECT_EQ(judge(found, false, std::nullopt), foreign("ext4 with a bad checksum"));
}

TEST(Judge, APartitionTableIsForeignWhateverElseIsThere) {
  auto found = one("", "");
  found.partition_table = "gpt";
  EXPECT_EQ(judge(found, true, std::nullopt), foreign("partition table (gpt)"));
  found.type = "ext4";
  found.usage = "filesystem";
  EXPECT_EQ(judge(found, true, std::nullopt), foreign("partition table (gpt)"));
}

TEST(Judge, SeveralSignaturesAreForeign) {
  EXPECT_EQ(judge({}, true, std::nullopt), foreign("several signatures"));
}

TEST(Judge, AnAnswerWithoutATypeIsForeign) {
  EXPECT_EQ(judge(one("", ""), true, std::nullopt), foreign("unknown signature"));
}

}  // namespace
}  // namespace hpe3par::host
