#include "cpgs.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using CpgsTest = ModelTest;

TEST_F(CpgsTest, AreTwoAtTheStart) {
  const json cpgs = members("cpgs");
  ASSERT_EQ(cpgs.size(), 2U);
  EXPECT_EQ(cpgs.at(0).at("name"), "cpg1");
  EXPECT_EQ(cpgs.at(1).at("name"), "cpg2");
  EXPECT_FALSE(cpgs.at(0).contains("domain"));
  EXPECT_EQ(refusal("GET", "cpgs/nix"), "15");
}

TEST_F(CpgsTest, AreCreatedChangedAndDeleted) {
  EXPECT_EQ(ask("POST", "cpgs",
                {{"name", "c"}, {"domain", "dom1"}, {"growthLimitMiB", 4096}, {"LDLayout", {{"RAIDType", 2}}}})
                .location,
            "/api/v1/cpgs/c");
  EXPECT_EQ(get("cpgs/c").at("domain"), "dom1");
  EXPECT_EQ(get("cpgs/c").at("SDGrowth").at("limitMiB"), 4096);
  EXPECT_EQ(refusal("POST", "cpgs", {{"name", "c"}}), "14");
  EXPECT_EQ(refusal("POST", "cpgs", {{"name", "d"}, {"domain", "nix"}}), "38 domain");
  EXPECT_EQ(refusal("POST", "cpgs", {{"name", "d"}, {"LDLayout", {{"RAIDType", 9}}}}), "46 RAIDType");
  ask("PUT", "cpgs/c", {{"newName", "d"}, {"rmGrowthLimit", true}});
  EXPECT_FALSE(get("cpgs/d").at("SDGrowth").contains("limitMiB"));
  ask("DELETE", "cpgs/d");
  EXPECT_EQ(members("cpgs").size(), 2U);
}

TEST_F(CpgsTest, StopGrowingAndWarningOnRequest) {
  ask("POST", "cpgs", {{"name", "c"}, {"growthLimitMiB", 4096}, {"usedLDWarningAlertMiB", 2048}});
  EXPECT_EQ(get("cpgs/c").at("SDGrowth").at("warningMiB"), 2048);
  ask("PUT", "cpgs/c", {{"disableAutoGrow", true}, {"rmGrowthLimit", true}, {"rmWarningAlert", true}});
  EXPECT_EQ(get("cpgs/c").at("SDGrowth").at("incrementMiB"), 0);
  EXPECT_FALSE(get("cpgs/c").at("SDGrowth").contains("limitMiB"));
  EXPECT_FALSE(get("cpgs/c").at("SDGrowth").contains("warningMiB"));
}

TEST_F(CpgsTest, AreUnchangedByARefusedChange) {
  EXPECT_EQ(refusal("PUT", "cpgs/cpg1", {{"growthLimitMiB", 1024}, {"LDLayout", {{"HA", 4}}}}), "46 HA");
  const json pattern = {{"LDLayout", {{"diskPatterns", {{{"diskType", 4}}}}}}};
  EXPECT_EQ(refusal("PUT", "cpgs/cpg1", pattern), "46 diskType");
  EXPECT_FALSE(get("cpgs/cpg1").at("SDGrowth").contains("limitMiB"));
}

TEST_F(CpgsTest, AreNotDeletedWhileUsed) {
  add_volume("v1");
  EXPECT_EQ(refusal("DELETE", "cpgs/cpg1"), "34");
  EXPECT_EQ(get("cpgs/cpg1").at("numFPVVs"), 1);
}

TEST_F(CpgsTest, LimitFullyProvisionedVolumes) {
  ask("POST", "cpgs", {{"name", "c"}, {"growthLimitMiB", 1024}});
  const json body = {{"name", "v1"}, {"cpg", "c"}, {"sizeMiB", 768}};
  EXPECT_EQ(refusal("POST", "volumes", body), "");
  EXPECT_EQ(refusal("POST", "volumes", {{"name", "v2"}, {"cpg", "c"}, {"sizeMiB", 512}}), "24");
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 512}}), "153");
  EXPECT_EQ(refusal("POST", "volumes", {{"name", "v2"}, {"cpg", "c"}, {"sizeMiB", 512}, {"tpvv", true}}), "");
}

TEST_F(CpgsTest, GiveVolumesTheirDomain) {
  ask("POST", "cpgs", {{"name", "c"}, {"domain", "dom1"}});
  ask("POST", "volumes", {{"name", "v1"}, {"cpg", "c"}, {"sizeMiB", 256}});
  EXPECT_EQ(get("volumes/v1").at("domain"), "dom1");
}

TEST_F(CpgsTest, CanBeAskedForByName) {
  EXPECT_EQ(members("cpgs", "\"name EQ cpg2\"").size(), 1U);
}

}  // namespace
}  // namespace hpe3par::sim
