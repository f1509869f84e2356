#include "admission.h"

namespace hpe3par::volumes {

std::optional<Admission::Pass> Admission::try_enter(const std::string& array) {
  const std::lock_guard hold(mutex_);
  std::size_t& calls = calls_[array];
  if (calls >= most_) return std::nullopt;
  ++calls;
  return std::optional<Pass>(std::in_place, *this, array);
}

void Admission::leave(const std::string& array) {
  const std::lock_guard hold(mutex_);
  --calls_[array];
}

}  // namespace hpe3par::volumes
