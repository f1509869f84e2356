#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "hpe3par/base/clock.h"

namespace hpe3par::sim {

/// The arrays' clock: another clock, plus what the control port advanced it by. Sleeping takes real time. Thread-safe.
class MovableClock final : public Clock {
 public:
  /// `base` must outlive this.
  explicit MovableClock(Clock& base) : base_(base) {}

  SteadyTime now() const override;
  WallTime wall() const override;
  void sleep_for(Millis duration) override;

  void advance(std::chrono::seconds by);
  /// Back to the base clock.
  void reset();

 private:
  std::chrono::seconds offset() const { return std::chrono::seconds(offset_s_.load()); }

  Clock& base_;
  std::atomic<std::chrono::seconds::rep> offset_s_{0};
};

/// `Sat, 31 Jan 2026 12:00:00 GMT`, as in the Date header.
std::string to_http_date(WallTime time);

/// `2026-01-31T12:00:00+00:00`, as in members named …8601.
std::string to_8601(WallTime time);

/// Whole seconds since 1970.
std::int64_t to_unix(WallTime time);

}  // namespace hpe3par::sim
