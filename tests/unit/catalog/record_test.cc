#include "hpe3par/catalog/record.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "hpe3par/base/error.h"

namespace hpe3par::catalog {
namespace {

const char* const kUuid = "8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f";

std::string error_of(const std::function<void()>& action, ErrorKind kind) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(Record, IsWrittenAsTheGoldenComment) {
  const VolumeRecord plain{"v1", kUuid, "", {}, false};
  EXPECT_EQ(encode_record(plain),
            R"({"display_name":"v1","h":{"u":"8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f","v":1},"type":"Docker"})");
  const VolumeRecord full{"v1", kUuid, "east", {{"size", "20"}, {"cpg", "cpg2"}}, false};
  EXPECT_EQ(encode_record(full), R"({"display_name":"v1","h":{"ns":"east","o":{"cpg":"cpg2","size":"20"},)"
                                 R"("u":"8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f","v":1},"type":"Docker"})");
}

TEST(Record, ReadsWhatItWrites) {
  const VolumeRecord full{"v1", kUuid, "east", {{"size", "20"}, {"cpg", "cpg2"}}, false};
  EXPECT_EQ(decode_record(encode_record(full)), full);
}

TEST(Record, OfAReplicatedVolumeNamesItsGroupAndItsArrays) {
  VolumeRecord record{"v1", kUuid, "", {{"size", "20"}}, false, "g1", {"4UW0001463", "4UW0001464"}};
  EXPECT_EQ(encode_record(record),
            R"({"display_name":"v1","h":{"g":"g1","o":{"size":"20"},"p":["4UW0001463","4UW0001464"],)"
            R"("u":"8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f","v":1},"type":"Docker"})");
  EXPECT_EQ(decode_record(encode_record(record)), record);
}

// What the copy of a volume of HPE's plugin gets.
TEST(Record, OfAnOldVolumeTellsThatItIsOne) {
  VolumeRecord record{"v1", kUuid, "", {{"backend", "gold"}}, true, "g1", {"S1", "S2"}};
  EXPECT_EQ(encode_record(record),
            R"({"display_name":"v1","h":{"g":"g1","l":true,"o":{"backend":"gold"},"p":["S1","S2"],)"
            R"("u":"8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f","v":1},"type":"Docker"})");
  EXPECT_EQ(decode_record(encode_record(record)), record);
  EXPECT_EQ(array_volume_of(record), "dcv-" + short_uuid(kUuid));
}

TEST(Record, ReadsACommentOfHpesPythonPlugin) {
  const auto record = decode_record(
      R"({"volume_id":"d1f4ab3c-1111-2222-3333-444455556666","name":"d1f4ab3c","type":"Docker","display_name":"db_1"})");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->legacy);
  EXPECT_EQ(record->name, "db_1");
  EXPECT_EQ(record->uuid, "d1f4ab3c-1111-2222-3333-444455556666");
  EXPECT_TRUE(record->options.empty());
}

TEST(Record, FitsUpToTheLastByteAndTellsTheCountBeyond) {
  VolumeRecord record{"v1", kUuid, "", {{"x", ""}}, false};
  const std::size_t used = encode_record(record).size();
  record.options["x"] = std::string(kMaxCommentBytes - used, 'y');
  EXPECT_EQ(encode_record(record).size(), kMaxCommentBytes);
  record.options["x"] += "y";
  const std::string text = error_of([&] { encode_record(record); }, ErrorKind::invalid_argument);
  EXPECT_NE(text.find("needs 512 bytes, the array keeps 511"), std::string::npos) << text;
}

TEST(Record, FitsTheLongestNameWithoutOptions) {
  EXPECT_LE(encode_record({std::string(255, 'n'), kUuid, "", {}, false}).size(), kMaxCommentBytes);
}

TEST(Record, RefusesANewerVersionByName) {
  const std::string text =
      error_of([] { decode_record(R"({"type":"Docker","display_name":"v1","h":{"v":2,"u":"x"}})"); },
               ErrorKind::failed_precondition);
  EXPECT_NE(text.find("volume v1 has version 2, this program knows up to 1"), std::string::npos) << text;
}

TEST(Record, RefusesVersionsThatNoProgramWrites) {
  for (const char* version : {"4294967297", "18446744073709551615", "0", "-1", "\"1\"", "1.5", "null"})
    error_of(
        [&] {
          decode_record(R"({"type":"Docker","display_name":"v1","h":{"u":"x","v":)" + std::string(version) + "}}");
        },
        ErrorKind::failed_precondition);
}

TEST(Record, IgnoresMembersThatItDoesNotKnow) {
  const auto record = decode_record(
      R"({"type":"Docker","display_name":"v1","more":[1],"h":{"v":1,"u":"x","k":"pp","p":["1","2"],"o":{"size":"5","n":3}}})");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->options, (std::map<std::string, std::string>{{"size", "5"}}));
}

TEST(Record, IsNothingInCommentsOfOthers) {
  for (const char* comment :
       {"", "hello", "{", "[]", "{}", R"({"type":"Kubernetes","display_name":"v1"})", R"({"type":"Docker"})",
        R"({"type":"Docker","display_name":"v1"})", R"({"type":"Docker","display_name":"../x","volume_id":"u"})",
        R"({"type":"Docker","display_name":7,"volume_id":"u"})",
        R"({"type":"Docker","display_name":"v1","h":{"v":1}})"})
    EXPECT_FALSE(decode_record(comment)) << comment;
}

