#include "attempt.h"

#include <gtest/gtest.h>

#include "backoff.h"

namespace hpe3par::wsapi {
namespace {

using Repeat = Request::Repeat;

Attempt attempt(Verdict verdict, bool sent) {
  return {verdict, sent, {}, Error(ErrorKind::unavailable, "x")};
}

TEST(Repetition, WhatWasNeverSentMayAlwaysBeRepeated) {
  EXPECT_TRUE(may_repeat(attempt(Verdict::failed, false), Repeat::if_not_done));
  EXPECT_TRUE(may_repeat(attempt(Verdict::failed, false), Repeat::freely));
}

TEST(Repetition, WhatMayHaveBeenReceivedIsRepeatedOnlyWhenThatIsHarmless) {
  EXPECT_TRUE(may_repeat(attempt(Verdict::failed, true), Repeat::freely));
  EXPECT_FALSE(may_repeat(attempt(Verdict::failed, true), Repeat::if_not_done));
}

TEST(Repetition, BusyIsRepeated) {
  EXPECT_TRUE(may_repeat(attempt(Verdict::busy, true), Repeat::if_not_done));
  EXPECT_GT(attempts_allowed(Verdict::busy), 3);
}

TEST(Repetition, AnswersOfTheArrayAndTheEndOfTimeAreFinal) {
  for (const Verdict v : {Verdict::denied, Verdict::expired, Verdict::broken, Verdict::hopeless, Verdict::over}) {
    EXPECT_FALSE(may_repeat(attempt(v, true), Repeat::freely));
    EXPECT_EQ(attempts_allowed(v), 1);
  }
}

TEST(Repetition, TheOutcomeIsUnknownOnlyOfWhatWasSent) {
  for (const Verdict v : {Verdict::failed, Verdict::broken, Verdict::over}) {
    EXPECT_TRUE(outcome_unknown(attempt(v, true)));
    EXPECT_FALSE(outcome_unknown(attempt(v, false)));
  }
  for (const Verdict v : {Verdict::denied, Verdict::busy, Verdict::expired, Verdict::hopeless}) {
    EXPECT_FALSE(outcome_unknown(attempt(v, true)));
  }
}

TEST(Backoff, DoublesUpToItsLimitWithJitter) {
  for (int run = 0; run < 100; ++run) {
    Backoff backoff(Millis(100), Millis(350));
    for (const int full : {100, 200, 350, 350}) {
      const auto pause = backoff.next().count();
      EXPECT_GE(pause, full / 2);
      EXPECT_LE(pause, full);
    }
  }
}

}  // namespace
}  // namespace hpe3par::wsapi
