#include "info.h"

#include <nlohmann/json.hpp>

#include "status.h"

namespace hpe3par::volumes {

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

std::string_view state_of(const std::optional<journal::MountRecord>& row, bool mounted, bool silent) {
  if (row) {
    if (row->fenced) return "fenced";
    if (is_left_over(*row)) return "detaching";
    if (row->state < journal::MountState::mounted) return "mounting";
    if (!mounted) return "mount gone";
  }
  if (silent) return "unreachable";
  return row ? "mounted" : "available";
}

VolumeInfo describe_volume(const catalog::Volume& volume, const ArrayFacts& array,
                           const std::optional<journal::MountRecord>& row, bool mounted) {
  VolumeInfo info;
  info.name = volume.record.name;
  info.created = volume.created;
  info.backend = volume.backend;
  info.array = array.name;
  info.array_volume = volume.array_volume;
  info.wwn = volume.wwn;
  info.uuid = volume.record.uuid;
  info.size_gib = volume.size_mib / 1024;
  const bool silent = !array.silent_reason.empty();
  info.state = state_of(row, mounted, silent);
  info.since = row ? row->since : volume.seen;
  if (row) {
    for (const journal::MountId& id : row->ids) info.ids.push_back(id.id);
    info.detach_pending = is_left_over(*row);
    info.last_error = row->last_error;
    if (mounted) info.mountpoint = row->mountpoint;
    info.mounts = mounted ? 1 : 0;
  }
  if (info.state == "mount gone" && info.last_error.empty())
    info.last_error = "nothing of it is mounted at " + row->mountpoint +
                      " any more, although it was never given back; the next container that uses it mounts it again";
  if (info.state == "unreachable") info.since = array.silent_since == WallTime() ? volume.seen : array.silent_since;
  if (silent && (info.state == "unreachable" || info.last_error.empty())) info.last_error = array.silent_reason;
  return info;
}

std::string to_status_json(const VolumeInfo& info) {
  const nlohmann::json status = {
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
  };
  return status.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::uint64_t requests_of_this_thread() {
  return array::requests_of_this_thread();
}

}  // namespace hpe3par::volumes
