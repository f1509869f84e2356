#include "tests/property/ledger.h"

#include <gtest/gtest.h>

#include "tests/property/observed.h"

namespace hpe3par::test {
namespace {

using Numbers = Ledger::Numbers;

Observation roles(int of_a, int of_b) {
  Observation now = observed(1, {}, 1, {});
  now.arrays["A"].group.role = of_a;
  now.arrays["B"].group.role = of_b;
  return now;
}

TEST(PropertyOwnership, IsThatOfThePrimaryWhichBecameItLast) {
  Ownership ownership;
  ownership.observe(roles(1, 2));
  EXPECT_EQ(ownership.owner(), "A");
  EXPECT_FALSE(ownership.ever_changed());
  ownership.observe(roles(1, 1));
  EXPECT_EQ(ownership.owner(), "B");
  ownership.observe(roles(1, 1));
  EXPECT_EQ(ownership.owner(), "B") << "the old primary still thinks that it is one";
  ownership.observe(roles(2, 1));
  ownership.observe(roles(1, 1));
  EXPECT_EQ(ownership.owner(), "A");
  EXPECT_TRUE(ownership.ever_changed());
}

TEST(PropertyLedger, OnlyAnAcknowledgedNumberCounts) {
  Ledger ledger;
  ledger.begin("u");
  EXPECT_EQ(ledger.allowed(), Numbers{0});
  ledger.write(1, 10, true, true);
  EXPECT_EQ(ledger.allowed(), Numbers{1});
  ledger.write(2, 10, false, true);
  EXPECT_EQ(ledger.allowed(), (Numbers{1, 2}));
}

TEST(PropertyLedger, AnOrderedFailoverMakesTheOtherCopyTheTruth) {
  Ledger ledger;
  ledger.begin("u");
  const Observation together = observed(10, {}, 10, {});
  const Observation apart = observed(10, {}, 11, {});
  ledger.observe(together, together, "v1");
  ledger.write(1, 10, true, true);
  ledger.observe(together, apart, "v1");
  EXPECT_EQ(ledger.held_by(11), Numbers{1}) << "a copy of what there was";
  ledger.write(2, 10, true, true);
  EXPECT_EQ(ledger.allowed(), Numbers{2});
  ledger.take_over(11);
  EXPECT_EQ(ledger.allowed(), Numbers{1});
}

TEST(PropertyLedger, WhatHappensAtTheSameTimeMayHaveComeFirst) {
  Ledger ledger;
  ledger.begin("u");
  ledger.write(1, 10, true, true);
  ledger.write(2, 10, true, false);
  EXPECT_EQ(ledger.held_by(10), (Numbers{1, 2}));
}

TEST(PropertyLedger, ACopyThatIsMadeDuringAWriteMayHaveIt) {
  Ledger ledger;
  ledger.begin("u");
  const Observation together = observed(10, {}, 10, {});
  ledger.observe(together, together, "v1");
  ledger.observe(together, observed(10, {}, 11, {}), "v1");
  ledger.write(1, 10, true, false);
  EXPECT_EQ(ledger.held_by(11), (Numbers{0, 1}));
}

TEST(PropertyLedger, AWriteIsAcknowledgedByTheArrayThatServes) {
  const HostMount mount{"h1", "v1", 10};
  Observation now = observed(10, {"h1"}, 11, {});
  EXPECT_TRUE(is_acknowledged(now, "A", mount));
  EXPECT_FALSE(is_acknowledged(now, "B", mount)) << "another copy";
  EXPECT_FALSE(is_acknowledged(now, "A", {"h2", "v1", 10})) << "no export";
  now.arrays["A"].cut_off = {"h1"};
  EXPECT_FALSE(is_acknowledged(now, "A", mount)) << "no path";
  now.arrays["A"].cut_off.clear();
  now.arrays["A"].condition = "mgmt_down";
  EXPECT_TRUE(is_acknowledged(now, "A", mount)) << "data go on";
  now.arrays["A"].condition = "down";
  EXPECT_FALSE(is_acknowledged(now, "A", mount));
  now.arrays["A"].condition = "up";
  now.arrays["A"].group.state = GroupSide::kFailsafe;
  EXPECT_FALSE(is_acknowledged(now, "A", mount));
}

}  // namespace
}  // namespace hpe3par::test
