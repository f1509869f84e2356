#pragma once

#include <string>

#include "tests/property/observation.h"

namespace hpe3par::test {

/// What an operator does next to bring a group back to (1,f,3) (2,f,3), when nothing fails any more and no container
/// runs.
struct Repair {
  std::string array{};
  int action = 0;  ///< 0: wait
  bool done = false;
};

Repair next_repair(const GroupSide& a, const GroupSide& b);

}  // namespace hpe3par::test
