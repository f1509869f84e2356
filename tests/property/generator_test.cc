#include "tests/property/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hpe3par::test {
namespace {

TEST(PropertyGenerator, ASeedIsAlwaysTheSamePlan) {
  EXPECT_EQ(generate(7), generate(7));
  EXPECT_NE(generate(7), generate(8));
}

TEST(PropertyGenerator, PlansCanBePasted) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) EXPECT_EQ(parse_plan(to_text(generate(seed))), generate(seed));
}

TEST(PropertyGenerator, EverythingThatCanHappenDoes) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Plan plan = generate(seed);
    seen.insert(plan.persistent ? "peer_persistence" : "synchronous");
    for (const Step& step : plan.steps) {
      const bool of_host = step.word(0).starts_with("h");
      seen.insert(step.word(0));
      if (plan.mirrored) seen.insert("mirrored");
      seen.insert(of_host ? step.word(1) : step.word(0) + " " + step.words.back());
    }
    EXPECT_FALSE(plan.steps.back().together) << "there is no next one";
  }
  for (const char* each : {"synchronous", "peer_persistence",
                           "create",      "remove",
                           "mount",       "unmount",
                           "get",         "list",
                           "write",       "kill",
                           "start",       "crash",
                           "A down",      "B down",
                           "A mgmt_down", "A hang",
                           "A up",        "links down",
                           "links up",    "witness down",
                           "witness up",  "op 3",
                           "op 4",        "op 7",
                           "op 8",        "op 9",
                           "op 10",       "op 11",
                           "clock 20",    "clock 400",
                           "paths",       "mirrored",
                           "h3"})
    EXPECT_TRUE(seen.contains(each)) << each;
}

}  // namespace
}  // namespace hpe3par::test
