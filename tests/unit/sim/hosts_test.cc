#include "hosts.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using HostsTest = ModelTest;

constexpr const char* kLoop = "iqn.2026-01.hpe3par.loop:h1";
constexpr const char* kOther = "iqn.1994-05.com.redhat:h1";

TEST_F(HostsTest, WithALoopInitiatorAreLoggedInFromTheClientsAddress) {
  client_ = "10.1.2.3";
  add_host("h1", kLoop);
  const json paths = get("hosts/h1").at("iSCSIPaths");
  ASSERT_EQ(paths.size(), 2U) << "one per ready iSCSI port";
  for (const json& path : paths) {
    EXPECT_EQ(path.at("IPAddr"), "10.1.2.3");
    EXPECT_TRUE(path.contains("portPos"));
  }
}

TEST_F(HostsTest, WithAnotherInitiatorStartLoggedOut) {
  add_host("h1", kOther);
  EXPECT_EQ(get("hosts/h1").at("iSCSIPaths"), json({{{"name", kOther}, {"IPAddr", "0.0.0.0"}, {"hostSpeed", 0}}}));
  get_host_named(model_, "h1").logged_in = true;
  EXPECT_EQ(get("hosts/h1").at("iSCSIPaths").size(), 2U);
}

TEST_F(HostsTest, ShowWwnsInCapitalsWithoutColons) {
  EXPECT_EQ(ask("POST", "hosts", {{"name", "h1"}, {"FCWWNs", {"10:00:00:00:c9:00:00:01"}}, {"persona", 1}}).location,
            "/api/v1/hosts/h1");
  EXPECT_EQ(get("hosts/h1").at("FCPaths").at(0).at("wwn"), "10000000C9000001");
  EXPECT_EQ(members("hosts", "\"FCPaths[wwn==10000000c9000001 OR wwn==2]\"").size(), 1U);
}

TEST_F(HostsTest, RefuseWhatIsWrongInTheBody) {
  add_host("h1", kOther);
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h1"}}), "16 name");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"iSCSINames", {kOther}}}), "73 iSCSINames");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"iSCSINames", {"iqn.a:b", "iqn.a:b"}}}), "98 iSCSINames");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"iSCSINames", {"iqn.a:b"}}, {"FCWWNs", {"1"}}}),
            "44 FCWWNs,iSCSINames");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"FCWWNs", {"10000000C900000G"}}}), "69 FCWWNs");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"FCWWNs", {"10000000C90000012"}}}), "57 FCWWNs");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"persona", 99}}), "46 persona");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"domain", "nix"}}), "38 domain");
  EXPECT_EQ(refusal("POST", "hosts", {{"name", "h2"}, {"descriptors", {{"nix", "x"}}}}), "12 nix");
  EXPECT_EQ(refusal("GET", "hosts/h2"), "17");
}

TEST_F(HostsTest, GainAndLosePaths) {
  add_host("h1", kOther);
  add_host("h2", kLoop);
  ask("PUT", "hosts/h1", {{"pathOperation", 1}, {"FCWWNs", {"10000000C9000001"}}});
  EXPECT_EQ(get("hosts/h1").at("FCPaths").size(), 1U);
  EXPECT_EQ(refusal("PUT", "hosts/h1", {{"pathOperation", 1}, {"iSCSINames", {kLoop}}}), "73 iSCSINames");
  EXPECT_EQ(refusal("PUT", "hosts/h1", {{"pathOperation", 1}}), "12 pathOperation");
  EXPECT_EQ(refusal("PUT", "hosts/h1", {{"iSCSINames", {kLoop}}}), "40 pathOperation");
  EXPECT_EQ(refusal("PUT", "hosts/h1", {{"pathOperation", 2}, {"iSCSINames", {kLoop}}}), "80 iSCSINames");
  ask("PUT", "hosts/h1", {{"pathOperation", 2}, {"iSCSINames", {kOther}}});
  EXPECT_EQ(get("hosts/h1").at("iSCSIPaths").size(), 0U);
}

