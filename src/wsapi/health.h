#pragma once

#include <mutex>

#include "hpe3par/base/clock.h"
#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// Keeps what the last requests told about an array. Thread-safe.
class HealthRecord {
 public:
  explicit HealthRecord(Clock& clock);

  void answered();
  /// @param asked when that request began: an answer to another one that came later refutes it
  void unanswered(const std::string& reason, SteadyTime asked);
  void refused(const std::string& reason);

  Health get() const;

 private:
  void enter(Health::State state, const std::string& reason);

  Clock& clock_;
  mutable std::mutex mutex_;
  Health health_;
  SteadyTime last_answer_;
};

}  // namespace hpe3par::wsapi
