#include "fixture.h"
#include "hosts.h"
#include "vluns.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

const json kIscsi0 = {{"node", 0}, {"slot", 2}, {"cardPort", 1}};
const json kIscsi1 = {{"node", 1}, {"slot", 2}, {"cardPort", 1}};

class PortVlunsTest : public ModelTest {
 protected:
  PortVlunsTest() {
    add_volume("v1");
    add_volume("v2");
    add_host("h1", "iqn.2026-01.hpe3par.loop:h1");
    add_host("h2", "iqn.1994-05.com.redhat:h2");
  }

  static json to_port(const std::string& volume, int lun, const json& port) {
    return {{"volumeName", volume}, {"lun", lun}, {"portPos", port}};
  }
  static json matched(const std::string& volume, int lun, const json& port, const std::string& host = "h1") {
    json body = to_port(volume, lun, port);
    body["hostname"] = host;
    return body;
  }
};

TEST_F(PortVlunsTest, OfMatchedSetsAreActiveOnTheirPortOnly) {
  EXPECT_EQ(ask("POST", "vluns", matched("v1", 3, kIscsi1)).location, "/api/v1/vluns/v1,3,h1,1:2:1");
  const json active = members("vluns", "\"active EQ true\"");
  ASSERT_EQ(active.size(), 1U);
  EXPECT_EQ(active.at(0).at("portPos"), kIscsi1);
  EXPECT_EQ(active.at(0).at("type"), 4);
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v1")));
  ask("DELETE", "vluns/v1,3,h1,1:2:1");
  EXPECT_FALSE(std::filesystem::exists(export_file("h1", "v1")));
}

TEST_F(PortVlunsTest, MayCarryOneVolumeThroughEachPort) {
  ask("POST", "vluns", matched("v1", 3, kIscsi0));
  EXPECT_EQ(refusal("POST", "vluns", matched("v1", 3, kIscsi1)), "");
  EXPECT_EQ(refusal("POST", "vluns", matched("v1", 4, kIscsi1)), "18") << "already through this port";
  EXPECT_EQ(refusal("POST", "vluns", matched("v2", 3, kIscsi1)), "18") << "the LUN is taken on this port";
  EXPECT_EQ(refusal("POST", "vluns", matched("v2", 3, kIscsi1, "h2")), "") << "but free for the other host";
  ask("DELETE", "vluns/v1,3,h1,0:2:1");
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v1"))) << "still there through the other port";
}

TEST_F(PortVlunsTest, OfAPortAreSeenByWhoeverIsLoggedInThere) {
  EXPECT_EQ(ask("POST", "vluns", to_port("v1", 5, kIscsi0)).location, "/api/v1/vluns/v1,5,,0:2:1");
  const json active = members("vluns", "\"volumeName EQ v1 AND active EQ true\"");
  ASSERT_EQ(active.size(), 1U);
  EXPECT_EQ(active.at(0).at("hostname"), "h1");
  EXPECT_EQ(active.at(0).at("type"), 2);
  EXPECT_FALSE(get("vluns/v1,5,,0:2:1").contains("hostname"));
  EXPECT_TRUE(std::filesystem::exists(export_file("h1", "v1")));
  EXPECT_FALSE(std::filesystem::exists(export_file("h2", "v1")));
  ask("DELETE", "vluns/v1,5,,0:2:1");
  EXPECT_FALSE(std::filesystem::exists(export_file("h1", "v1")));
  EXPECT_EQ(members("vluns").size(), 0U);
}

TEST_F(PortVlunsTest, FollowHostsAsTheyComeAndGo) {
  ask("POST", "vluns", to_port("v1", 5, kIscsi0));
  add_host("h3", "iqn.2026-01.hpe3par.loop:h3");
  EXPECT_TRUE(std::filesystem::exists(export_file("h3", "v1")));
  get_host_named(model_, "h2").logged_in = true;
  refresh_port_exports(model_);
  EXPECT_TRUE(std::filesystem::exists(export_file("h2", "v1")));
  const std::filesystem::path seen = export_file("h3", "v1");
  EXPECT_EQ(refusal("DELETE", "hosts/h3"), "") << "nothing is exported to the host itself";
  EXPECT_FALSE(std::filesystem::exists(seen));
}

TEST_F(PortVlunsTest, ShareTheLunsOfThePortWithTheHostsThere) {
  ask("POST", "vluns", to_port("v1", 5, kIscsi0));
  EXPECT_EQ(refusal("POST", "vluns", to_port("v2", 5, kIscsi0)), "18");
  EXPECT_EQ(refusal("POST", "vluns", to_port("v1", 6, kIscsi0)), "18");
  EXPECT_EQ(refusal("POST", "vluns", {{"volumeName", "v2"}, {"hostname", "h1"}, {"lun", 5}}), "18");
  EXPECT_EQ(refusal("POST", "vluns", to_port("v2", 5, kIscsi1)), "");
  EXPECT_EQ(ask("POST", "vluns", {{"volumeName", "v2"}, {"portPos", kIscsi0}, {"autoLun", true}}).location,
            "/api/v1/vluns/v2,0,,0:2:1");
}

TEST_F(PortVlunsTest, NeedAPortThatHostsCanReach) {
  EXPECT_EQ(refusal("POST", "vluns", to_port("v1", 0, {{"node", 0}, {"slot", 9}, {"cardPort", 1}})), "20 portPos");
  EXPECT_EQ(refusal("POST", "vluns", to_port("v1", 0, {{"node", 8}, {"slot", 1}, {"cardPort", 1}})), "55 portPos");
  EXPECT_EQ(refusal("POST", "vluns", to_port("v1", 0, {{"node", 0}, {"slot", 3}, {"cardPort", 1}})), "21 portPos");
  EXPECT_EQ(refusal("POST", "vluns", to_port("v1", 0, {{"node", 0}, {"slot", 1}})), "40 cardPort");
  EXPECT_EQ(refusal("GET", "vluns/v1,0,,0:2:1"), "19");
  EXPECT_EQ(refusal("DELETE", "vluns/v1,0,h1,8:1:1"), "55 portPos");
}

TEST_F(PortVlunsTest, KeepTheVolume) {
  ask("POST", "vluns", to_port("v1", 5, kIscsi0));
  EXPECT_EQ(refusal("DELETE", "volumes/v1"), "26");
}

}  // namespace
}  // namespace hpe3par::sim
