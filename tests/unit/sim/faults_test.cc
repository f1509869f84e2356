#include "faults.h"

#include <gtest/gtest.h>

namespace hpe3par::sim {
namespace {

Fault fault(FaultKind kind, int count = 1) {
  return {.kind = kind, .method = "POST", .route = "/api/v1/volumes", .count = count};
}

TEST(Faults, StrikeOnlyWhatTheyNameExactly) {
  Faults faults;
  faults.add(fault(FaultKind::error));
  EXPECT_FALSE(faults.take("GET", "/api/v1/volumes").failure);
  EXPECT_FALSE(faults.take("POST", "/api/v1/volumes/{name}").failure);
  EXPECT_TRUE(faults.take("POST", "/api/v1/volumes").failure);
}

TEST(Faults, WithoutMethodAndRouteStrikeEverything) {
  Faults faults;
  faults.add({.kind = FaultKind::reset});
  EXPECT_TRUE(faults.take("DELETE", "/api/v1/vluns/{id}").failure);
}

TEST(Faults, AreUsedUpAfterTheirCount) {
  Faults faults;
  faults.add(fault(FaultKind::error, 2));
  EXPECT_TRUE(faults.take("POST", "/api/v1/volumes").failure);
  EXPECT_TRUE(faults.take("POST", "/api/v1/volumes").failure);
  EXPECT_FALSE(faults.take("POST", "/api/v1/volumes").failure);
  EXPECT_EQ(faults.fired(), 2);
}

TEST(Faults, OfCountZeroStayUntilCleared) {
  Faults faults;
  faults.add(fault(FaultKind::error, 0));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(faults.take("POST", "/api/v1/volumes").failure);
  faults.clear();
  EXPECT_FALSE(faults.take("POST", "/api/v1/volumes").failure);
  EXPECT_EQ(faults.fired(), 5);
}

TEST(Faults, StrikeInTheOrderInWhichTheyWereAskedFor) {
  Faults faults;
  faults.add(fault(FaultKind::error));
  faults.add(fault(FaultKind::reset));
  EXPECT_EQ(faults.take("POST", "/api/v1/volumes").failure->kind, FaultKind::error);
  EXPECT_EQ(faults.take("POST", "/api/v1/volumes").failure->kind, FaultKind::reset);
}

TEST(Faults, LetPassWhatTheyAreToSkip) {
  Faults faults;
  faults.add({.kind = FaultKind::error, .method = "POST", .skip = 2});
  EXPECT_FALSE(faults.take("POST", "/a").failure);
  EXPECT_FALSE(faults.take("GET", "/a").failure) << "does not match, so it is not counted";
  EXPECT_FALSE(faults.take("POST", "/a").failure);
  EXPECT_TRUE(faults.take("POST", "/a").failure);
  EXPECT_EQ(faults.fired(), 1);
}

TEST(Faults, OfANameStrikeWhereItIsSaid) {
  Faults faults;
  faults.add({.kind = FaultKind::error, .count = 0, .name = "dcv-v1"});
  EXPECT_FALSE(faults.take("GET", "/a", "/a/dcv-v2").failure);
  EXPECT_TRUE(faults.take("GET", "/a", "/a/dcv-v1").failure);
  faults.clear("dcv-v2");
  EXPECT_TRUE(faults.take("GET", "/a", "/a/dcv-v1").failure);
  const Faults::Plan plan = faults.take("GET", "/a", "/a/dcv-v1");
  EXPECT_FALSE(*plan.cleared);
  faults.clear("dcv-v1");
  EXPECT_TRUE(*plan.cleared);
  EXPECT_FALSE(faults.take("GET", "/a", "/a/dcv-v1").failure);
}

TEST(Faults, AnswerWhatBefitsTheirKind) {
  EXPECT_EQ(answer_of({.kind = FaultKind::error, .code = 6}, "GET").status, 500);
  EXPECT_EQ(answer_of({.kind = FaultKind::error, .status = 403, .code = 6}, "GET").body,
            R"({"code":6,"desc":"invalid session key"})");
  EXPECT_EQ(answer_of({.kind = FaultKind::wrong_shape}, "POST").status, 201);
  EXPECT_EQ(answer_of({.kind = FaultKind::wrong_shape}, "GET").status, 200);
  EXPECT_EQ(answer_of({.kind = FaultKind::wrong_shape, .body = ""}, "GET").body, "");
  EXPECT_EQ(answer_of({.kind = FaultKind::hang_after}, "GET").delivery, Delivery::hang);
  EXPECT_EQ(answer_of({.kind = FaultKind::die_after}, "GET").delivery, Delivery::reset);
  EXPECT_TRUE(kills_the_array(FaultKind::die) && kills_the_array(FaultKind::die_after));
  EXPECT_FALSE(kills_the_array(FaultKind::reset_after));
  EXPECT_TRUE(comes_after_the_effect(FaultKind::empty_after));
  EXPECT_FALSE(comes_after_the_effect(FaultKind::latency));
}

TEST(Faults, CombineALatencyWithAFailure) {
  Faults faults;
  faults.add({.kind = FaultKind::latency, .delay = Millis(20), .count = 0});
  faults.add(fault(FaultKind::error));
  const Faults::Plan plan = faults.take("POST", "/api/v1/volumes");
  EXPECT_EQ(plan.delay, Millis(20));
  EXPECT_EQ(plan.failure->kind, FaultKind::error);
  EXPECT_EQ(faults.fired(), 2);
}

TEST(Faults, HaveOneWordPerKind) {
  EXPECT_EQ(fault_kind_words(),
            "error, error_after, latency, reset, reset_after, hang, hang_after, garbage, html, html_after, empty, "
            "empty_after, wrong_shape, wrong_shape_after, die, die_after");
  EXPECT_EQ(parse_fault_kind("reset_after"), FaultKind::reset_after);
  EXPECT_EQ(parse_fault_kind("explode"), std::nullopt);
}

}  // namespace
}  // namespace hpe3par::sim