TEST_F(HostsTest, AreChangedOneThingAtATime) {
  add_host("h1", kOther);
  EXPECT_EQ(refusal("PUT", "hosts/h1", {{"newName", "h2"}, {"pathOperation", 1}, {"iSCSINames", {kLoop}}}),
            "44 pathOperation,newName");
  EXPECT_EQ(ask("PUT", "hosts/h1", {{"newName", "h2"}, {"persona", 8}, {"descriptors", {{"os", "Linux"}}}}).location,
            "/api/v1/hosts/h2");
  EXPECT_EQ(get("hosts/h2").at("persona"), 8);
  EXPECT_EQ(get("hosts/h2").at("descriptors").at("os"), "Linux");
  add_host("h3", kLoop);
  EXPECT_EQ(refusal("PUT", "hosts/h3", {{"newName", "h2"}}), "16 newName");
}

TEST_F(HostsTest, SetAndClearChap) {
  add_host("h1", kOther);
  const json chap = {{"chapOperation", 1}, {"chapOperationMode", 1}, {"chapName", "u"}, {"chapSecret", "twelve-chars"}};
  ask("PUT", "hosts/h1", chap);
  EXPECT_EQ(get("hosts/h1").at("initiatorChapEnabled"), true);
  EXPECT_EQ(get("hosts/h1").at("initiatorChapName"), "u");
  EXPECT_FALSE(get("hosts/h1").dump().find("twelve") != std::string::npos) << "secrets are never shown";
  json target = chap;
  target["chapOperationMode"] = 2;
  ask("PUT", "hosts/h1", target);
  EXPECT_EQ(get("hosts/h1").at("targetChapEnabled"), true);
  ask("PUT", "hosts/h1", {{"chapOperation", 2}, {"chapRemoveTargetOnly", true}});
  EXPECT_EQ(get("hosts/h1").at("targetChapEnabled"), false);
  ask("PUT", "hosts/h1", {{"chapOperation", 2}});
  EXPECT_EQ(get("hosts/h1").at("initiatorChapEnabled"), false);
  json bad = chap;
  bad["chapSecret"] = "short";
  EXPECT_EQ(refusal("PUT", "hosts/h1", bad), "12 chapSecret");
  bad.erase("chapOperation");
  EXPECT_EQ(refusal("PUT", "hosts/h1", bad), "40 chapOperation");
}

TEST_F(HostsTest, AreNotDeletedWhileSomethingIsExportedToThem) {
  add_host("h1", kOther);
  add_volume("v1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  EXPECT_EQ(refusal("DELETE", "hosts/h1"), "26");
  ask("DELETE", "vluns/v1,0,h1");
  EXPECT_EQ(refusal("DELETE", "hosts/h1"), "");
}

TEST_F(HostsTest, TakeTheirExportsAlongWhenRenamed) {
  add_host("h1", kLoop);
  add_volume("v1");
  ask("POST", "vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  ask("PUT", "hosts/h1", {{"newName", "h2"}});
  EXPECT_TRUE(std::filesystem::exists(export_file("h2", "v1")));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "exports" / "h1"));
}

TEST_F(HostsTest, AreLookedUpAfterTheBodyIsChecked) {
  EXPECT_EQ(refusal("PUT", "hosts/none", {{"newName", "a"}, {"pathOperation", 1}}), "44 pathOperation,newName");
  EXPECT_EQ(refusal("PUT", "hosts/none", {{"newName", "N#w"}}), "69 newName");
  EXPECT_EQ(refusal("PUT", "hosts/none", {{"pathOperation", 1}}), "12 pathOperation");
  EXPECT_EQ(refusal("PUT", "hosts/none", {{"newName", "a"}}), "17");
  EXPECT_EQ(refusal("GET", "hosts/B&dHostName"), "69");
}

TEST_F(HostsTest, CannotBeNamedLikeTheDirectoryAbove) {
  EXPECT_EQ(refusal("POST", "hosts", {{"name", ".."}, {"iSCSINames", {kLoop}}}), "69 name");
}

}  // namespace
}  // namespace hpe3par::sim
