#pragma once

#include <chrono>
#include <string>

namespace hpe3par {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;
using Millis = std::chrono::milliseconds;

/// Where time comes from. Passed through constructors, so that tests move it instead of sleeping. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime now() const = 0;
  virtual WallTime wall() const = 0;
  virtual void sleep_for(Millis duration) = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  SteadyTime now() const override;
  WallTime wall() const override;
  void sleep_for(Millis duration) override;
};

/// `2026-01-31T12:00:00Z`, the RFC 3339 form that the Docker engine parses; whole seconds, UTC.
std::string to_rfc3339(WallTime time);

}  // namespace hpe3par
