#include "behaviour.h"

#include "simulator_fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class BehaviourTest : public SimulatorTest {
 protected:
  BehaviourTest() { login(); }

  void behave(const json& body) { send("POST", "/behaviour", body); }
  int build_of(const std::string& name) {
    return exchange(simulator_.port_of(name), "GET", "/api").body.at("build").get<int>();
  }
  Reply create(const json& more) {
    json body = {{"name", "v1"}, {"cpg", "cpg1"}, {"sizeMiB", 16384}};
    body.update(more);
    return array("POST", "/api/v1/volumes", body);
  }
};

TEST_F(BehaviourTest, PlaysAnotherReleaseOnOneArrayOrAll) {
  behave({{"array", "A"}, {"wsapi_build", 30202290}, {"system_version", "3.2.2.612"}});
  EXPECT_EQ(build_of("A"), 30202290);
  EXPECT_EQ(build_of("B"), 30301215);
  EXPECT_EQ(array("GET", "/api/v1/system").body.at("systemVersion"), "3.2.2.612");
  const Reply refused = create({{"tpvv", true}, {"compression", true}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body.at("code"), 12);
  EXPECT_EQ(refused.body.at("ref"), "compression");
  behave({{"wsapi_build", 40200000}});
  EXPECT_EQ(build_of("B"), 40200000);
  behave({{"wsapi_build", nullptr}});
  EXPECT_EQ(build_of("A"), 30301215);
}

TEST_F(BehaviourTest, DemandsASessionForTheVersionOfTheNewestBuilds) {
  behave({{"wsapi_build", 100500043}});
  EXPECT_EQ(exchange(simulator_.port_of("A"), "GET", "/api").body.at("code"), 6);
  EXPECT_EQ(array("GET", "/api").body.at("minor"), 15);
}

TEST_F(BehaviourTest, TakesLicencesAway) {
  behave({{"licenses", {"Remote Copy"}}});
  EXPECT_EQ(create({{"tpvv", true}, {"compression", true}}).status, 403);
  behave({{"licenses", nullptr}});
  EXPECT_EQ(create({{"tpvv", true}, {"compression", true}}).status, 201);
}

TEST_F(BehaviourTest, RunsOutOfSpace) {
  EXPECT_EQ(create(json::object()).status, 201);
  behave({{"free_mib", 1024}});
  const Reply refused = create({{"name", "v2"}, {"sizeMiB", 1280}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body.at("code"), 24);
  EXPECT_EQ(array("POST", "/api/v1/spacereporter", {{"cpg", "cpg1"}}).body.at("usableFreeMiB"), 1024);
  EXPECT_EQ(create({{"name", "v2"}, {"sizeMiB", 1024}}).status, 201);
}

TEST_F(BehaviourTest, TagsPortsWithVlans) {
  EXPECT_EQ(array("GET", "/api/v1/ports/0:2:1").body.at("iSCSIPortInfo").at("vlan"), 0);
  behave({{"iscsi_vlans", {{"0:2:1", {{{"vlanTag", 10}, {"IPAddr", "10.0.10.1"}}}}}}});
  EXPECT_EQ(array("GET", "/api/v1/ports/0:2:1").body.at("iSCSIPortInfo").at("vlan"), 1);
  const json vlans = array("GET", "/api/v1/ports/0:2:1/iSCSIVlans/").body.at("iSCSIVlans");
  ASSERT_EQ(vlans.size(), 1U);
  for (const char* member : {"netmask", "gateway", "mtu", "stgt", "iSNSAddr", "iSNSPort"})
    EXPECT_TRUE(vlans.at(0).contains(member)) << member;
  EXPECT_EQ(vlans.at(0).at("IPAddr"), "10.0.10.1");
  EXPECT_EQ(array("GET", "/api/v1/ports/0:2:1/iSCSIVlans/10").body, vlans.at(0));
  EXPECT_EQ(array("GET", "/api/v1/ports/0:2:1/iSCSIVlans/11").status, 404);
}

TEST_F(BehaviourTest, KeepsAVolumeInUseAfterItsUnexport) {
  create(json::object());
  array("POST", "/api/v1/hosts", {{"name", "h1"}});
  array("POST", "/api/v1/vluns", {{"volumeName", "v1"}, {"hostname", "h1"}, {"lun", 0}});
  behave({{"in_use_after_unexport_ms", 500'000}});
  EXPECT_EQ(array("DELETE", "/api/v1/vluns/v1,0,h1").status, 200);
  const Reply refused = array("DELETE", "/api/v1/volumes/v1");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.body.at("code"), 34);
  send("POST", "/clock", {{"advance_s", 500}});
  EXPECT_EQ(array("DELETE", "/api/v1/volumes/v1").status, 200);
}

TEST_F(BehaviourTest, NamesWhatItAllows) {
  EXPECT_EQ(
      error(400, "POST", "/behaviour", {{"lisences", json::array()}}),
      "member 'lisences' is unknown; known are: failover, sync_mib_per_s, array, licenses, wsapi_build, "
      "system_version, free_mib, iscsi_vlans, in_use_after_unexport_ms, tls_max, certificate, takeover_s, link_loss");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"licenses", "all"}}), "licenses must be a list of strings");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"wsapi_build", 1}}),
            "wsapi_build must be an integer from 30103230 to 999999999");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"iscsi_vlans", {{"0:1:1", json::array()}}}}),
            "iscsi_vlans must name iSCSI ports of the array by n:s:p");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"iscsi_vlans", {{"0:2:1", {{{"vlanTag", 10}}}}}}}),
            "IPAddr of a VLAN is missing");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"array", "A"}, {"failover", "classic"}}),
            "failover is for all arrays together; leave out array");
  EXPECT_EQ(error(404, "POST", "/behaviour", {{"array", "Z"}}), "there is no array 'Z'");
}

TEST_F(BehaviourTest, ChangesNothingWhenRefused) {
  error(400, "POST", "/behaviour", {{"wsapi_build", 40200000}, {"free_mib", -1}});
  EXPECT_EQ(build_of("A"), 30301215);
}

TEST_F(BehaviourTest, IsForgottenByAReset) {
  behave({{"wsapi_build", 40200000}, {"free_mib", 0}});
  send("POST", "/reset");
  EXPECT_EQ(build_of("A"), 30301215);
  login();
  EXPECT_EQ(create(json::object()).status, 201);
}

TEST_F(BehaviourTest, ShowsSetsAndRulesAmongTheObjects) {
  array("POST", "/api/v1/volumesets", {{"name", "s1"}});
  const Reply made = array("POST", "/api/v1/qos", {{"name", "s1"}, {"type", 1}, {"ioMaxLimit", 10}});
  EXPECT_EQ(made.status, 201);
  EXPECT_NE(made.head.find("Location: /api/v1/qos/vvset:s1\r\n"), std::string::npos) << made.head;
  const json objects = send("GET", "/objects").at("arrays").at("A");
  EXPECT_EQ(objects.at("qos").at(0).at("ioMaxLimit"), 10);
  EXPECT_EQ(objects.at("volumesets").at(0).at("qosEnabled"), true);
  EXPECT_EQ(objects.at("volumesets").at(0).at("setmembers"), json::array());
}

}  // namespace
}  // namespace hpe3par::sim
