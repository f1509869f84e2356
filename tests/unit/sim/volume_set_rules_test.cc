#include "fixture.h"
#include "sets.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class VolumeSetRulesTest : public ModelTest {
 protected:
  VolumeSetRulesTest() {
    add_volume("v1");
    ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  }
};

TEST_F(VolumeSetRulesTest, NameTheExportFirstWhenAMemberIsDeleted) {
  add_host("h1", "iqn.2026-01.hpe3par.loop:h1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "26");
  ask("DELETE", "vluns/v1,0,h1");
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "34");
  ask("PUT", "volumesets/s1", {{"action", 2}, {"setmembers", {"v1"}}});
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "");
}

TEST_F(VolumeSetRulesTest, KeepAMemberThroughItsRename) {
  ask("PUT", "volumes/v1", {{"newName", "v9"}});
  EXPECT_EQ(get("volumesets/s1").at("setmembers"), json({"v9"}));
}

TEST_F(VolumeSetRulesTest, AllowAVolumeInManySets) {
  ask("POST", "volumesets", {{"name", "s2"}, {"setmembers", {"v1"}}});
  EXPECT_EQ(members("volumesets", "\"setmembers EQ v1\"").size(), 2U);
}

TEST_F(VolumeSetRulesTest, TakeTheFlashCachePolicyWhenChangedOnly) {
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", "s2"}, {"flashCachePolicy", 1}}), "12 flashCachePolicy");
  for (const int policy : {0, 3}) {
    const json body = {{"flashCachePolicy", policy}};
    EXPECT_EQ(refusal("PUT", "volumesets/s1", body), "46 flashCachePolicy");
  }
  ask("PUT", "volumesets/s1", {{"flashCachePolicy", 2}});
  EXPECT_EQ(get("volumesets/s1").at("flashCachePolicy"), 2);
}

TEST_F(VolumeSetRulesTest, TakeOtherMembersAlongWithAnAction) {
  add_volume("v2");
  ask("PUT", "volumesets/s1", {{"action", 1}, {"setmembers", {"v2"}}, {"flashCachePolicy", 1}, {"comment", "c"}});
  EXPECT_EQ(get("volumesets/s1").at("flashCachePolicy"), 1);
  EXPECT_EQ(get("volumesets/s1").at("comment"), "c");
  EXPECT_EQ(get("volumesets/s1").at("setmembers").size(), 2U);
}

TEST_F(VolumeSetRulesTest, RefuseMembersOfAnotherDomain) {
  ask("POST", "cpgs", {{"name", "c"}, {"domain", "dom1"}});
  ask("POST", "volumes", {{"name", "v2"}, {"cpg", "c"}, {"sizeMiB", 256}});
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"action", 1}, {"setmembers", {"v2"}}}), "29 setmembers");
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", "s2"}, {"domain", "dom1"}, {"setmembers", {"v1"}}}),
            "29 setmembers");
}

TEST_F(VolumeSetRulesTest, LimitNamesAndComments) {
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", std::string(27, 's')}, {"comment", std::string(511, 'c')}}), "");
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"newName", std::string(28, 's')}}), "57 newName");
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"comment", std::string(512, 'c')}}), "57 comment");
}

TEST_F(VolumeSetRulesTest, AreListedWithDefaultsForTests) {
  ask("POST", "volumesets", {{"name", "s2"}});
  const json all = volume_sets_with_defaults(model_);
  EXPECT_EQ(all.at(0).at("setmembers"), json({"v1"}));
  EXPECT_EQ(all.at(1).at("setmembers"), json::array());
  EXPECT_EQ(all.at(1).at("comment"), "");
  EXPECT_EQ(all.at(1).at("flashCachePolicy"), 0);
  EXPECT_EQ(all.at(1).at("qosEnabled"), false);
}

}  // namespace
}  // namespace hpe3par::sim
