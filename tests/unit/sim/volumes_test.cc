#include "volumes.h"

#include <sys/stat.h>

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using VolumesTest = ModelTest;

class PrimeraVolumesTest : public ModelTest {
 protected:
  PrimeraVolumesTest() : ModelTest(Profile::primera) {}
};

class AlletraVolumesTest : public ModelTest {
 protected:
  AlletraVolumesTest() : ModelTest(Profile::alletra_mp) {}
};

json body(const json& more = json::object()) {
  json result = {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 1024}};
  result.update(more);
  return result;
}

TEST_F(VolumesTest, AreCreatedWithLocationAndShownWithTheirMembers) {
  const Answer answer = ask("POST", "volumes", body({{"tpvv", true}, {"comment", "hello"}, {"snapCPG", "cpg2"}}));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.location, "/api/v1/volumes/v1");
  const json volume = get("volumes/v1");
  EXPECT_EQ(volume.at("name"), "v1");
  EXPECT_EQ(volume.at("sizeMiB"), 1024);
  EXPECT_EQ(volume.at("provisioningType"), 2);
  EXPECT_EQ(volume.at("comment"), "hello");
  EXPECT_EQ(volume.at("userCPG"), "cpg1");
  EXPECT_EQ(volume.at("snapCPG"), "cpg2");
  EXPECT_FALSE(volume.contains("copyOf"));
  EXPECT_FALSE(volume.contains("rcopyGroup"));
}

TEST_F(VolumesTest, HaveAWwnMadeOfTheirIdAndTheSystemId) {
  add_volume("v1");
  const std::string wwn = get("volumes/v1").at("wwn");
  EXPECT_EQ(wwn.size(), 32U);
  EXPECT_TRUE(wwn.starts_with("60002AC0"));
  EXPECT_TRUE(wwn.ends_with("000003E80002DEF6")) << wwn;
}

TEST_F(VolumesTest, NeverInheritAWwn) {
  ask("POST", "volumes", body({{"id", 7}}));
  const std::string wwn = get("volumes/v1").at("wwn");
  ask("DELETE", "volumes/v1");
  ask("POST", "volumes", body({{"id", 7}}));
  EXPECT_NE(get("volumes/v1").at("wwn"), wwn);
}

TEST_F(VolumesTest, AreSparsePrivateFiles) {
  add_volume("v1", 1000);
  struct stat status {};
  ASSERT_EQ(::stat(volume_file("v1").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 1024LL * 1024 * 1024) << "rounded up to 256 MiB";
  EXPECT_EQ(status.st_blocks, 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(VolumesTest, RefuseWhatIsWrongInTheBody) {
  EXPECT_EQ(refusal("POST", "volumes", body({{"foo", 1}})), "12 foo");
  EXPECT_EQ(refusal("POST", "volumes", body({{"sizeMiB", nullptr}})), "40 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes", body({{"sizeMiB", 0}})), "115 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes", body({{"sizeMiB", 16777217}})), "28 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes", body({{"sizeMiB", 9223372036854775808ULL}})), "28 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes", body({{"cpg", "nix"}})), "15 cpg");
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"tdvv", true}})), "44 tpvv,tdvv");
  EXPECT_EQ(refusal("POST", "volumes", body({{"comment", std::string(512, 'x')}})), "57 comment");
  EXPECT_EQ(refusal("POST", "volumes", body({{"policies", {{"nix", true}}}})), "12 nix");
  EXPECT_EQ(refusal("POST", "volumes", body({{"reduce", true}})), "12 reduce");
  EXPECT_EQ(refusal("POST", "volumes", body({{"compression", true}, {"tpvv", true}})), "115 sizeMiB");
  EXPECT_EQ(members("volumes").size(), 0U);
}

TEST_F(VolumesTest, ShowHostDifAsANumberAmongFlags) {
  ask("POST", "volumes", body({{"policies", {{"zeroDetect", true}}}}));
  const std::string path = "volumes/" + body().at("name").get<std::string>();
  EXPECT_EQ(get(path).at("policies").at("hostDIF"), 1);
  ask("PUT", path, {{"policies", {{"hostDIF", 3}}}});
  EXPECT_EQ(get(path).at("policies").at("hostDIF"), 3);
  EXPECT_EQ(get(path).at("policies").at("zeroDetect"), true);
  EXPECT_EQ(refusal("PUT", path, {{"policies", {{"hostDIF", true}}}}), "39 hostDIF");
}

TEST_F(VolumesTest, RefuseATakenNameOrId) {
  ask("POST", "volumes", body({{"id", 7}}));
  EXPECT_EQ(refusal("POST", "volumes", body()), "22 name");
  EXPECT_EQ(refusal("POST", "volumes", body({{"name", "v2"}, {"id", 7}})), "59 id");
}

