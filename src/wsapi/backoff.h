#pragma once

#include "hpe3par/base/deadline.h"

namespace hpe3par::wsapi {

/// How slowly something is repeated: pauses that double from `first` to `longest`, each shortened at random by up to a
/// half, so that many clients do not come back together.
class Backoff {
 public:
  constexpr Backoff(Millis first, Millis longest) : next_(first), longest_(longest) {}

  Millis next();

 private:
  Millis next_;
  Millis longest_;
};

}  // namespace hpe3par::wsapi
