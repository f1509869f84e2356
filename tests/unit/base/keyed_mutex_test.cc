#include "hpe3par/base/keyed_mutex.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

TEST(KeyedMutex, SameKeyExcludesOtherKeyDoesNot) {
  SystemClock clock;
  KeyedMutex mutex;
  const auto held = mutex.lock("v1", Deadline::after(clock, Millis(1000)));
  EXPECT_EQ(mutex.try_lock("v1"), nullptr);
  EXPECT_NE(mutex.try_lock("v2"), nullptr);
}

TEST(KeyedMutex, WaitEndsAtTheDeadlineAndNamesTheKey) {
  SystemClock clock;
  KeyedMutex mutex;
  const auto held = mutex.lock("volume v1", Deadline::after(clock, Millis(1000)));
  try {
    mutex.lock("volume v1", Deadline::after(clock, Millis(30)));
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::deadline_exceeded);
    EXPECT_NE(std::string(error.what()).find("volume v1"), std::string::npos);
  }
}

TEST(KeyedMutex, AWaiterWhosePeerHungUpGivesUp) {
  SystemClock clock;
  KeyedMutex mutex;
  const auto held = mutex.lock("v1", Deadline::after(clock, Millis(1000)));
  const Deadline hung_up = Deadline::after(clock, Millis(10'000), CancelToken([] { return true; }));
  try {
    mutex.lock("v1", hung_up);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::aborted);
  }
}

TEST(KeyedMutex, ManyThreadsTakeTurns) {
  SystemClock clock;
  KeyedMutex mutex;
  std::atomic<int> inside = 0;
  std::atomic<int> rounds = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) {
        const auto guard = mutex.lock("v1", Deadline::after(clock, Millis(30'000)));
        EXPECT_EQ(++inside, 1);
        --inside;
        ++rounds;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rounds, 800);
}

}  // namespace
}  // namespace hpe3par
