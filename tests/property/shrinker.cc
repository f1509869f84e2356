#include "tests/property/shrinker.h"

#include <algorithm>

namespace hpe3par::test {
namespace {

using Offset = std::vector<Step>::difference_type;

Plan without(const Plan& plan, std::size_t first, std::size_t count) {
  Plan less = plan;
  const auto begin = less.steps.begin() + static_cast<Offset>(first);
  less.steps.erase(begin, begin + static_cast<Offset>(std::min(count, less.steps.size() - first)));
  if (!less.steps.empty()) less.steps.back().together = false;
  return less;
}

}  // namespace

Plan shrink(Plan plan, const Trials& trials) {
  std::size_t length = std::max<std::size_t>(plan.steps.size() / 2, 1);
  while (!plan.steps.empty()) {
    std::vector<Plan> candidates;
    for (std::size_t first = 0; first < plan.steps.size(); first += length)
      candidates.push_back(without(plan, first, length));
    const std::vector<bool> fails = trials(candidates);
    const auto found = std::find(fails.begin(), fails.end(), true);
    if (found != fails.end()) {
      plan = candidates[static_cast<std::size_t>(found - fails.begin())];
      length = std::min(length, std::max<std::size_t>(plan.steps.size() / 2, 1));
    } else if (length == 1) {
      break;
    } else {
      length = (length + 1) / 2;
    }
  }
  return plan;
}

}  // namespace hpe3par::test
