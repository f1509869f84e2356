#include "clock.h"

#include <gtest/gtest.h>

namespace hpe3par::sim {
namespace {

const WallTime kTime = WallTime(std::chrono::seconds(1769860800));  // 2026-01-31 12:00:00 UTC, a Saturday

TEST(MovableClock, MovesBothKindsOfTimeAndComesBack) {
  SystemClock system;
  MovableClock clock(system);
  clock.advance(std::chrono::hours(5));
  EXPECT_GE(clock.wall() - system.wall(), std::chrono::hours(4));
  EXPECT_GE(clock.now() - system.now(), std::chrono::hours(4));
  clock.reset();
  EXPECT_LT(clock.wall() - system.wall(), std::chrono::hours(1));
}

TEST(MovableClock, WritesTimesAsTheWireWantsThem) {
  EXPECT_EQ(to_http_date(kTime), "Sat, 31 Jan 2026 12:00:00 GMT");
  EXPECT_EQ(to_8601(kTime), "2026-01-31T12:00:00+00:00");
  EXPECT_EQ(to_unix(kTime), 1769860800);
}

}  // namespace
}  // namespace hpe3par::sim
