#include "faults.h"

#include <array>
#include <utility>

namespace hpe3par::sim {
namespace {

constexpr std::array<std::pair<std::string_view, FaultKind>, 7> kKinds = {{{"error", FaultKind::error},
                                                                           {"error_after", FaultKind::error_after},
                                                                           {"latency", FaultKind::latency},
                                                                           {"reset", FaultKind::reset},
                                                                           {"reset_after", FaultKind::reset_after},
                                                                           {"hang", FaultKind::hang},
                                                                           {"garbage", FaultKind::garbage}}};

constexpr int kUsedUp = -1;

bool fits(const Fault& fault, std::string_view method, std::string_view route) {
  return fault.count != kUsedUp && (fault.method.empty() || fault.method == method) &&
         (fault.route.empty() || fault.route == route);
}

void use(Fault& fault) {
  if (fault.count == 0) return;
  if (--fault.count == 0) fault.count = kUsedUp;
}

}  // namespace

std::optional<FaultKind> parse_fault_kind(std::string_view word) {
  for (const auto& [name, kind] : kKinds)
    if (name == word) return kind;
  return std::nullopt;
}

std::string fault_kind_words() {
  std::string words;
  for (const auto& [name, kind] : kKinds) words.append(words.empty() ? "" : ", ").append(name);
  return words;
}

void Faults::add(Fault fault) {
  const std::lock_guard guard(mutex_);
  faults_.push_back(std::move(fault));
}

void Faults::clear() {
  const std::lock_guard guard(mutex_);
  faults_.clear();
}

Faults::Plan Faults::take(std::string_view method, std::string_view route) {
  const std::lock_guard guard(mutex_);
  Plan plan;
  for (Fault& fault : faults_) {
    if (!fits(fault, method, route)) continue;
    if (fault.kind == FaultKind::latency)
      plan.delay += fault.delay;
    else if (!plan.failure)
      plan.failure = fault;
    else
      continue;
    use(fault);
    ++fired_;
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.count == kUsedUp; });
  return plan;
}

int Faults::fired() const {
  const std::lock_guard guard(mutex_);
  return fired_;
}

void Faults::reset_fired() {
  const std::lock_guard guard(mutex_);
  fired_ = 0;
}

}  // namespace hpe3par::sim
