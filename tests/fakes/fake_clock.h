#pragma once

#include <mutex>

#include "hpe3par/base/clock.h"

namespace hpe3par::test {

/// A clock that moves only when told to, or when somebody sleeps on it.
class FakeClock final : public Clock {
 public:
  SteadyTime now() const override {
    const std::lock_guard hold(mutex_);
    return SteadyTime(elapsed_);
  }
  WallTime wall() const override {
    const std::lock_guard hold(mutex_);
    return WallTime(std::chrono::seconds(1'800'000'000)) + elapsed_;
  }
  void sleep_for(Millis duration) override { advance(duration); }

  void advance(Millis duration) {
    const std::lock_guard hold(mutex_);
    elapsed_ += duration;
  }

 private:
  mutable std::mutex mutex_;
  Millis elapsed_{1'000'000};
};

}  // namespace hpe3par::test
