#include "existing.h"

namespace hpe3par::volumes {
namespace {

bool is_on(const std::string& backend, const std::string& array, const config::Config& config) {
  const config::BackendConfig* found = config.find_backend(backend);
  return found && found->array == array;
}

std::string backend_of(const catalog::Volume& existing, const std::string& asked, const config::Config& config) {
  const auto named = existing.record.options.find("backend");
  if (named != existing.record.options.end() && is_on(named->second, existing.home_array(), config))
    return named->second;
  const std::string& ours = config.default_backend().name;
  const bool made_by_default = !existing.record.legacy && named == existing.record.options.end();
  if (made_by_default && is_on(ours, existing.home_array(), config)) return ours;
  return is_on(asked, existing.home_array(), config) ? asked : existing.backend;
}

/// What is known of one CPG of an existing volume.
struct Cpg {
  std::string recorded;  ///< the default of this host filled in
  bool is_recorded = false;
  std::string actual;  ///< as the array says; empty: not known
};

/// The CPG to compare with what was asked for.
std::string compared(const Cpg& has, bool was_typed, const std::string& asked) {
  if (!was_typed) return has.is_recorded ? has.recorded : asked;
  // The array may have moved it since it was made.
  if (has.is_recorded && has.recorded == asked) return asked;
  if (!has.actual.empty()) return has.actual;
  return has.is_recorded ? has.recorded : asked;
}

}  // namespace

std::string differences_from(const catalog::Volume& existing, const RawOptions& typed, const VolumeOptions& asked,
                             const config::Config& config) {
  const RawOptions& recorded = existing.record.options;
  const VolumeOptions record = from_record_options(recorded, config);
  VolumeOptions has = existing.record.legacy ? asked : record;
  if (existing.record.legacy && typed.contains("size")) has.size_gib = static_cast<int>(existing.size_mib / 1024);
  has.replication_group = existing.record.group.empty() ? existing.group.value_or("") : existing.record.group;
  has.backend = backend_of(existing, asked.backend, config);
  has.cpg = compared({record.cpg, recorded.contains("cpg"), existing.cpg}, typed.contains("cpg"), asked.cpg);
  const Cpg snap_cpg{record.snap_cpg, recorded.contains("snapcpg"), existing.snap_cpg};
  has.snap_cpg = compared(snap_cpg, typed.contains("snapcpg"), asked.snap_cpg);
  // It has none, so only the default, which is left out where an array has none, can have been asked for.
  const bool has_none = !existing.cpg.empty() && existing.snap_cpg.empty() && !snap_cpg.is_recorded;
  if (has_none && asked.snap_cpg != record.snap_cpg && typed.contains("snapcpg")) has.snap_cpg.clear();
  return describe_differences(has, asked);
}

}  // namespace hpe3par::volumes
