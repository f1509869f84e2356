#include "tests/property/repair.h"

namespace hpe3par::test {
namespace {

constexpr int kStart = 3;
constexpr int kStop = 4;
constexpr int kFailover = 7;
constexpr int kRecover = 9;
constexpr int kRestore = 10;

}  // namespace

Repair next_repair(const GroupSide& a, const GroupSide& b) {
  if (!a.exists && !b.exists) return {.done = true};
  if (!a.exists || !b.exists) return {};
  const bool started = a.state == GroupSide::kStarted && b.state == GroupSide::kStarted;
  if (a.is_primary() && b.is_secondary()) {
    if (started) return {.done = a.synced && !a.reversed};
    return {"A", kStart};
  }
  const bool became_natural = !a.reversed && !b.reversed;  // only where a failover is mirrored
  if (a.is_secondary() && b.is_primary() && became_natural) {
    if (!started) return {"A", kFailover};
    return a.synced && b.synced ? Repair{"B", kStop} : Repair{};
  }
  if (a.is_secondary() && b.is_primary()) {
    if (!started) return {"B", kStart};
    return a.synced && b.synced ? Repair{"B", kRestore} : Repair{};
  }
  // Two primaries. The one in failsafe lost the group to the other one; else it is the reversed one that took over.
  if (b.is_failsafe() || (a.reversed && !b.reversed)) return {"A", kRecover};
  return {"B", kRecover};
}

}  // namespace hpe3par::test
