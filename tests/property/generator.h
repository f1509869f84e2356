#pragma once

#include <cstdint>

#include "tests/property/step.h"

namespace hpe3par::test {

/// The plan of a seed: always the same one, on every machine. It prefers what can be done in the state in which things
/// are likely to be then, and keeps to nothing.
Plan generate(std::uint64_t seed);

}  // namespace hpe3par::test
