#include "json.h"

#include <nlohmann/json.hpp>

namespace hpe3par::admin {
namespace {

using nlohmann::json;

std::string time_or_empty(WallTime time) {
  return time > WallTime() ? to_rfc3339(time) : "";
}

}  // namespace

json array_json(const volumes::ArrayInfo& array) {
  return {{"name", array.name},
          {"address", array.address},
          {"state", array.state},
          {"since", time_or_empty(array.since)},
          {"reason", array.reason},
          {"serial_number", array.serial_number},
          {"wsapi_build", array.wsapi_build},
          {"sessions_open", array.sessions_open},
          {"backends", array.backends}};
}

json backend_json(const volumes::BackendInfo& backend) {
  return {{"name", backend.name},           {"default", backend.is_default},
          {"transport", backend.transport}, {"cpgs", backend.cpgs},
          {"array", backend.array.name},    {"address", backend.array.address},
          {"state", backend.array.state},   {"since", time_or_empty(backend.array.since)},
          {"reason", backend.array.reason}};
}

json clean_up_json(const volumes::CleanUpWork& work) {
  return {{"volume", work.volume},
          {"group", work.group},
          {"task", work.task},
          {"state", work.state},
          {"since", time_or_empty(work.since)},
          {"last_error", work.last_error},
          {"array", work.array}};
}

// What `docker volume inspect` shows as Status, and what it shows beside it.
json volume_json(const volumes::VolumeInfo& volume) {
  json object = json::parse(volumes::to_status_json(volume));
  object["name"] = volume.name;
  object["mountpoint"] = volume.mountpoint;
  object["created"] = time_or_empty(volume.created);
  return object;
}

json status_json(const volumes::ServiceStatus& status) {
  json arrays = json::array();
  for (const volumes::ArrayInfo& array : status.arrays) arrays.push_back(array_json(array));
  json clean_up = json::array();
  for (const volumes::CleanUpWork& work : status.clean_up) clean_up.push_back(clean_up_json(work));
  return {{"state", status.state},
          {"reason", status.reason},
          {"arrays", std::move(arrays)},
          {"mounted_volumes", status.mounted_volumes},
          {"clean_up", std::move(clean_up)}};
}

}  // namespace hpe3par::admin
