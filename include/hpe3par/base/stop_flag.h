#pragma once

#include <atomic>

#include "hpe3par/base/clock.h"

namespace hpe3par {

/// Set once, when the process was told to end. Thread-safe.
class StopFlag {
 public:
  explicit StopFlag(Clock& clock) : clock_(clock) {}

  void request() {
    requested_at_ = clock_.now().time_since_epoch().count();
    requested_ = true;
  }

  bool requested() const { return requested_; }

  /// True when the request is at least that old: time to give up what should have been finished by now.
  bool requested_for(Millis duration) const {
    return requested_ && clock_.now() - SteadyTime(SteadyTime::duration(requested_at_)) >= duration;
  }

 private:
  Clock& clock_;
  std::atomic<bool> requested_ = false;
  std::atomic<SteadyTime::rep> requested_at_ = 0;
};

}  // namespace hpe3par
