#include "system.h"

#include <algorithm>

#include "capacity.h"
#include "licences.h"
#include "releases.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr double kRawPerUsable = 2.0;

}  // namespace

json api_version(int build) {
  return {{"major", 1}, {"minor", release_of(build).minor}, {"revision", 0}, {"build", build}};
}

Answer get_system(Model& model, const Call&) {
  const auto total = kRawPerUsable * static_cast<double>(capacity_mib(model));
  const auto allocated = kRawPerUsable * static_cast<double>(allocated_mib(model));
  return {.body = {{"id", model.identity.system_id},
                   {"name", model.identity.name},
                   {"systemVersion", system_version_of(model)},
                   {"patches", ""},
                   {"IPv4Addr", "192.0.2.254"},
                   {"model", release_of(build_of(model)).model},
                   {"serialNumber", model.identity.serial_number},
                   {"totalNodes", 2},
                   {"masterNode", 0},
                   {"onlineNodes", {0, 1}},
                   {"clusterNodes", {0, 1}},
                   {"chunkletSizeMiB", 1024},
                   {"totalCapacityMiB", total},
                   {"allocatedCapacityMiB", allocated},
                   {"freeCapacityMiB", std::max(0.0, total - allocated)},
                   {"failedCapacityMiB", 0.0},
                   {"timeZone", "UTC"},
                   {"licenseInfo", licence_info(model)},
                   {"parameters", {{"sessionTimeout", 3600}, {"hostDIF", true}, {"disableDedup", false}}}}};
}

json wsapi_configuration(int build, const SessionUsage& sessions) {
  return {{"httpState", "Enabled"},
          {"httpPort", 8008},
          {"httpsState", "Enabled"},
          {"httpsPort", build < build::kPrimera ? 8080 : 443},
          {"version", release_of(build).version},
          {"sessionsInUse", sessions.in_use},
          {"systemResourceUsage", sessions.limit},
          {"sessionTimeout", sessions.timeout_s}};
}

int system_id_of(std::string_view array_name) {
  constexpr std::uint32_t kOffset = 2166136261U, kPrime = 16777619U;
  std::uint32_t hash = kOffset;
  for (const char c : array_name) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  constexpr std::uint32_t kFirst = 100000, kCount = 900000;
  return static_cast<int>(kFirst + hash % kCount);
}

std::string serial_number_of(int system_id) {
  return "16" + std::to_string(system_id);
}

}  // namespace hpe3par::sim
