#include "hpe3par/wsapi/remote_copy.h"

#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

constexpr int kAdmit = 1;
constexpr int kDismiss = 2;

std::string path_of(const std::string& name) {
  return "/remotecopygroups/" + encode_segment(name);
}

int small_number(Fields& fields, const char* member) {
  return static_cast<int>(fields.number_or(member, 0));
}

RemoteCopyGroup::Target unpack_target(Fields& fields) {
  RemoteCopyGroup::Target target;
  target.name = fields.text("targetName");
  target.mode = small_number(fields, "mode");
  target.state = small_number(fields, "state");
  target.role_reversed = fields.flag_or("roleReversed", false);
  target.sync_period = fields.number_or("syncPeriod", 0);
  target.last_sync = fields.number_or("groupLastSyncTimeSec", 0);
  target.user_cpg = fields.text_or_empty("remoteUserCPG");
  target.snap_cpg = fields.text_or_empty("remoteSnapCPG");
  fields.object("policies", [&](Fields& policies) {
    target.policies.auto_failover = policies.flag_or("autoFailover", false);
    target.policies.path_management = policies.flag_or("pathManagement", false);
    target.policies.auto_recover = policies.flag_or("autoRecover", false);
  });
  return target;
}

RemoteCopyGroup::RemoteVolume unpack_copy(Fields& fields) {
  RemoteCopyGroup::RemoteVolume copy;
  copy.target = fields.text("targetName");
  copy.name = fields.text("remoteVolumeName");
  copy.sync_status = small_number(fields, "syncStatus");
  copy.sync_length = fields.number_or("volumeSyncLength", -1);
  copy.sync_offset = fields.number_or("volumeSyncOffset", -1);
  copy.last_sync = fields.number_or("volumeLastSyncTimeSec", 0);
  return copy;
}

RemoteCopyGroup::Volume unpack_volume(Fields& fields) {
  RemoteCopyGroup::Volume volume;
  volume.name = fields.text("localVolumeName");
  fields.each("remoteVolumes", [&](Fields& copy) { volume.copies.push_back(unpack_copy(copy)); });
  return volume;
}

RemoteCopyGroup unpack(Fields& fields) {
  RemoteCopyGroup group;
  group.name = fields.text("name");
  group.domain = fields.text_or_empty("domain");
  group.role = static_cast<int>(fields.number("role"));
  group.remote_name = fields.text_or_empty("remoteGroupName");
  group.user_cpg = fields.text_or_empty("localUserCPG");
  group.snap_cpg = fields.text_or_empty("localSnapCPG");
  fields.each("targets", [&](Fields& target) { group.targets.push_back(unpack_target(target)); });
  fields.each("volumes", [&](Fields& volume) { group.volumes.push_back(unpack_volume(volume)); });
  return group;
}

// Unlike other changes, these are not confirmed by a Location.
Sent send_to_group(Client& client, const std::string& group, const nlohmann::json& body, const std::string& words,
                   const Deadline& deadline) {
  Request request;
  request.method = "PUT";
  request.path = path_of(group);
  request.body = to_text(body);
  request.words = words;
  request.repeat = Request::Repeat::if_not_done;
  return client.send_once(request, deadline);
}

Sent modify_target(Client& client, const std::string& group, nlohmann::json target, const std::string& words,
                   const Deadline& deadline) {
  return send_to_group(client, group, {{"targets", nlohmann::json::array({std::move(target)})}},
                       words + " of remote copy group " + group, deadline);
}

}  // namespace

std::optional<RemoteCopyGroup> get_remote_copy_group(Client& client, const std::string& name,
                                                     const Deadline& deadline) {
  RemoteCopyGroup group;
  const auto take = [&](Fields& fields, const HttpReply&) {
    fields.expect("name", name);
    group = unpack(fields);
  };
  const bool found = exists(code::kNonExistentGroup, [&] {
    get_object(client, path_of(name), "look up remote copy group " + name, take, deadline);
  });
  if (!found) return std::nullopt;
  return group;
}

void get_remote_copy_groups(Client& client, const std::function<void(const RemoteCopyGroup&)>& visit,
                            const Deadline& deadline) {
  const auto member = [&](Fields& fields) {
    const RemoteCopyGroup group = unpack(fields);
    if (fields.problem().empty()) visit(group);
  };
  get_collection(client, {"/remotecopygroups", "", "list the remote copy groups", "remote copy group"}, {}, member,
                 deadline);
}

Sent post_remote_copy_group(Client& client, const RemoteCopyGroupBody& body, const Deadline& deadline) {
  nlohmann::json target = {{"targetName", body.target}, {"mode", body.mode}, {"userCPG", body.target_user_cpg}};
  if (!body.target_snap_cpg.empty()) target["snapCPG"] = body.target_snap_cpg;
  nlohmann::json json = {{"name", body.name}, {"localUserCPG", body.user_cpg}};
  if (!body.snap_cpg.empty()) json["localSnapCPG"] = body.snap_cpg;
  if (!body.domain.empty()) json["domain"] = body.domain;
  json["targets"] = nlohmann::json::array({std::move(target)});
  return create_object(client, "/remotecopygroups", json, "create remote copy group " + body.name, {}, deadline);
}

Sent put_peer_persistence(Client& client, const std::string& group, const std::string& target,
                          const Deadline& deadline) {
  const nlohmann::json policies = {{"autoFailover", true}, {"pathManagement", true}, {"autoRecover", true}};
  return modify_target(client, group, {{"targetName", target}, {"policies", policies}}, "switch on Peer Persistence",
                       deadline);
}

Sent put_sync_period(Client& client, const std::string& group, const std::string& target, std::int64_t seconds,
                     const Deadline& deadline) {
  return modify_target(client, group, {{"targetName", target}, {"syncPeriod", seconds}}, "set the period", deadline);
}

Sent put_admission(Client& client, const std::string& group, const AdmissionBody& body, const Deadline& deadline) {
  nlohmann::json json = {{"action", kAdmit}, {"volumeName", body.volume}, {"volumeAutoCreation", true}};
  if (body.different_wwn) json["differentSecondaryWWN"] = true;
  json["targets"] = nlohmann::json::array({{{"targetName", body.target}, {"secVolumeName", body.remote_volume}}});
  return send_to_group(client, group, json, "admit volume " + body.volume + " to remote copy group " + group, deadline);
}

Sent put_dismissal(Client& client, const std::string& group, const std::string& volume, const Deadline& deadline) {
  return send_to_group(client, group, {{"action", kDismiss}, {"volumeName", volume}, {"keepSnap", false}},
                       "take volume " + volume + " out of remote copy group " + group, deadline);
}

Sent delete_member(Client& client, const std::string& group, const std::string& volume, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = path_of(group) + "/volumes/" + encode_segment(volume) + "?removeSecondaryVolume=true";
  request.words = "take volume " + volume + " with its copy out of remote copy group " + group;
  request.repeat = Request::Repeat::if_not_done;
  return client.send_once(request, deadline);
}

Sent put_group_action(Client& client, const std::string& group, GroupAction action, const Deadline& deadline) {
  const std::string verb = action == GroupAction::start ? "start" : "stop";
  return send_to_group(client, group, {{"action", static_cast<int>(action)}}, verb + " remote copy group " + group,
                       deadline);
}

Sent delete_remote_copy_group(Client& client, const std::string& name, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = path_of(name) + "?keepSnap=false";
  request.words = "remove remote copy group " + name;
  request.repeat = Request::Repeat::if_not_done;
  return client.send_once(request, deadline);
}

}  // namespace hpe3par::wsapi
