#include "system.h"

#include "fixture.h"
#include "releases.h"

namespace hpe3par::sim {
namespace {

using SystemTest = ModelTest;

TEST_F(SystemTest, IsNamedAfterTheArray) {
  const nlohmann::json system = get("system");
  EXPECT_EQ(system.at("name"), "A");
  EXPECT_EQ(system.at("id"), 188150);
  EXPECT_EQ(system.at("serialNumber"), "16188150");
  EXPECT_NE(system.at("licenseInfo").at("licenses").dump().find("Remote Copy"), std::string::npos);
}

TEST(System, IdsComeFromNamesAndDiffer) {
  EXPECT_EQ(system_id_of("A"), system_id_of("A"));
  EXPECT_NE(system_id_of("A"), system_id_of("B"));
}

TEST(System, BuildsTellTheGeneration) {
  EXPECT_EQ(api_version(build_of(Profile::three_par)).at("build"), 30301215);
  EXPECT_EQ(api_version(build_of(Profile::primera)).at("build"), 40200000);
  EXPECT_EQ(api_version(build_of(Profile::alletra_mp)).at("build"), 100500043);
}

}  // namespace
}  // namespace hpe3par::sim
