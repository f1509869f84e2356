#include "capacity.h"

#include <algorithm>

#include "cpgs.h"
#include "errors.h"
#include "validate.h"
#include "volume_rules.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::int64_t kDefaultCapacityMib = 100 * 1024 * 1024;
constexpr int kRaw = 2;

constexpr MemberRule kSpaceOf[] = {
    {.name = "cpg", .type = MemberType::string, .max_length = 31, .letters = Letters::name},
    {.name = "LDLayout", .type = MemberType::object}};

struct Usage {
  std::int64_t size = 0;
  std::int64_t allocated = 0;
  std::int64_t used = 0;
};

Usage& operator+=(Usage& sum, const Usage& more) {
  sum.size += more.size;
  sum.allocated += more.allocated;
  sum.used += more.used;
  return sum;
}

Usage usage_of(const Model& model, const Volume& volume) {
  return {volume.size_mib, allocated_mib(model, volume), used_mib(model, volume)};
}

// Of one CPG, or of the whole array.
Usage usage_of(const Model& model, const Cpg* cpg) {
  Usage sum;
  for (const auto& [id, volume] : model.volumes)
    if (cpg == nullptr || volume.user_cpg == cpg->id) sum += usage_of(model, volume);
  return sum;
}

double ratio(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  constexpr std::int64_t kPrecision = 100;
  const std::int64_t hundredths = a * kPrecision / b;
  return static_cast<double>(hundredths) / kPrecision;
}

json volume_space(const Usage& usage) {
  return {{"totalVolumesMiB", kRaw * usage.allocated},
          {"nonCPGsMiB", 0},
          {"nonCPGUserMiB", 0},
          {"nonCPGSnapshotMiB", 0},
          {"nonCPGAdminMiB", 0},
          {"CPGsMiB", kRaw * usage.allocated},
          {"CPGUserMiB", kRaw * usage.allocated},
          {"CPGUserUsedMiB", kRaw * usage.used},
          {"CPGUserUsedBulkVVMiB", 0},
          {"CPGUserUnusedMiB", kRaw * (usage.allocated - usage.used)},
          {"CPGSnapshotMiB", 0},
          {"CPGSnapshotUsedMiB", 0},
          {"CPGSnapshotUsedBulkVVMiB", 0},
          {"CPGSnapshotUnusedMiB", 0},
          {"CPGAdminMiB", 0},
          {"CPGAdminUsedMiB", 0},
          {"CPGAdminUsedBulkVVMiB", 0},
          {"CPGAdminUnusedMiB", 0},
          {"unmappedMiB", 0}};
}

// `total` and `free` are raw.
json capacity_json(std::int64_t total, std::int64_t free, const Usage& usage) {
  json system = {
      {"totalSystemMiB", 0}, {"internalMiB", 0}, {"spareMiB", 0}, {"spareUsedMiB", 0}, {"spareUnusedMiB", 0}};
  json volumes = volume_space(usage);
  if (usage.size > 0)
    volumes["capacityEfficiency"] = {{"compaction", ratio(usage.size, usage.used)}, {"deduplication", 0.0}};
  return {
      {"totalMiB", total},
      {"allocated",
       {{"totalAllocatedMiB", kRaw * usage.allocated}, {"volumes", std::move(volumes)}, {"system", std::move(system)}}},
      {"freeMiB", free},
      {"freeInitializedMiB", free},
      {"freeUninitializedMiB", 0},
      {"unavailableCapacityMiB", 0},
      {"failedCapacityMiB", 0}};
}

}  // namespace

Answer get_capacity(Model& model, const Call&) {
  const Usage usage = usage_of(model, nullptr);
  const json all = capacity_json(kRaw * capacity_mib(model), kRaw * free_mib(model), usage);
  const json none = capacity_json(0, 0, {});
  // All disks are SSDs.
  return {.body = {{"allCapacity", all}, {"FCCapacity", none}, {"NLCapacity", none}, {"SSDCapacity", all}}};
}

Answer report_space(Model& model, const Call& call) {
  json body = call.body;
  check_members(body, kSpaceOf);
  if (body.contains("cpg") == body.contains("LDLayout"))
    throw Refusal(body.contains("cpg") ? Code::parameter_conflict : Code::one_required, "cpg,LDLayout");
  std::int64_t free = free_mib(model);
  Usage usage;
  if (body.contains("cpg")) {
    const Cpg& cpg = get_cpg_named(model, body.at("cpg"), "cpg");
    usage = usage_of(model, &cpg);
    if (cpg.growth_limit_mib) free = std::min(free, std::max(std::int64_t{0}, *cpg.growth_limit_mib - usage.allocated));
  }
  return {.body = {{"rawFreeMiB", kRaw * free},
                   {"usableFreeMiB", free},
                   {"overProvisionedVirtualSizeMiB", usage.size},
                   {"overProvisionedUsedMiB", kRaw * usage.used},
                   {"overProvisionedAllocatedMiB", kRaw * (usage.allocated - usage.used)},
                   {"overProvisionedFreeMiB", kRaw * free},
                   {"capacityEfficiency",
                    {{"compaction", ratio(usage.size, usage.used)},
                     {"deduplication", 0.0},
                     {"overProvisioning", ratio(usage.size, usage.allocated + free)}}}}};
}

std::int64_t capacity_mib(const Model& model) {
  return model.behaviour.capacity_mib.value_or(kDefaultCapacityMib);
}

std::int64_t used_mib(const Model& model, const Volume& volume) {
  if (volume.provisioning == Provisioning::full) return volume.size_mib;
  return std::min(volume.size_mib, model.files.written_mib(volume.wwn));
}

std::int64_t allocated_mib(const Model& model, const Volume& volume) {
  return rounded_mib(used_mib(model, volume));
}

std::int64_t allocated_mib(const Model& model) {
  std::int64_t sum = 0;
  for (const auto& [id, volume] : model.volumes) sum += allocated_mib(model, volume);
  return sum;
}

std::int64_t free_mib(const Model& model) {
  return std::max(std::int64_t{0}, capacity_mib(model) - allocated_mib(model));
}

}  // namespace hpe3par::sim
