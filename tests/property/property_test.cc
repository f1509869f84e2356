// Random sequences of everything that can happen to two hosts and two arrays. See docs/property-test.md.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/property/generator.h"
#include "tests/property/regressions.h"
#include "tests/property/runner.h"

namespace hpe3par::test {
namespace {

constexpr int kLanes = 12;

std::string setting(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

void expect_well(const std::vector<Plan>& plans, const std::vector<std::string>& names) {
  const int lanes = std::stoi(setting("HPE3PAR_PROPERTY_LANES", std::to_string(kLanes)));
  const bool with_logs = !setting("HPE3PAR_PROPERTY_LOGS", "").empty();
  int steps = 0;
  std::vector<std::pair<std::size_t, std::string>> failures;
  run_trials(plans, lanes, [&](std::size_t index, const Verdict& verdict) {
    steps += verdict.steps;
    if (!setting("HPE3PAR_PROPERTY_TELL", "").empty())
      std::printf("%s: %s\n", names[index].c_str(), describe(plans[index], verdict).c_str());
    if (!verdict.failed()) return;
    failures.emplace_back(index, describe(plans[index], verdict) + (with_logs ? verdict.logs : ""));
    std::printf("FAILED %s\n%s\n", names[index].c_str(), failures.back().second.c_str());
    std::fflush(stdout);
  });
  std::printf("%zu sequences, %d steps, %zu failed\n", plans.size(), steps, failures.size());
  for (const auto& [index, text] : failures) {
    ADD_FAILURE() << names[index] << ": " << text;
    if (setting("HPE3PAR_PROPERTY_SHRINK", "").empty()) continue;
    std::printf("shrunk %s: %s\n", names[index].c_str(), to_text(shrink_by_running(plans[index], lanes)).c_str());
    std::fflush(stdout);
  }
}

void expect_well(const std::string& seeds) {
  std::vector<Plan> plans;
  std::vector<std::string> names;
  for (const std::uint64_t seed : parse_seeds(seeds)) {
    plans.push_back(generate(seed));
    names.push_back("seed " + std::to_string(seed));
  }
  expect_well(plans, names);
}

class Property : public testing::TestWithParam<const char*> {};

TEST_P(Property, HoldsInEverySequence) {
  expect_well(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Values("1-40", "41-80", "81-120", "121-160", "161-200", "201-240"),
                         [](const auto& batch) {
                           return "From" + std::string(batch.param).substr(0, std::string(batch.param).find('-'));
                         });

TEST(PropertyRegression, WhatOnceFailedDoesNotFailAgain) {
  std::vector<Plan> plans;
  std::vector<std::string> names;
  for (const char* text : kRegressions) {
    plans.push_back(parse_plan(text));
    names.emplace_back(text);
  }
  expect_well(plans, names);
}

/// For scripts/property-test.
TEST(PropertySearch, HoldsForTheSeedsOrThePlanThatAreAskedFor) {
  const std::string seeds = setting("HPE3PAR_PROPERTY_SEEDS", "");
  const std::string plan = setting("HPE3PAR_PROPERTY_PLAN", "");
  if (seeds.empty() && plan.empty()) GTEST_SKIP() << "scripts/property-test asks";
  if (!plan.empty()) return expect_well({parse_plan(plan)}, {plan});
  expect_well(seeds);
}

}  // namespace
}  // namespace hpe3par::test
