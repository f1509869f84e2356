#pragma once

#include <map>
#include <mutex>
#include <string>

#include "hpe3par/array/array.h"
#include "hpe3par/base/clock.h"
#include "hpe3par/base/deadline.h"
#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {

/// An array puts a volume into any set, and switches flash cache on where it has none. That either has an effect is
/// looked at here, before a volume is made; what was seen to be so is remembered for a minute. Thread-safe.
class RuleCheck {
 public:
  explicit RuleCheck(Clock& clock) : clock_(clock) {}

  /// Sends nothing for options that ask for neither.
  /// @throws Error not_found: no such volume set
  /// @throws Error failed_precondition: the set has no QoS rule that is enabled, or the array no flash cache
  void check(array::Array& array, const VolumeOptions& options, const Deadline& deadline);

  /// The set turned out to be gone.
  void forget_set(const array::Array& array, const std::string& set);

 private:
  using Key = std::pair<std::string, std::string>;  // array and set; without a set, the flash cache

  void check_qos_set(array::Array& array, const std::string& set, const Deadline& deadline);
  void check_flash_cache(array::Array& array, const Deadline& deadline);
  bool remembers(const Key& key);
  void remember(const Key& key);

  Clock& clock_;
  std::mutex mutex_;
  std::map<Key, SteadyTime> seen_;
};

}  // namespace hpe3par::volumes
