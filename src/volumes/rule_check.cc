#include "rule_check.h"

#include "hpe3par/base/error.h"

namespace hpe3par::volumes {

using QosRule = array::SetStore::QosRule;

namespace {

constexpr std::chrono::seconds kRemembered{60};

}  // namespace

void RuleCheck::check(array::Array& array, const VolumeOptions& options, const Deadline& deadline) {
  if (!options.qos_set.empty()) check_qos_set(array, options.qos_set, deadline);
  if (options.flash_cache) check_flash_cache(array, deadline);
}

void RuleCheck::check_qos_set(array::Array& array, const std::string& set, const Deadline& deadline) {
  const Key key(array.name(), set);
  if (remembers(key)) return;
  const std::optional<array::VolumeSet> found = array.find_set(set, deadline);
  const std::string where = "qos-name=" + set + " is not allowed: array " + array.name();
  if (!found)
    throw Error(ErrorKind::not_found,
                where + " has no volume set " + set + "; create it with a QoS rule, or leave the option out");
  const QosRule rule = found->has_qos ? QosRule::enabled : array.find_qos_rule(set, deadline);
  if (rule == QosRule::none)
    throw Error(ErrorKind::failed_precondition,
                where + " has no QoS rule for volume set " + set + "; create one there, or leave the option out");
  if (rule == QosRule::disabled)
    throw Error(ErrorKind::failed_precondition, where + " has a QoS rule for volume set " + set +
                                                    " that is disabled; enable it there, or leave the option out");
  remember(key);
}

void RuleCheck::check_flash_cache(array::Array& array, const Deadline& deadline) {
  const Key key(array.name(), "");
  if (remembers(key)) return;
  if (!array.has_flash_cache(deadline))
    throw Error(ErrorKind::failed_precondition,
                "flash-cache=true is not allowed: array " + array.name() +
                    " has no flash cache; create it there (createflashcache), or leave the option out");
  remember(key);
}

void RuleCheck::forget_set(const array::Array& array, const std::string& set) {
  const std::lock_guard hold(mutex_);
  seen_.erase({array.name(), set});
}

bool RuleCheck::remembers(const Key& key) {
  const std::lock_guard hold(mutex_);
  const auto seen = seen_.find(key);
  return seen != seen_.end() && clock_.now() - seen->second < kRemembered;
}

void RuleCheck::remember(const Key& key) {
  const std::lock_guard hold(mutex_);
  seen_[key] = clock_.now();
}

}  // namespace hpe3par::volumes
