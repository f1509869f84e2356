#include "tests/property/runner.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <sstream>
#include <thread>

#include "tests/property/shrinker.h"

namespace hpe3par::test {
namespace {

Verdict try_plan(const Plan& plan) {
  try {
    return PropertyTrial(plan).run();
  } catch (const std::exception& error) {
    return {.findings = {std::string("no world to begin with: ") + error.what()}};
  }
}

}  // namespace

void run_trials(const std::vector<Plan>& plans, int lanes,
                const std::function<void(std::size_t index, const Verdict&)>& report) {
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  std::vector<std::thread> workers;
  for (int lane = 0; lane < lanes; ++lane)
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < plans.size(); at = next++) {
        const Verdict verdict = try_plan(plans[at]);
        const std::lock_guard hold(reporting);
        report(at, verdict);
      }
    });
  for (std::thread& worker : workers) worker.join();
}

Plan shrink_by_running(const Plan& plan, int lanes) {
  return shrink(plan, [&](const std::vector<Plan>& candidates) {
    std::vector<char> failed(candidates.size());
    run_trials(candidates, lanes, [&](std::size_t index, const Verdict& verdict) { failed[index] = verdict.failed(); });
    return std::vector<bool>(failed.begin(), failed.end());
  });
}

std::vector<std::uint64_t> parse_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto dash = part.find('-');
    const std::uint64_t first = std::stoull(part);
    const std::uint64_t last = dash == std::string::npos ? first : std::stoull(part.substr(dash + 1));
    for (std::uint64_t seed = first; seed <= last; ++seed) seeds.push_back(seed);
  }
  return seeds;
}

std::string describe(const Plan& plan, const Verdict& verdict) {
  std::string text;
  for (const std::string& finding : verdict.findings) text += finding + "\n";
  return text + "in: " + to_text(plan) + "\n" + verdict.history;
}

}  // namespace hpe3par::test
