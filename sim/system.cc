#include "system.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

struct Generation {
  int minor;
  int revision;
  int build;
  const char* model;
  const char* system_version;
  const char* version_text;
};

const Generation& generation_of(Profile profile) {
  static constexpr Generation k3par{6, 0, 30301215, "HP_3PAR 8450", "3.3.1.215", "1.6.0"};
  static constexpr Generation kPrimera{7, 0, 40200000, "HPE_3PAR A650", "4.2.0.6", "1.7.0"};
  static constexpr Generation kAlletra{15, 0, 100500043, "HPE Alletra Storage MP", "10.5.0.43", "1.15.0"};
  switch (profile) {
    case Profile::three_par: return k3par;
    case Profile::primera: return kPrimera;
    case Profile::alletra_mp: return kAlletra;
  }
  return k3par;
}

json licences() {
  json list = json::array();
  for (const char* name : {"3PAR OS Suite", "Compression", "Dynamic Optimization", "Peer Persistence",
                           "Priority Optimization", "Remote Copy", "System Reporter", "Thin Deduplication",
                           "Thin Provisioning", "Virtual Copy", "Virtual Domains", "Virtual Lock"})
    list.push_back({{"name", name}});
  return list;
}

std::int64_t allocated_mib(const Model& model) {
  std::int64_t sum = 0;
  for (const auto& [id, volume] : model.volumes)
    if (volume.provisioning == Provisioning::full) sum += volume.size_mib;
  return sum;
}

}  // namespace

json api_version(Profile profile) {
  const Generation& g = generation_of(profile);
  return {{"major", 1}, {"minor", g.minor}, {"revision", g.revision}, {"build", g.build}};
}

Answer get_system(Model& model, const Call&) {
  constexpr double kTotalMib = 100.0 * 1024 * 1024;
  const auto allocated = static_cast<double>(allocated_mib(model));
  const Generation& g = generation_of(model.identity.profile);
  return {.body = {{"id", model.identity.system_id},
                   {"name", model.identity.name},
                   {"systemVersion", g.system_version},
                   {"patches", ""},
                   {"IPv4Addr", "192.0.2.254"},
                   {"model", g.model},
                   {"serialNumber", model.identity.serial_number},
                   {"totalNodes", 2},
                   {"masterNode", 0},
                   {"onlineNodes", {0, 1}},
                   {"clusterNodes", {0, 1}},
                   {"chunkletSizeMiB", 1024},
                   {"totalCapacityMiB", kTotalMib},
                   {"allocatedCapacityMiB", allocated},
                   {"freeCapacityMiB", kTotalMib - allocated},
                   {"failedCapacityMiB", 0.0},
                   {"timeZone", "UTC"},
                   {"licenseInfo",
                    {{"issueTimeSec", 1767225600},
                     {"issueTime8601", "2026-01-01T00:00:00+00:00"},
                     {"diskCount", 48},
                     {"licenses", licences()},
                     {"licenseState",
                      {{"virtualCopy", true},
                       {"remoteCopy", true},
                       {"domains", true},
                       {"qos", true},
                       {"systemReporter", true}}}}},
                   {"parameters", {{"sessionTimeout", 3600}, {"hostDIF", true}, {"disableDedup", false}}}}};
}

json wsapi_configuration(Profile profile, const SessionUsage& sessions) {
  return {{"httpState", "Enabled"},
          {"httpPort", 8008},
          {"httpsState", "Enabled"},
          {"httpsPort", profile == Profile::three_par ? 8080 : 443},
          {"version", generation_of(profile).version_text},
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
