#pragma once

#include <functional>
#include <vector>

#include "tests/property/step.h"

namespace hpe3par::test {

/// Runs several plans, side by side if it likes, and says of each whether it fails.
using Trials = std::function<std::vector<bool>(const std::vector<Plan>&)>;

/// A plan that still fails, from which no single step can be taken without that it passes (delta debugging).
/// @param plan fails
Plan shrink(Plan plan, const Trials& trials);

}  // namespace hpe3par::test
