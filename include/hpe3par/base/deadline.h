#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "hpe3par/base/clock.h"

namespace hpe3par {

/// Tells whether the caller has lost interest: its peer hung up, or the daemon is stopping. Copyable, thread-safe.
class CancelToken {
 public:
  /// Never cancelled.
  CancelToken() = default;
  /// @param cancelled polled about every 50 ms by whoever waits; must be cheap and thread-safe
  explicit CancelToken(std::function<bool()> cancelled);

  bool cancelled() const;

 private:
  std::shared_ptr<const std::function<bool()>> probe_;
};

/// The point in time by which a call must have been answered, with the caller's CancelToken. There is no "never".
///
/// Every function that can wait takes one: locks, array requests, device waits, subprocesses. Copyable, thread-safe.
/// The Clock must outlive it.
class Deadline {
 public:
  static Deadline after(Clock& clock, Millis budget, CancelToken cancel = {});

  /// Time left, never negative; 0 once cancelled.
  Millis remaining() const;
  bool expired() const { return remaining() == Millis::zero(); }
  bool cancelled() const { return cancel_.cancelled(); }

  /// At most `budget` from now, and never later than this one.
  Deadline sooner(Millis budget) const;

  /// Same point in time, but deaf to cancellation: for undoing what a cancelled call did.
  Deadline uncancelled() const;

  /// Sleeps `duration`, in slices, and returns early (false) when this deadline ends first.
  bool sleep_for(Millis duration) const;

  /// @throws Error aborted when cancelled, deadline_exceeded when over; the sentence begins with `activity`, e.g.
  ///         "waiting for volume v1"
  void check(std::string_view activity) const;

  Clock& clock() const { return *clock_; }

 private:
  Deadline(Clock& clock, SteadyTime at, CancelToken cancel);

  Clock* clock_;
  SteadyTime at_;
  CancelToken cancel_;
};

}  // namespace hpe3par
