#include "half_made.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "plan.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kPatience{1'000};

}  // namespace

bool HalfMade::includes(const catalog::Volume& volume, int& asks, const Deadline& deadline) {
  const std::string& uuid = volume.record.uuid;
  {
    const std::lock_guard hold(mutex_);
    if (!is_out_of_its_group(volume)) {
      formatted_.erase(uuid);
      return false;
    }
    if (const auto known = formatted_.find(uuid); known != formatted_.end()) return !known->second;
  }
  if (asks <= 0) return false;
  --asks;
  try {
    array::Array& array = catalog_.array(volume.array).array();
    const bool formatted = array.find_mark(volume.array_volume, kFormatMark, deadline.sooner(kPatience)).has_value();
    log(LogLevel::info,
        formatted ? "a volume is not in the remote copy group that its record names"
                  : "a volume that is not in its remote copy group yet, or no more, is left out",
        {{"volume", volume.record.name}, {"array", array.name()}, {"group", volume.record.group}});
    const std::lock_guard hold(mutex_);
    formatted_[uuid] = formatted;
    return !formatted;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace hpe3par::volumes
