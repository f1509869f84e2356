#include "tests/property/shrinker.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace hpe3par::test {
namespace {

bool has(const Plan& plan, const std::string& line) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return to_text(step) == line; });
}

Plan shrink_for(const Plan& plan, const std::function<bool(const Plan&)>& fails) {
  return shrink(plan, [&](const std::vector<Plan>& candidates) {
    std::vector<bool> results;
    for (const Plan& each : candidates) results.push_back(fails(each));
    return results;
  });
}

Plan long_plan() {
  Plan plan = parse_plan("peer_persistence serve dead; h1 create v1");
  for (int number = 1; number <= 20; ++number) plan.steps.push_back(parse_step("clock " + std::to_string(number)));
  return plan;
}

TEST(PropertyShrinker, KeepsNothingButWhatIsNeeded) {
  const Plan shrunk =
      shrink_for(long_plan(), [](const Plan& plan) { return has(plan, "clock 3") && has(plan, "clock 17"); });
  EXPECT_EQ(to_text(shrunk), "peer_persistence serve dead; clock 3; clock 17");
}

TEST(PropertyShrinker, KeepsAPlanOfWhichAllIsNeeded) {
  const Plan plan = long_plan();
  EXPECT_EQ(shrink_for(plan, [&](const Plan& each) { return each == plan; }), plan);
}

TEST(PropertyShrinker, EndsWithNothingIfThatFailsToo) {
  EXPECT_TRUE(shrink_for(long_plan(), [](const Plan&) { return true; }).steps.empty());
}

TEST(PropertyShrinker, LeavesNothingThatWaitsForANextStep) {
  const Plan shrunk = shrink_for(parse_plan("synchronous; A down &; A up"), [](const Plan& plan) {
    return !plan.steps.empty() && plan.steps.front().word(1) == "down";
  });
  EXPECT_EQ(to_text(shrunk), "synchronous serve refuse; A down");
}

}  // namespace
}  // namespace hpe3par::test
