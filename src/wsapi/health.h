#pragma once

#include <mutex>
#include <optional>

#include "hpe3par/base/clock.h"
#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// Keeps what the last requests told about an array. Thread-safe.
class HealthRecord {
 public:
  explicit HealthRecord(Clock& clock);

  /// How long a request waited that was not answered.
  enum class Patience {
    full,  ///< as long as it made sense, or it failed for a reason of its own
    brief  ///< until its caller had no more time: that says less than a reason of the last minute
  };

  void answered();
  /// @param asked when that request began: an answer to another one that came later refutes it
  void unanswered(const std::string& reason, SteadyTime asked, Patience patience);
  void refused(const std::string& reason);
  /// It answers, but has no session to give.
  void full(const std::string& reason);

  Health get() const;

  /// Set if nothing was answered for so long that waiting for a turn is pointless.
  std::optional<Health> lost() const;

 private:
  void enter(Health::State state, const std::string& reason);

  Clock& clock_;
  mutable std::mutex mutex_;
  Health health_;
  SteadyTime last_answer_;
  std::optional<SteadyTime> silent_since_;  // when the first request began that was not answered since
  std::optional<SteadyTime> explained_at_;  // when the reason was found, unless it is only a short wait
};

}  // namespace hpe3par::wsapi
