#include "capacity.h"

#include <fstream>

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class CapacityTest : public ModelTest {
 protected:
  void add_thin_volume(const std::string& name, std::int64_t size_mib) {
    ask("POST", "volumes", {{"name", name}, {"cpg", "cpg1"}, {"sizeMiB", size_mib}, {"tpvv", true}});
  }

  void write(const std::string& volume, std::size_t mib) {
    std::ofstream file(volume_file(volume), std::ios::in | std::ios::binary);
    file << std::string(mib << 20U, 'x');
  }
};

TEST_F(CapacityTest, CountsFullVolumesWholeAndThinOnesAsWritten) {
  add_volume("full", 1024);
  add_thin_volume("thin", 1024);
  EXPECT_EQ(get("volumes/full").at("userSpace").at("usedMiB"), 1024);
  EXPECT_EQ(get("volumes/thin").at("totalUsedMiB"), 0);
  write("thin", 3);
  const json thin = get("volumes/thin");
  EXPECT_GE(thin.at("totalUsedMiB"), 3);
  EXPECT_LE(thin.at("totalUsedMiB"), 4);
  EXPECT_EQ(thin.at("userSpace").at("reservedMiB"), 256);
  EXPECT_EQ(get("cpgs/cpg1").at("UsrUsage").at("usedMiB"), 1280);
}

TEST_F(CapacityTest, IsReportedByKindOfDisk) {
  add_volume("full", 1024);
  const json capacity = get("capacity");
  EXPECT_EQ(capacity.at("allCapacity"), capacity.at("SSDCapacity"));
  EXPECT_EQ(capacity.at("FCCapacity").at("totalMiB"), 0);
  EXPECT_EQ(capacity.at("NLCapacity").at("allocated").at("volumes").at("CPGsMiB"), 0);
  const json& all = capacity.at("allCapacity");
  EXPECT_EQ(all.at("allocated").at("totalAllocatedMiB"), 2048) << "raw";
  EXPECT_EQ(all.at("freeMiB").get<std::int64_t>(), all.at("totalMiB").get<std::int64_t>() - 2048);
  const json system = get("system");
  EXPECT_EQ(system.at("totalCapacityMiB"), all.at("totalMiB"));
  EXPECT_EQ(system.at("allocatedCapacityMiB"), 2048.0);
}

TEST_F(CapacityTest, OfACpgIsWhatItsLimitLeaves) {
  ask("POST", "cpgs", {{"name", "c"}, {"growthLimitMiB", 4096}});
  ask("POST", "volumes", {{"name", "v1"}, {"cpg", "c"}, {"sizeMiB", 1024}});
  const json space = ask("POST", "spacereporter", {{"cpg", "c"}}).body;
  EXPECT_EQ(space.at("usableFreeMiB"), 3072);
  EXPECT_EQ(space.at("rawFreeMiB"), 6144);
  EXPECT_EQ(space.at("overProvisionedVirtualSizeMiB"), 1024);
  EXPECT_TRUE(space.at("capacityEfficiency").contains("compaction"));
  EXPECT_EQ(refusal("POST", "spacereporter", {{"cpg", "nix"}}), "15 cpg");
  EXPECT_EQ(refusal("POST", "spacereporter"), "78 cpg,LDLayout");
  EXPECT_EQ(refusal("POST", "spacereporter", {{"LDLayout", {{"RAIDType", 3}}}}), "");
}

TEST_F(CapacityTest, RunsOutForFullVolumesOnly) {
  model_.behaviour.capacity_mib = 2048;
  add_volume("v1", 1024);
  EXPECT_EQ(refusal("POST", "volumes", {{"name", "v2"}, {"cpg", "cpg1"}, {"sizeMiB", 1280}}), "24");
  EXPECT_EQ(status_of(Code::no_space), 400);
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 1280}}), "24");
  add_thin_volume("v3", 8192);
  EXPECT_EQ(refusal("PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 1024}}), "");
  EXPECT_EQ(ask("POST", "spacereporter", {{"cpg", "cpg1"}}).body.at("usableFreeMiB"), 0);
}

}  // namespace
}  // namespace hpe3par::sim
