#include "tests/property/rules.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/property/observed.h"

namespace hpe3par::test {
namespace {

Observation mounted(Observation now, const std::vector<HostMount>& mounts) {
  now.mounts = mounts;
  return now;
}

const HostMount kFirst{"h1", "v1", 10};
const HostMount kSecond{"h2", "v1", 11};

TEST(PropertyExclusivity, TwoHostsAreOneTooMany) {
  Exclusivity rule(false);
  const Observation one = mounted(observed(10, {"h1"}, 11, {}), {kFirst});
  EXPECT_TRUE(rule.check(one, one, true).empty());
  const Observation two = mounted(observed(10, {"h1"}, 11, {"h2"}), {kFirst, kSecond});
  EXPECT_EQ(rule.check(one, two, true).size(), 1U);
}

TEST(PropertyExclusivity, WhoCouldNotBeSeenIsExcusedUntilHeGivesItBack) {
  Exclusivity rule(false);
  Observation one = mounted(observed(10, {"h1"}, 11, {}), {kFirst});
  Observation two = mounted(observed(10, {"h1"}, 11, {"h2"}), {kFirst, kSecond});
  one.arrays["A"].condition = "mgmt_down";
  EXPECT_EQ(rule.check(one, two, false).size(), 1U) << "nobody had changed the roles";
  EXPECT_TRUE(rule.check(one, two, true).empty());
  EXPECT_TRUE(rule.check(two, two, true).empty());
  EXPECT_FALSE(rule.is_spoiled("v1")) << "each has a copy of its own";
  rule.check(two, mounted(two, {kSecond}), true);
  EXPECT_EQ(rule.check(two, two, true).size(), 1U);
}

TEST(PropertyExclusivity, NothingExcusesTwoWritersOfOneCopy) {
  Exclusivity rule(false);
  const HostMount same{"h2", "v1", 10};
  Observation one = mounted(observed(11, {"h1"}, 10, {}), {kFirst});
  Observation two = mounted(observed(11, {"h1"}, 10, {"h2"}), {kFirst, same});
  one.arrays["A"].condition = "down";
  EXPECT_TRUE(rule.check(one, two, true).empty()) << "the first one has no path to that copy";
  EXPECT_TRUE(rule.is_spoiled("v1"));
  const Observation following = mounted(observed(10, {"h1"}, 10, {"h2"}), {kFirst, same});
  EXPECT_EQ(rule.check(two, following, true).size(), 1U);
}

struct DeadHost {
  Observation before = mounted(observed(10, {"h1"}, 10, {"h1"}), {kFirst});
  Observation now = mounted(observed(10, {"h2"}, 10, {"h2"}), {kFirst, {"h2", "v1", 10}});

  DeadHost() {
    for (const char* array : kBoth) before.arrays[array].cut_off = now.arrays[array].cut_off = {"h1"};
  }
  std::size_t findings(bool fences_dead) const { return Exclusivity(fences_dead).check(before, now, false).size(); }
};

TEST(PropertyExclusivity, AHostWithoutPathsMayLoseItsVolume) {
  DeadHost dead;
  EXPECT_EQ(dead.findings(true), 0U);
  EXPECT_EQ(dead.findings(false), 1U) << "the policy is to refuse";
  dead.before.arrays["B"].cut_off.clear();
  EXPECT_EQ(dead.findings(true), 0U) << "lost while the other one waited";
  dead.now.arrays["B"].cut_off.clear();
  EXPECT_EQ(dead.findings(true), 1U) << "it has a path to B";
  dead.before.arrays["B"].condition = "down";
  EXPECT_EQ(dead.findings(true), 0U) << "which could not tell";
}

TEST(PropertyExclusivity, AHostThatLostItsVolumeCanNeverWriteToItAgain) {
  DeadHost dead;
  Exclusivity rule(true);
  rule.check(dead.before, dead.now, false);
  ASSERT_EQ(rule.fenced().size(), 1U);
  EXPECT_EQ(rule.fenced().front().host, "h1");
  EXPECT_FALSE(rule.is_spoiled("v1"));
  EXPECT_TRUE(rule.check(dead.now, dead.now, false).empty()) << "until it has given it back";
  Observation both_without = dead.now;
  for (const char* array : kBoth) both_without.arrays[array].cut_off = {"h1", "h2"};
  EXPECT_TRUE(rule.check(both_without, both_without, false).empty()) << "the other one did not lose it for that";
  Observation back = dead.now;
  back.arrays["B"].volumes["v1"].hosts = {"h1"};
  EXPECT_TRUE(rule.check(dead.now, back, false).empty()) << "B was silent then, and lets nobody write yet";
  back.arrays["B"].group.role = 1;
  EXPECT_EQ(rule.check(dead.now, back, false).size(), 1U);
  rule.begin_anew("h1", "v1");
  rule.check(back, mounted(back, {kFirst}), false);
  EXPECT_TRUE(rule.check(back, mounted(back, {kFirst}), false).empty());
}

TEST(PropertyCopies, OnlyOurDoingIsCounted) {
  Copies rule;
  const auto report = [](const char* by) {
    return nlohmann::json{{"writable_twice", {{{"volume", "v1"}, {"arrays", {"A", "B"}}, {"by", by}}}},
                          {"exported_secondaries", nlohmann::json::array()}};
  };
  EXPECT_TRUE(rule.check(report("array"), false).empty());
  EXPECT_TRUE(rule.check(report("hpe3pard/1"), true).empty());
  EXPECT_TRUE(rule.check(report("hpe3pard/1"), false).empty()) << "told once";
  EXPECT_EQ(rule.check(report("hpe3pard/2"), false).size(), 1U);
}

TEST(PropertyRefusal, IsOneSentenceThatNamesTheVolume) {
  EXPECT_TRUE(check_refusal("volume v1 is not mounted: array A says no", "v1", "secret").empty());
  EXPECT_EQ(check_refusal("there is no such volume", "v1", "secret").size(), 1U);
  EXPECT_EQ(check_refusal("volume v1:\nno", "v1", "secret").size(), 1U);
  EXPECT_EQ(check_refusal("volume v1: the secret was wrong", "v1", "secret").size(), 1U);
  EXPECT_EQ(check_refusal("volume v1 " + std::string(1020, 'x'), "v1", "secret").size(), 1U);
  EXPECT_EQ(check_refusal("v1", "v1", "secret").size(), 1U);
}

}  // namespace
}  // namespace hpe3par::test
