#include "backoff.h"

#include <algorithm>
#include <random>

namespace hpe3par::wsapi {

Millis Backoff::next() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  const Millis full = next_;
  next_ = std::min(next_ * 2, longest_);
  std::uniform_int_distribution<Millis::rep> cut(0, full.count() / 2);
  return full - Millis(cut(generator));
}

}  // namespace hpe3par::wsapi
