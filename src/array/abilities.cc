#include <algorithm>

#include "builds.h"
#include "hpe3par/array/array.h"

namespace hpe3par::array {

namespace {

constexpr std::uint64_t kSmallestCompressedMib = 16 * 1024;

bool may_compress(const Abilities& abilities) {
  if (abilities.build >= build::kPrimera) return true;
  return std::any_of(abilities.licences.begin(), abilities.licences.end(), [](const std::string& licence) {
    return licence.find("Compression") != std::string::npos || licence.find("Golden License") != std::string::npos;
  });
}

std::string why_not_reduced(const NewVolume& order) {
  if (order.provisioning == Provisioning::full)
    return "provisioning=full does not exist on this array; use thin or dedup";
  if (order.compression != (order.provisioning == Provisioning::dedup))
    return "this array has deduplication and compression only together; use both provisioning=dedup and "
           "compression=true, or neither";
  return "";
}

std::string why_not_compressed(const NewVolume& order, const Abilities& abilities) {
  if (abilities.build < build::kCompression)
    return "compression=true needs 3PAR OS 3.3.1 (WSAPI build " + std::to_string(build::kCompression) +
           ") or newer, and this array has build " + std::to_string(abilities.build) + "; leave it out";
  if (order.provisioning == Provisioning::full)
    return "compression=true does not go with provisioning=full; use thin or dedup";
  if (!may_compress(abilities))
    return "compression=true needs a licence for compression, which this array does not have; leave it out, or have "
           "the licence installed";
  return "";
}

}  // namespace

std::string why_unable(const NewVolume& order, const Abilities& abilities) {
  if (order.provisioning == Provisioning::other) return "a volume is made thin, full or dedup";
  if (order.compression && order.size_mib < kSmallestCompressedMib)
    return "compression=true needs a size of at least 16 GiB";
  if (order.needs_snap_cpg && abilities.build >= build::kNoSnapCpg)
    return "snapcpg=" + order.snap_cpg + " is not possible: this array has no CPGs for snapshots; leave it out";
  if (abilities.build >= build::kPrimera) return why_not_reduced(order);
  return order.compression ? why_not_compressed(order, abilities) : "";
}

bool admits_to_started_groups(int build) {
  return build >= build::kAdmitsToStarted;
}

}  // namespace hpe3par::array
