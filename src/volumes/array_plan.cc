#include "array_plan.h"

#include <algorithm>

namespace hpe3par::volumes {

namespace {

using Configured = IdentityFacts::Configured;
using journal::KnownArray;

bool is_configured(const IdentityFacts& facts, const std::string& array) {
  return std::any_of(facts.configured.begin(), facts.configured.end(),
                     [&](const Configured& each) { return each.array == array; });
}

}  // namespace

IdentityPlan plan_identity(const IdentityFacts& facts) {
  using enum IdentityPlan::Action;
  const auto twin = std::find_if(facts.configured.begin(), facts.configured.end(), [&](const Configured& each) {
    return each.array != facts.array && each.serial == facts.serial;
  });
  if (twin != facts.configured.end()) return {twice, twin->array};
  const auto known = std::find_if(facts.known.begin(), facts.known.end(),
                                  [&](const KnownArray& each) { return each.array == facts.array; });
  const bool another = known != facts.known.end() && known->serial != facts.serial;
  if (another && facts.in_use) return {refuse, ""};
  const auto moved = std::find_if(facts.known.begin(), facts.known.end(), [&](const KnownArray& each) {
    return each.serial == facts.serial && !is_configured(facts, each.array);
  });
  if (moved != facts.known.end()) return {move, moved->array};
  return {another ? change : accept, ""};
}

std::vector<array::Export> find_orphans(const std::vector<array::Export>& exports, const std::string& array_host,
                                        const std::string& array, const std::vector<journal::MountRecord>& rows) {
  std::vector<array::Export> orphans;
  for (const array::Export& each : exports) {
    if (each.active || each.kind != array::ExportKind::host || each.array_host != array_host) continue;
    const bool accounted = std::any_of(rows.begin(), rows.end(), [&](const journal::MountRecord& row) {
      return row.array == array && row.array_volume == each.volume;
    });
    if (!accounted) orphans.push_back(each);
  }
  return orphans;
}

}  // namespace hpe3par::volumes
