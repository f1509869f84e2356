#include "hpe3par/base/deadline.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "tests/fakes/fake_clock.h"

namespace hpe3par {
namespace {

using test::FakeClock;

TEST(Deadline, CountsDownAndNeverBelowZero) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock, Millis(100));
  clock.advance(Millis(40));
  EXPECT_EQ(deadline.remaining(), Millis(60));
  clock.advance(Millis(500));
  EXPECT_EQ(deadline.remaining(), Millis(0));
  EXPECT_TRUE(deadline.expired());
}

TEST(Deadline, SoonerIsNeverLater) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock, Millis(100));
  EXPECT_EQ(deadline.sooner(Millis(30)).remaining(), Millis(30));
  EXPECT_EQ(deadline.sooner(Millis(300)).remaining(), Millis(100));
}

TEST(Deadline, CancellationEndsItAndUncancelledIgnoresThat) {
  FakeClock clock;
  bool gone = false;
  const Deadline deadline = Deadline::after(clock, Millis(100), CancelToken([&] { return gone; }));
  EXPECT_FALSE(deadline.expired());
  gone = true;
  EXPECT_TRUE(deadline.expired());
  EXPECT_FALSE(deadline.uncancelled().expired());
}

TEST(Deadline, SleepEndsEarlyAtTheDeadline) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock, Millis(100));
  EXPECT_TRUE(deadline.sleep_for(Millis(60)));
  EXPECT_FALSE(deadline.sleep_for(Millis(60)));
}

TEST(Deadline, CheckSaysWhatWasGoingOn) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock, Millis(0));
  try {
    deadline.check("waiting for volume v1");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded);
    EXPECT_TRUE(std::string(error.what()).starts_with("waiting for volume v1"));
  }
}

TEST(Clock, WritesRfc3339) {
  EXPECT_EQ(to_rfc3339(WallTime(std::chrono::seconds(0))), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace hpe3par
