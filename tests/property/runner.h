#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/property/trial.h"

namespace hpe3par::test {

/// Many trials side by side; they wait most of the time.
/// @param report called for each in turn, in the order in which they end
void run_trials(const std::vector<Plan>& plans, int lanes,
                const std::function<void(std::size_t index, const Verdict&)>& report);

/// The shortest plan that still fails, found by running many.
Plan shrink_by_running(const Plan& plan, int lanes);

/// "1-100,205": seeds. @throws std::invalid_argument
std::vector<std::uint64_t> parse_seeds(const std::string& text);

/// What to print of a plan that failed.
std::string describe(const Plan& plan, const Verdict& verdict);

}  // namespace hpe3par::test
