#include "flash_cache.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using FlashCacheTest = ModelTest;

TEST_F(FlashCacheTest, IsMadeOnceAndDeleted) {
  EXPECT_EQ(refusal("GET", "flashcache"), "285");
  EXPECT_EQ(refusal("DELETE", "flashcache"), "285");
  EXPECT_EQ(ask("POST", "", {{"flashCache", {{"sizeGiB", 64}, {"mode", 1}}}}).status, 201);
  EXPECT_EQ(get("flashcache"), json({{"sizeGiB", 64}, {"mode", 1}}));
  EXPECT_EQ(refusal("POST", "", {{"flashCache", {{"sizeGiB", 64}}}}),
            std::to_string(wire_number(Code::existent_flash_cache)));
  ask("DELETE", "flashcache");
  EXPECT_EQ(refusal("GET", "flashcache"), "285");
}

TEST_F(FlashCacheTest, IsNotNeededForThePolicyOfASet) {
  ask("POST", "volumesets", {{"name", "s1"}});
  ask("PUT", "volumesets/s1", {{"flashCachePolicy", 1}});
  EXPECT_EQ(get("volumesets/s1").at("flashCachePolicy"), 1);
}

TEST_F(FlashCacheTest, IsUnknownToOldBuilds) {
  model_.behaviour.build = 30201120;
  ask("POST", "volumesets", {{"name", "s1"}});
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"flashCachePolicy", 1}}), "12 flashCachePolicy");
  EXPECT_EQ(refusal("GET", "flashcache"), "11");
}

}  // namespace
}  // namespace hpe3par::sim
