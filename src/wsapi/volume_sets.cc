#include "hpe3par/wsapi/volume_sets.h"

#include <nlohmann/json.hpp>

#include "escape.h"
#include "hpe3par/wsapi/error_codes.h"
#include "resources.h"

namespace hpe3par::wsapi {

namespace {

std::string path_of(const std::string& name) {
  return "/volumesets/" + encode_segment(name);
}

VolumeSet unpack(Fields& fields) {
  VolumeSet set;
  set.name = fields.text("name");
  set.members = fields.texts("setmembers");
  set.comment = fields.text_or_empty("comment");
  set.qos_enabled = fields.flag_or("qosEnabled", false);
  set.flash_cache_policy = static_cast<int>(fields.number_or("flashCachePolicy", 0));
  return set;
}

}  // namespace

std::optional<VolumeSet> get_volume_set(Client& client, const std::string& name, const Deadline& deadline) {
  VolumeSet set;
  const auto take = [&](Fields& fields, const HttpReply&) { set = unpack(fields); };
  const bool found = exists(code::kNonExistentSet,
                            [&] { get_object(client, path_of(name), "look up volume set " + name, take, deadline); });
  if (!found) return std::nullopt;
  return set;
}

void get_volume_sets(Client& client, const std::function<void(const VolumeSet&)>& visit, const Deadline& deadline) {
  const auto member = [&](Fields& fields) {
    const VolumeSet set = unpack(fields);
    if (fields.problem().empty()) visit(set);
  };
  get_collection(client, {"/volumesets", "", "list the volume sets", "volume set"}, {}, member, deadline);
}

Sent post_volume_set(Client& client, const VolumeSetBody& body, const Deadline& deadline) {
  nlohmann::json json = {{"name", body.name}};
  if (!body.domain.empty()) json["domain"] = body.domain;
  if (!body.comment.empty()) json["comment"] = body.comment;
  if (!body.members.empty()) json["setmembers"] = body.members;
  return create_object(client, "/volumesets", json, "create volume set " + body.name, {}, deadline);
}

Sent put_volume_set_member(Client& client, const std::string& name, SetAction action, const std::string& volume,
                           const Deadline& deadline) {
  const bool adds = action == SetAction::add;
  const std::string words = (adds ? "add volume " : "take volume ") + volume + (adds ? " to" : " out of");
  return change_object(client, path_of(name),
                       {{"action", static_cast<int>(action)}, {"setmembers", nlohmann::json::array({volume})}},
                       words + " volume set " + name, deadline);
}

Sent put_volume_set_name(Client& client, const std::string& name, const std::string& new_name,
                         const Deadline& deadline) {
  return change_object(client, path_of(name), {{"newName", new_name}}, "rename volume set " + name + " to " + new_name,
                       deadline);
}

Sent put_flash_cache_on(Client& client, const std::string& name, const Deadline& deadline) {
  return change_object(client, path_of(name), {{"flashCachePolicy", kFlashCacheOn}},
                       "switch on flash cache for volume set " + name, deadline);
}

void delete_volume_set(Client& client, const std::string& name, const Deadline& deadline) {
  Request request;
  request.method = "DELETE";
  request.path = path_of(name);
  request.words = "remove volume set " + name;
  client.send(request, deadline);
}

std::optional<bool> get_qos_enabled(Client& client, const std::string& set, const Deadline& deadline) {
  bool enabled = false;
  const auto take = [&](Fields& fields, const HttpReply&) { enabled = fields.flag_or("enabled", false); };
  const bool found = exists(code::kNonExistentQosRule, [&] {
    get_object(client, "/qos/vvset:" + encode_segment(set), "look up the QoS rule of volume set " + set, take,
               deadline);
  });
  return found ? std::optional(enabled) : std::nullopt;
}

bool has_flash_cache(Client& client, const Deadline& deadline) {
  const auto take = [](Fields&, const HttpReply&) {};
  return exists(code::kNonExistentFlashCache,
                [&] { get_object(client, "/flashcache", "look up the flash cache", take, deadline); });
}

std::string get_domain_of_cpg(Client& client, const std::string& cpg, const Deadline& deadline) {
  std::string domain;
  get_object(
      client, "/cpgs/" + encode_segment(cpg), "look up CPG " + cpg,
      [&](Fields& fields, const HttpReply&) { domain = fields.text_or_empty("domain"); }, deadline);
  return domain;
}

}  // namespace hpe3par::wsapi
