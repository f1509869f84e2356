#include "ports.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using PortsTest = ModelTest;

TEST_F(PortsTest, AreReadyOfEachKind) {
  for (const json& port : members("ports")) {
    EXPECT_EQ(port.at("linkState"), 4);
    EXPECT_EQ(port.at("device"), json::array());
  }
  EXPECT_EQ(members("ports", "\"protocol EQ 1 AND mode EQ 2\"").size(), 4U);
  EXPECT_EQ(members("ports", "\"type EQ 8 OR type EQ 7\"").size(), 4U);
}

TEST_F(PortsTest, CarryTheSystemIdInTheirNames) {
  EXPECT_EQ(get("ports/1:1:2").at("portWWN"), "21120002AC02DEF6");
  const json iscsi = get("ports/0:2:1");
  EXPECT_EQ(iscsi.at("iSCSIName"), "iqn.2000-05.com.3pardata:20210002ac02def6");
  EXPECT_EQ(iscsi.at("IPAddr"), iscsi.at("iSCSIPortInfo").at("IPAddr"));
  EXPECT_TRUE(iscsi.at("iSCSIPortInfo").contains("vlan"));
  EXPECT_EQ(get("ports/0:3:1").at("protocol"), 4);
}

TEST_F(PortsTest, RefuseUnknownAndImpossiblePositions) {
  EXPECT_EQ(refusal("GET", "ports/0:9:1"), "20");
  for (const char* text : {"8:1:1", "0:1", "a:b:c", "0:1:1:1", "-1:1:1"})
    EXPECT_EQ(refusal("GET", std::string("ports/") + text), "55 portPos") << text;
}

TEST_F(PortsTest, CarryNoVlans) {
  EXPECT_EQ(get("ports/0:2:1/iSCSIVlans/"), json({{"iSCSIVlans", json::array()}}));
  EXPECT_EQ(refusal("GET", "ports/0:1:1/iSCSIVlans"), "21");
  EXPECT_EQ(refusal("GET", "ports/0:9:1/iSCSIVlans"), "20");
}

}  // namespace
}  // namespace hpe3par::sim
