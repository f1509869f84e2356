#include "vluns.h"

#include "fixture.h"
#include "hosts.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class VlunsTest : public ModelTest {
 protected:
  VlunsTest() {
    add_volume("v1");
    add_volume("v2");
    add_host("h1", "iqn.2026-01.hpe3par.loop:h1");
    add_host("h2", "iqn.1994-05.com.redhat:h2");
  }

  std::string export_volume(const std::string& volume, const std::string& host) {
    return ask("POST", "vluns",
               {{"volumeName", volume}, {"hostname", host}, {"lun", 0}, {"autoLun", true}, {"maxAutoLun", 0}})
        .location;
  }
};

TEST_F(VlunsTest, TakeTheLowestFreeLunOfTheHost) {
  EXPECT_EQ(export_volume("v1", "h1"), "/api/v1/vluns/v1,0,h1");
  EXPECT_EQ(export_volume("v2", "h1"), "/api/v1/vluns/v2,1,h1");
  EXPECT_EQ(export_volume("v2", "h2"), "/api/v1/vluns/v2,0,h2");
  ask("DELETE", "vluns/v1,0,h1");
  EXPECT_EQ(export_volume("v1", "h1"), "/api/v1/vluns/v1,0,h1");
}

TEST_F(VlunsTest, RefuseASecondExportToTheSameHost) {
  export_volume("v1", "h1");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"autoLun", true}}), "18");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 9}}), "18");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v2"}, {"hostname", "h1"}, {"lun", 0}}), "18")
      << "the LUN is taken";
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h2"}, {"lun", 0}}), "")
      << "two hosts may share";
}

TEST_F(VlunsTest, RefuseWhatIsWrongInTheBody) {
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "nix"}, {"hostname", "h1"}, {"lun", 0}}), "23 volumeName");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "nix"}, {"lun", 0}}), "17 hostname");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}}), "40 lun");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"lun", 0}}), "40 hostname,portPos");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 100000}}), "28 lun");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}, {"foo", 1}}), "12 foo");
  EXPECT_EQ(refusal("POST", "vluns",
                    {{"volumeName", "v1"}, {"lun", 0}, {"portPos", {{"node", 0}, {"slot", 9}, {"cardPort", 1}}}}),
            "20 portPos");
}

TEST_F(VlunsTest, HaveATemplateAndAnActiveEntryPerLogin) {
  export_volume("v1", "h1");
  export_volume("v1", "h2");
  const json entries = members("vluns", "\"volumeName EQ v1\"");
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(members("vluns", "\"volumeName EQ v1 AND active EQ true\"").size(), 2U);
  for (const json& entry : members("vluns", "\"active EQ true\"")) {
    EXPECT_EQ(entry.at("hostname"), "h1");
    EXPECT_EQ(entry.at("remoteName"), "iqn.2026-01.hpe3par.loop:h1");
    EXPECT_TRUE(entry.contains("portPos"));
    EXPECT_EQ(entry.at("type"), 3);
  }
  for (const json& entry : members("vluns", "\"active EQ false\"")) EXPECT_FALSE(entry.contains("remoteName"));
}

TEST_F(VlunsTest, FollowTheHostsLoginState) {
  export_volume("v1", "h1");
  get_host_named(model_, "h1").logged_in = false;
  EXPECT_EQ(members("vluns", "\"active EQ true\"").size(), 0U);
}

TEST_F(VlunsTest, ShowTheVolumesFileToTheHost) {
  export_volume("v1", "h1");
  const std::filesystem::path file = export_file("h1", "v1");
  EXPECT_TRUE(std::filesystem::equivalent(file, volume_file("v1")));
  EXPECT_FALSE(std::filesystem::exists(export_file("h2", "v1")));
  ask("DELETE", "vluns/v1,0,h1");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(VlunsTest, AreDeletedByTheirWholeId) {
  export_volume("v1", "h1");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,1,h1"), "19");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,0,h2"), "19");
  EXPECT_EQ(refusal("DELETE", "vluns/nix,0,h1"), "23");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,0,nix"), "17 hostname");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,0,h1,8:1:1"), "55 portPos");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,x,h1"), "12 lun");
  EXPECT_EQ(get("vluns/v1,0,h1").at("volumeName"), "v1");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,0,h1"), "");
  EXPECT_EQ(members("vluns").size(), 0U);
}

TEST_F(VlunsTest, OfPortsAndMatchedSetsHaveTheirOwnIds) {
  const json port = {{"node", 1}, {"slot", 1}, {"cardPort", 1}};
  EXPECT_EQ(ask("POST", "vluns", {{"volumeName", "v1"}, {"lun", 5}, {"portPos", port}}).location,
            "/api/v1/vluns/v1,5,,1:1:1");
  EXPECT_EQ(ask("POST", "vluns", {{"volumeName", "v1"}, {"lun", 6}, {"hostname", "h1"}, {"portPos", port}}).location,
            "/api/v1/vluns/v1,6,h1,1:1:1");
  EXPECT_EQ(get("vluns/v1,5,,1:1:1").at("type"), 2);
  EXPECT_EQ(get("vluns/v1,6,h1,1:1:1").at("type"), 4);
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v2"}, {"lun", 5}, {"portPos", port}}), "18");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,5,,1:1:1"), "");
}

TEST_F(VlunsTest, OfAHostSetReachItsMembersAsTheyComeAndGo) {
  ask("POST", "hostsets", {{"name", "hs"}, {"setmembers", {"h1"}}});
  EXPECT_EQ(export_volume("v1", "set:hs"), "/api/v1/vluns/v1,0,set:hs");
  EXPECT_EQ(get("vluns/v1,0,set:hs").at("type"), 5);
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v1")));
  ask("PUT", "hostsets/hs", {{"action", 1}, {"setmembers", {"h2"}}});
  EXPECT_TRUE(std::filesystem::exists(export_file("h2", "v1")));
  ask("PUT", "hostsets/hs", {{"action", 2}, {"setmembers", {"h1"}}});
  EXPECT_FALSE(std::filesystem::exists(export_file("h1", "v1")));
  EXPECT_EQ(refusal("DELETE", "hostsets/hs"), "26");
}

TEST_F(VlunsTest, NeedVolumeAndHostInOneDomain) {
  ask("POST", "hosts", {{"name", "h3"}, {"domain", "dom1"}});
  try {
    export_volume("v1", "h3");
    FAIL();
  } catch (const Refusal& refused) {
    EXPECT_EQ(status_of(refused.code()), 400);
    EXPECT_NE(refused.desc().find("must be in the same domain"), std::string::npos);
  }
}

TEST_F(VlunsTest, StayWhileTheSiteIsDownButShowNothing) {
  export_volume("v1", "h1");
  set_site_up(model_, false);
  EXPECT_FALSE(std::filesystem::exists(export_file("h1", "v1")));
  export_volume("v2", "h1");
  EXPECT_EQ(vlun_templates(model_).size(), 2U);
  set_site_up(model_, true);
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v1")));
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v2")));
}

}  // namespace
}  // namespace hpe3par::sim