TEST_F(VolumesTest, GrowByADeltaRoundedUp) {
  add_volume("v1", 1024);
  EXPECT_EQ(ask("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 100}}).location, "/api/v1/volumes/v1");
  EXPECT_EQ(get("volumes/v1").at("sizeMiB"), 1280);
  EXPECT_EQ(std::filesystem::file_size(volume_file("v1")), 1280ULL * 1024 * 1024);
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 16777216}}), "152 sizeMiB");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", -1}}), "152 sizeMiB");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 9223372036854775808ULL}}), "152 sizeMiB");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}}), "40 sizeMiB");
}

TEST_F(VolumesTest, AreLookedUpAfterTheBodyIsChecked) {
  EXPECT_EQ(refusal("PUT", "volumes/none", {{"foo", 1}}), "12 foo");
  EXPECT_EQ(refusal("PUT", "volumes/none", {{"action", 3}, {"sizeMiB", -1}}), "152 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes/none/objectKeyValues", {{"key", "a&b"}, {"value", "x"}}), "69 key");
  EXPECT_EQ(refusal("PUT", "volumes/none", {{"comment", "x"}}), "23");
  EXPECT_EQ(refusal("GET", "volumes/B&d"), "69");
}

TEST_F(VolumesTest, AreRenamedWithEverythingThatRefersToThem) {
  add_volume("v1");
  add_host("h1", "iqn.2026-01.hpe3par.loop:h1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 3}});
  ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  EXPECT_EQ(ask("PUT", "volumes/v1", {{"newName", "v2"}, {"comment", "new"}}).location, "/api/v1/volumes/v2");
  EXPECT_EQ(refusal("GET", "volumes/v1"), "23");
  EXPECT_EQ(get("volumes/v2").at("comment"), "new");
  EXPECT_EQ(get("volumesets/s1").at("setmembers"), json({"v2"}));
  EXPECT_EQ(members("vluns", "\"volumeName EQ v2\"").size(), 3U);
  add_volume("v3");
  EXPECT_EQ(refusal("PUT", "volumes/v3", {{"newName", "v2"}}), "22 newName");
}

TEST_F(VolumesTest, ChangeNothingWhenAChangeIsRefused) {
  add_volume("v1");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"newName", "v2"}, {"comment", "x"}, {"snapCPG", "nix"}}), "15 snapCPG");
  EXPECT_FALSE(get("volumes/v1").contains("comment"));
}

TEST_F(VolumesTest, AreNotDeletedWhileExportedInASetOrRetained) {
  add_volume("v1");
  add_host("h1", "iqn.1994-05.com.redhat:h1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "26");
  ask("DELETE", "vluns/v1,0,h1");
  ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "34");
  ask("DELETE", "volumesets/s1");
  ask("PUT", "volumes/v1", {{"retentionHours", 1}});
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), std::to_string(wire_number(Code::retained)));
  clock_.advance(std::chrono::hours(2));
  const std::filesystem::path file = volume_file("v1");
  EXPECT_EQ(ask("DELETE", "volumes/v1").status, 200);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "23");
}

TEST_F(VolumesTest, TakeANewWwnOnlyWhileNotExported) {
  add_volume("v1");
  const std::string wwn(32, 'A');
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"WWN", "12"}}), "12 WWN");
  ask("PUT", "volumes/v1", {{"WWN", wwn}});
  EXPECT_EQ(get("volumes/v1").at("wwn"), wwn);
  EXPECT_TRUE(std::filesystem::exists(volume_file("v1")));
  add_host("h1", "iqn.1994-05.com.redhat:h1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"WWN", std::string(32, 'B')}}),
            std::to_string(wire_number(Code::volume_exported)) + " WWN");
}

TEST_F(VolumesTest, AnswerASnapshotQueryOfAnUnknownVolumeWithNoMembers) {
  const Answer answer = ask("GET", "volumes", json::object(), "\"copyOf EQ nix\"");
  EXPECT_EQ(answer.body, json::parse(R"({"total":0,"members":[]})"));
  EXPECT_TRUE(answer.chunked);
}

TEST_F(VolumesTest, SayHonestlyThatTheyCannotBeCopied) {
  add_volume("v1");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 4}}), "9 action");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 99}}), "46 action");
}

TEST_F(PrimeraVolumesTest, NeedOneOfThinOrReduced) {
  EXPECT_EQ(refusal("POST", "volumes", body()), "78 tpvv,reduce");
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"compression", true}})), "12 compression");
  ask("POST", "volumes", body({{"reduce", true}, {"snapCPG", "cpg1"}}));
  EXPECT_EQ(get("volumes/v1").at("deduplicationState"), 1);
  EXPECT_EQ(get("volumes/v1").at("compressionState"), 1);
}

TEST_F(AlletraVolumesTest, HaveNoCpgForSnapshots) {
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"snapCPG", "cpg1"}})), "12 snapCPG");
}

}  // namespace
}  // namespace hpe3par::sim
