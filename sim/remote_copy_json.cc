#include "remote_copy_json.h"

#include <nlohmann/json.hpp>

#include "fabric.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr const char* kRcipPorts[] = {"0_3_1", "1_3_1"};

void add_time(json& object, const std::string& member, const std::optional<WallTime>& time) {
  if (!time) return;
  object[member] = to_8601(*time);
  object[member + "Sec"] = to_unix(*time);
}

void add_text(json& object, const char* member, const std::string& text) {
  if (!text.empty()) object[member] = text;
}

std::string remote_name(const Model& model, const CopyGroup& group, const GroupMember& member) {
  if (model.fabric == nullptr) return member.remote_name;
  const auto there = model.fabric->models.find(group.target);
  if (there == model.fabric->models.end() || !there->second->volumes.contains_id(member.remote_volume))
    return member.remote_name;
  return there->second->volumes.at(member.remote_volume).name;
}

json remote_volume_json(const Model& model, const CopyGroup& group, const GroupMember& member) {
  const bool syncing = member.status == SyncStatus::syncing;
  const auto progress = [&](double mib) { return syncing ? static_cast<std::int64_t>(mib) : -1; };
  json remote = {{"targetName", group.target},
                 {"remoteVolumeName", remote_name(model, group, member)},
                 {"remoteVolumeID", member.remote_volume},
                 {"syncStatus", static_cast<int>(member.status)},
                 {"volumeSyncLength", progress(member.length_mib)},
                 {"volumeSyncOffset", progress(member.done_mib)}};
  add_time(remote, "volumeLastSyncTime", member.last_sync);
  return remote;
}

}  // namespace

json to_json(const Model& model, const CopyGroup& group, const GroupMember& member) {
  const bool exists = model.volumes.contains_id(member.volume);
  return {{"localVolumeName", exists ? model.volumes.at(member.volume).name : ""},
          {"localVolumeID", member.volume},
          {"remoteVolumes", json::array({remote_volume_json(model, group, member)})}};
}

json target_json(const CopyGroup& group) {
  json target = {{"targetName", group.target},           {"target", group.target},
                 {"mode", static_cast<int>(group.mode)}, {"state", static_cast<int>(group.side.state)},
                 {"roleReversed", group.side.reversed},  {"policies", group.policies}};
  if (is_periodic(group)) target["syncPeriod"] = group.period_s;
  if (group.snap_frequency_s) target["snapFrequency"] = *group.snap_frequency_s;
  add_text(target, "remoteUserCPG", group.remote_user_cpg);
  add_text(target, "remoteSnapCPG", group.remote_snap_cpg);
  add_time(target, "groupLastSyncTime", group.last_sync);
  return target;
}

json to_json(const Model& model, const CopyGroup& group) {
  json object = {{"id", group.id},
                 {"name", group.name},
                 {"role", static_cast<int>(group.side.role)},
                 {"remoteGroupName", group.remote_group},
                 {"recoveryPointObjmSecs", 0},
                 {"targets", json::array({target_json(group)})},
                 {"volumes", json::array()}};
  add_text(object, "domain", group.domain);
  add_text(object, "localUserCPG", group.local_user_cpg);
  add_text(object, "localSnapCPG", group.local_snap_cpg);
  for (const GroupMember& member : group.members) object["volumes"].push_back(to_json(model, group, member));
  object["links"] = json::array({{{"href", "/api/v1/remotecopygroups/" + group.name}, {"rel", "self"}}});
  return object;
}

json links_to(const Model& model, const std::string& target) {
  constexpr int kUp = 1, kDown = 2;
  const auto there = model.fabric->models.find(target);
  const bool reached = there != model.fabric->models.end() && can_talk(*model.fabric, model, *there->second);
  const Link* link = find_link(*model.fabric, model.identity.name, target);
  json links = json::array();
  for (std::size_t i = 0; i < std::size(kRcipPorts); ++i) {
    const bool up = reached && link->up[i];
    links.push_back({{"name", target + "_" + kRcipPorts[i]}, {"targetName", target}, {"status", up ? kUp : kDown}});
  }
  return links;
}

json all_copy_groups(const Model& model) {
  json all = json::array();
  for (const auto& [id, group] : model.copy_groups) all.push_back(to_json(model, group));
  return all;
}

}  // namespace hpe3par::sim
