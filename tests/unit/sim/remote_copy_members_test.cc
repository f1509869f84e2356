#include "remote_copy_members.h"

#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

std::string refused(int status, Code code) {
  return std::to_string(status) + "/" + std::to_string(static_cast<int>(code));
}

class RemoteCopyMembers : public TwoArrays {
 protected:
  std::string admit_existing(json more = json::object()) {
    more["volumeAutoCreation"] = false;
    return admit("v1", more);
  }
  std::string add_on_b(std::int64_t size = 256) {
    return result("B", "POST", "volumes", {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", size}});
  }
};

TEST_F(RemoteCopyMembers, MakeTheirSecondary) {
  ASSERT_EQ(result("A", "POST", "volumes",
                   {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 256}, {"tpvv", true}, {"comment", "mine"}}),
            "201");
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(admit(), "200");
  const json here = get("A", "volumes/v1"), there = get("B", "volumes/v1");
  for (const char* same : {"wwn", "sizeMiB", "provisioningType"}) EXPECT_EQ(here.at(same), there.at(same)) << same;
  EXPECT_EQ(there.at("userCPG"), "cpg2");
  EXPECT_FALSE(there.contains("comment"));
  EXPECT_EQ(here.at("rcopyGroup"), "g");
  EXPECT_EQ(there.at("rcopyGroup"), peer());
  EXPECT_EQ(there.at("rcopyStatus"), 2);
  EXPECT_EQ(get("A", "volumesets/RCP_g").at("setmembers"), json({"v1"}));
  EXPECT_EQ(get("B", "volumesets/RCP_" + peer()).at("setmembers"), json({"v1"}));
  const json member = get("A", "remotecopygroups/g/volumes/v1");
  EXPECT_EQ(member.at("localVolumeName"), "v1");
  EXPECT_EQ(member.at("remoteVolumes").at(0).at("remoteVolumeID"), there.at("id"));
  EXPECT_EQ(member.at("remoteVolumes").at(0).at("syncStatus"), 1);
  EXPECT_EQ(get("B", "remotecopygroups/" + peer() + "/volumes").at("total"), 1);
}

TEST_F(RemoteCopyMembers, MayHaveASecondaryWithItsOwnWwn) {
  add_volume();
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(admit("v1", {{"volumeAutoCreation", true}, {"differentSecondaryWWN", true}}), "200");
  EXPECT_NE(get("A", "volumes/v1").at("wwn"), get("B", "volumes/v1").at("wwn"));
  EXPECT_EQ(act("A", 3), "200");
  advance(1);
  EXPECT_TRUE(are_one_file());
}

TEST_F(RemoteCopyMembers, NeedWhatTheyAreMadeOf) {
  EXPECT_EQ(act("A", 1), "404/187");
  ASSERT_EQ(result("A", "POST", "remotecopygroups", {{"name", "g"}, {"targets", {{{"targetName", "B"}, {"mode", 1}}}}}),
            "201");
  EXPECT_EQ(admit(), "404/23");
  add_volume();
  EXPECT_EQ(admit(), refused(403, Code::rcopy_group_has_no_cpg));
  EXPECT_EQ(put({{"targets", {{{"remoteUserCPG", "cpg1"}}}}}), "200");
  EXPECT_EQ(act("A", 1, {{"volumeName", "v1"}}), "400/40");
  EXPECT_EQ(admit("v1", {{"snapshotName", "s"}, {"skipInitialSync", true}}), "400/44");
  EXPECT_EQ(admit("v1", {{"what", true}}), "400/12");
  EXPECT_EQ(admit_existing(), refused(404, Code::rcopy_no_volume_on_target));
  EXPECT_EQ(admit(), "200");
  EXPECT_EQ(admit(), refused(409, Code::rcopy_existent_volume));
}

TEST_F(RemoteCopyMembers, TakeOnlySecondariesThatFit) {
  add_volume();
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(add_on_b(512), "201");
  EXPECT_EQ(admit(), refused(409, Code::rcopy_existent_volume_on_target));
  EXPECT_EQ(admit_existing(), refused(403, Code::rcopy_volume_size_differs));
  ASSERT_EQ(result("B", "DELETE", "volumes/v1"), "200");
  ASSERT_EQ(add_on_b(), "201");
  export_on("B");
  EXPECT_EQ(admit_existing(), refused(403, Code::rcopy_target_volume_exported));
  ASSERT_EQ(result("B", "DELETE", "vluns/v1,0,h1"), "200");
  EXPECT_EQ(admit_existing(), "200");
  EXPECT_EQ(
      result("A", "POST", "remotecopygroups", {{"name", "g2"}, {"targets", {{{"targetName", "B"}, {"mode", 1}}}}}),
      "201");
  EXPECT_EQ(
      result("A", "PUT", "remotecopygroups/g2",
             {{"action", 1}, {"volumeName", "v1"}, {"targets", {{{"targetName", "B"}, {"secVolumeName", "v1"}}}}}),
      refused(403, Code::rcopy_volume_in_other_group));
}

TEST_F(RemoteCopyMembers, AreAdmittedToStartedGroupsByNewArraysOnly) {
  replicate(1);
  add_volume("v2");
  EXPECT_EQ(admit("v2"), "403/215");
  send("POST", "/behaviour", {{"array", "A"}, {"wsapi_build", 100000000}});
  EXPECT_EQ(admit("v2"), "200");
  advance(1);
  EXPECT_EQ(get("A", "remotecopygroups/g/volumes/v2").at("remoteVolumes").at(0).at("syncStatus"), 3);
}

TEST_F(RemoteCopyMembers, AreDismissedWhenStopped) {
  replicate(1);
  EXPECT_EQ(act("A", 2, {{"volumeName", "v1"}}), "403/215");
  act("A", 4);
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g/volumes/v1?removeSecondaryVolume=true&keepSnap=true"), "400/44");
  EXPECT_EQ(result("B", "DELETE", "remotecopygroups/" + peer() + "/volumes/v1"),
            refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(act("A", 2, {{"volumeName", "v1"}, {"keepSnap", false}}), "200");
  EXPECT_EQ(act("A", 2, {{"volumeName", "v1"}}), refused(404, Code::rcopy_volume_not_in_group));
  EXPECT_EQ(result("B", "GET", "volumes/v1"), "200");
  EXPECT_EQ(result("A", "GET", "volumesets/RCP_g"), "404/102");
  EXPECT_FALSE(get("A", "volumes/v1").contains("rcopyGroup"));
}

TEST_F(RemoteCopyMembers, KeepASecondaryThatHostsUse) {
  replicate(1, {{"pathManagement", true}});
  export_on("B");
  act("A", 4);
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g/volumes/v1?removeSecondaryVolume=true"), "409/26");
  ASSERT_EQ(result("B", "DELETE", "vluns/v1,0,h1"), "200");
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g/volumes/v1?removeSecondaryVolume=true"), "200");
  EXPECT_EQ(result("B", "GET", "volumes/v1"), "404/23");
}

TEST_F(RemoteCopyMembers, GrowTogetherWhenStopped) {
  replicate(1);
  const json growth = {{"action", 3}, {"sizeMiB", 256}};
  const Reply reply = ask("A", "PUT", "volumes/v1", growth);
  EXPECT_EQ(reply.body.at("code"), 120);
  EXPECT_EQ(reply.body.at("desc"), "VV v1 is currently in a started remote copy group");
  act("A", 4);
  EXPECT_EQ(result("B", "PUT", "volumes/v1", growth), "403/120");
  EXPECT_EQ(result("A", "PUT", "volumes/v1", growth), "200");
  EXPECT_EQ(get("B", "volumes/v1").at("sizeMiB"), 512);
  EXPECT_EQ(std::filesystem::file_size(file("B")), 512U << 20U);
  EXPECT_EQ(act("A", 3), "200");
}

TEST_F(RemoteCopyMembers, AreNotDeletedOrGivenAnotherWwn) {
  replicate(1);
  for (const char* name : {"A", "B"}) {
    EXPECT_EQ(result(name, "DELETE", "volumes/v1"), "403/120");
    EXPECT_EQ(result(name, "PUT", "volumes/v1", {{"WWN", std::string(32, 'F')}}), "403/120");
  }
  EXPECT_EQ(result("A", "DELETE", "volumesets/RCP_g"), "409/34");
  EXPECT_EQ(result("A", "PUT", "volumesets/RCP_g", {{"action", 2}, {"setmembers", {"v1"}}}), "409/34");
}

TEST_F(RemoteCopyMembers, AreExportedAsSecondariesOnlyWhereTheArrayManagesPaths) {
  add_volume();
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(admit(), "200");
  export_on("B", "403/120");
  set_policies({{"pathManagement", true}});
  export_on("B");
  EXPECT_FALSE(sees("B"));
  EXPECT_EQ(act("A", 3), "200");
  advance(1);
  EXPECT_TRUE(sees("B"));
  act("A", 4);
  EXPECT_FALSE(sees("B"));
}

}  // namespace
}  // namespace hpe3par::sim
