#include "info.h"

#include <nlohmann/json.hpp>

#include "status.h"

namespace hpe3par::volumes {
namespace {

// Why it is in this state; else what else is wrong.
std::string reason_of(std::string_view state, const ArrayFacts& array, const NameFacts& name, const HostFacts& here) {
  const std::optional<journal::MountRecord>& row = here.row;
  if (state == "orphaned") return here.orphaned_because + "; stop the containers that use it, and start them again";
  if (state == "ambiguous") return name.ambiguous_because;
  if (state == "unreachable") return array.silent_reason;
  if (row && !row->last_error.empty()) return row->last_error;
  if (state == "mount gone")
    return "nothing of it is mounted at " + row->mountpoint +
           " any more, although it was never given back; the next container that uses it mounts it again";
  return name.ambiguous_because.empty() ? array.silent_reason : name.ambiguous_because;
}

nlohmann::json to_json(const ReplicationInfo& info) {
  nlohmann::json sites = nlohmann::json::array();
  for (const ReplicationSite& site : info.sites)
    sites.push_back({{"array", site.array},
                     {"reachable", site.reachable},
                     {"role", site.role},
                     {"reversed", site.reversed},
                     {"state", site.state}});
  nlohmann::json volume = {{"sync_status", info.sync_status}, {"progress_percent", nullptr}, {"last_sync", ""}};
  if (info.progress_percent) volume["progress_percent"] = *info.progress_percent;
  if (info.last_sync) volume["last_sync"] = to_rfc3339(*info.last_sync);
  return {{"group", info.group},
          {"kind", info.kind},
          {"mode", info.mode},
          {"state", info.state},
          {"serving_array", info.serving_array},
          {"sites", std::move(sites)},
          {"exports", info.exports},
          {"volume", std::move(volume)}};
}

}  // namespace

ArrayFacts facts_of(const array::ArrayStatus& status, const std::string& address, bool listed) {
  ArrayFacts facts;
  facts.name = display_name(status, address);
  const bool up = status.state == array::ArrayStatus::State::up;
  if (up && listed) return facts;
  const char* const so_far = up ? " is still being listed" : " was not reached yet";
  facts.silent_reason = status.reason.empty() ? "array " + facts.name + so_far : status.reason;
  if (!up) facts.silent_since = status.since;
  return facts;
}

std::string_view state_of(const std::optional<journal::MountRecord>& row, const Circumstances& around) {
  if (row) {
    if (row->fenced) return "fenced";
    if (is_left_over(*row)) return "detaching";
    if (row->state < journal::MountState::mounted) return "mounting";
    if (!around.mounted) return "mount gone";
    if (around.orphaned) return "orphaned";
  }
  if (around.ambiguous) return "ambiguous";
  if (around.silent) return "unreachable";
  return row ? "mounted" : "available";
}

VolumeInfo describe_volume(const catalog::Volume& volume, const ArrayFacts& array, const NameFacts& name,
                           const HostFacts& here) {
  const std::optional<journal::MountRecord>& row = here.row;
  const bool silent = !array.silent_reason.empty();
  VolumeInfo info;
  info.name = volume.record.name;
  info.created = volume.created;
  info.backend = volume.backend;
  info.array = array.name;
  info.array_volume = volume.array_volume;
  info.wwn = volume.wwn;
  info.uuid = volume.record.uuid;
  info.size_gib = volume.size_mib / 1024;
  info.places = {{array.name, volume.backend, volume.array_volume}};
  info.places.insert(info.places.end(), name.others.begin(), name.others.end());
  info.state = state_of(row, {here.mounted, !here.orphaned_because.empty(), !name.ambiguous_because.empty(), silent});
  info.since = row ? row->since : volume.seen;
  if (row) {
    for (const journal::MountId& id : row->ids) info.ids.push_back(id.id);
    info.detach_pending = is_left_over(*row);
    if (here.mounted) info.mountpoint = row->mountpoint;
    info.mounts = here.mounted ? 1 : 0;
  }
  if (info.state == "unreachable") info.since = array.silent_since == WallTime() ? volume.seen : array.silent_since;
  info.last_error = reason_of(info.state, array, name, here);
  return info;
}

std::string to_status_json(const VolumeInfo& info) {
  nlohmann::json places = nlohmann::json::array();
  for (const VolumePlace& place : info.places)
    places.push_back({{"array", place.array}, {"backend", place.backend}, {"array_volume", place.array_volume}});
  nlohmann::json status = {
      {"backend", info.backend},
      {"array", info.array},
      {"array_volume", info.array_volume},
      {"wwn", info.wwn},
      {"uuid", info.uuid},
      {"size_gib", info.size_gib},
      {"state", info.state},
      {"since", to_rfc3339(info.since)},
      {"mounts", info.mounts},
      {"ids", info.ids},
      {"detach_pending", info.detach_pending},
      {"last_error", info.last_error},
      {"places", std::move(places)},
  };
  if (info.replication) status["replication"] = to_json(*info.replication);
  return status.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::uint64_t requests_of_this_thread() {
  return array::requests_of_this_thread();
}

}  // namespace hpe3par::volumes