TEST(VolumeName, FollowsTheRule) {
  for (const std::string& name : {std::string("a"), std::string("7"), std::string("a.b_c-d"), std::string("a..b"),
                                  std::string("A."), std::string(255, 'x')})
    EXPECT_TRUE(is_volume_name(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("-x"), std::string(".x"), std::string("_x"), std::string("../x"), std::string("a/b"),
        std::string("a b"), std::string("a\n"), std::string("\xc3\xa4"), std::string("a\0b", 3), std::string(256, 'x')})
    EXPECT_FALSE(is_volume_name(name)) << name;
}

TEST(VolumeName, IsRefusedWithTheRuleAndWithoutEchoingIt) {
  EXPECT_EQ(error_of([] { check_volume_name(""); }, ErrorKind::invalid_argument), "the request names no volume");
  const std::string text = error_of([] { check_volume_name("../x"); }, ErrorKind::invalid_argument);
  EXPECT_NE(text.find("a letter or digit, then up to 254"), std::string::npos);
}

TEST(ArrayVolumeName, KeepsShortNamesReadable) {
  EXPECT_EQ(array_volume_name("", "v"), "dcv-v");
  EXPECT_EQ(array_volume_name("", std::string(27, 'a')), "dcv-" + std::string(27, 'a'));
}

TEST(ArrayVolumeName, HashesLongNamesAndThoseOfANamespace) {
  const std::string hashed = array_volume_name("", std::string(28, 'a'));
  EXPECT_TRUE(hashed.starts_with("dcv-.aaaaaaaaa-")) << hashed;
  EXPECT_EQ(hashed.size(), 31U);
  EXPECT_TRUE(array_volume_name("east", "v1").starts_with("dcv-.v1-"));
}

// A change here loses every hashed volume on every array.
TEST(ArrayVolumeName, NeverChangesBetweenVersions) {
  EXPECT_EQ(array_volume_name("", "abcdefghijklmnopqrstuvwxyz0123"), "dcv-.abcdefghi-wlmh6adzxrsunmne");
  EXPECT_EQ(array_volume_name("east", "v1"), "dcv-.v1-x2qavqygklxy54dy");
}

TEST(ArrayVolumeName, IsLegalAndUniqueWhateverTheDockerName) {
  std::set<std::string> seen;
  std::size_t count = 0;
  for (const std::string& space : {std::string(), std::string("e"), std::string("east")})
    for (std::size_t length = 1; length <= 255; ++length)
      for (const char last : {'a', 'b', '.', '-', '_', '0'}) {
        const std::string name = array_volume_name(space, std::string(length - 1, 'x') + (length == 1 ? 'q' : last));
        EXPECT_LE(name.size(), 31U);
        EXPECT_TRUE(name.starts_with(kVolumePrefix));
        seen.insert(name);
        if (length > 1 || last == 'a') ++count;
      }
  EXPECT_EQ(seen.size(), count);
}

TEST(ShortUuid, IsThatOfHpesPlugin) {
  EXPECT_EQ(short_uuid("d03338a9-9115-48a3-8dfc-35cdfcdc15a7"), "0DM4qZEVSKON-DXN-NwVpw");
  EXPECT_EQ(short_uuid("D03338A9-9115-48A3-8DFC-35CDFCDC15A7"), "0DM4qZEVSKON-DXN-NwVpw");
  EXPECT_EQ(short_uuid("fbefbeff-fbef-beff-fbef-beffffffffff"), "....--vvvv-7777------w") << "both replaced digits";
  for (const char* no_uuid : {"", "x", "d03338a9-9115-48a3-8dfc-35cdfcdc15a", "d03338a9-9115-48a3-8dfc-35cdfcdc15a7a7",
                              "g03338a9-9115-48a3-8dfc-35cdfcdc15a7"})
    EXPECT_EQ(short_uuid(no_uuid), "") << no_uuid;
}

// A copy of an array volume keeps the comment: under any other name it says nothing.
TEST(ArrayVolumeOf, IsTheOneNameUnderWhichARecordCounts) {
  const std::string uuid = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
  EXPECT_EQ(array_volume_of({"web", uuid, "", {}, false}), "dcv-web");
  EXPECT_EQ(array_volume_of({"web", uuid, "east", {}, false}), array_volume_name("east", "web"));
  EXPECT_EQ(array_volume_of({std::string(28, 'a'), uuid, "", {}, false}), array_volume_name("", std::string(28, 'a')));
  EXPECT_EQ(array_volume_of({"web", uuid, "", {}, true}), "dcv-0DM4qZEVSKON-DXN-NwVpw");
  EXPECT_EQ(array_volume_of({"web", "no uuid", "", {}, true}), "");
}

TEST(ArrayVolumeName, CannotBeReachedByAShortNameThatLooksHashed) {
  const std::string hashed = array_volume_name("", std::string(40, 'a'));
  EXPECT_FALSE(is_volume_name(hashed.substr(4)));
}

}  // namespace
}  // namespace hpe3par::catalog
