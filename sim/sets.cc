#include "sets.h"

#include <algorithm>

#include "cpgs.h"
#include "errors.h"
#include "hosts.h"
#include "hpe3par/base/uuid.h"
#include "query.h"
#include "releases.h"
#include "remote_copy_members.h"
#include "validate.h"
#include "vluns.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kAdd = 1;
constexpr int kRemove = 2;
constexpr int kMaxAction = 6;
constexpr std::size_t kMaxSetName = 27;

constexpr MemberRule kName{
    .name = "name", .type = MemberType::string, .required = true, .max_length = kMaxSetName, .letters = Letters::name};
constexpr MemberRule kNewName{
    .name = "newName", .type = MemberType::string, .max_length = kMaxSetName, .letters = Letters::name};
constexpr MemberRule kDomain{.name = "domain", .type = MemberType::string, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kComment{.name = "comment", .type = MemberType::string, .max_length = 511};
constexpr MemberRule kMembers{
    .name = "setmembers", .type = MemberType::strings, .max_length = 31, .letters = Letters::name};
constexpr MemberRule kAction{
    .name = "action", .type = MemberType::integer, .enumeration = true, .min = kAdd, .max = kMaxAction};
constexpr MemberRule kPriority{
    .name = "priority", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 3};
constexpr MemberRule kFlashCache{
    .name = "flashCachePolicy", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2};
constexpr MemberRule kCreate[] = {kName, kDomain, kComment, kMembers};
constexpr MemberRule kModifyVolumeSet[] = {kAction, kMembers, kNewName, kComment, kFlashCache, kPriority};
constexpr MemberRule kModifyHostSet[] = {kAction, kMembers, kNewName, kComment};

const QueryFields& query_fields() {
  static const QueryFields fields = {{"id", "name", "uuid", "domain", "comment", "qosEnabled", "setmembers"}, {}};
  return fields;
}

// What the two kinds of set differ in.
struct Kind {
  Registry<ObjectSet> Model::*sets;
  const char* path;
  int (*find_member)(Model&, const std::string& name);  // refuses unknown ones
  std::string (*member_name)(const Model&, int id);
  std::string (*member_domain)(const Model&, int id);
  std::span<const MemberRule> modify_rules;
};

const Kind kVolumeSets = {
    &Model::volume_sets,
    "volumesets",
    [](Model& model, const std::string& name) { return get_volume_named(model, name, "setmembers").id; },
    [](const Model& model, int id) { return model.volumes.at(id).name; },
    [](const Model& model, int id) { return model.volumes.at(id).domain; },
    kModifyVolumeSet};

const Kind kHostSets = {
    &Model::host_sets,
    "hostsets",
    [](Model& model, const std::string& name) { return get_host_named(model, name, "setmembers").id; },
    [](const Model& model, int id) { return model.hosts.at(id).name; },
    [](const Model& model, int id) { return model.hosts.at(id).domain; },
    kModifyHostSet};

json to_json(const Model& model, const Kind& kind, const ObjectSet& set) {
  json object = {{"id", set.id}, {"uuid", set.uuid}, {"name", set.name}};
  if (kind.sets == &Model::volume_sets) {
    object["qosEnabled"] = set.qos && set.qos->enabled;
    object["vvolStorageContainerEnabled"] = false;
  }
  if (!set.domain.empty()) object["domain"] = set.domain;
  if (!set.comment.empty()) object["comment"] = set.comment;
  if (set.flash_cache_policy != 0) object["flashCachePolicy"] = set.flash_cache_policy;
  // Absent rather than empty, as on real arrays.
  for (const int id : set.members) object["setmembers"].push_back(kind.member_name(model, id));
  return object;
}

ObjectSet& addressed(Model& model, const Kind& kind, const Call& call) {
  ObjectSet* set = (model.*kind.sets).find(call.names.at(0));
  if (set == nullptr) refuse_name(call.names.at(0), Code::non_existent_set);
  return *set;
}

void add_members(Model& model, const Kind& kind, ObjectSet& set, const json& names) {
  std::vector<int> members = set.members;
  for (const json& name : names) {
    const int id = kind.find_member(model, name);
    if (std::find(members.begin(), members.end(), id) != members.end())
      throw Refusal(Code::member_in_set, "setmembers");
    if (kind.member_domain(model, id) != set.domain)
      throw Refusal(Code::other, "setmembers", "set and members must be in the same domain");
    members.push_back(id);
  }
  set.members = std::move(members);
}

void remove_members(Model& model, const Kind& kind, ObjectSet& set, const json& names) {
  std::vector<int> members = set.members;
  for (const json& name : names) {
    const auto member = std::find(members.begin(), members.end(), kind.find_member(model, name));
    if (member == members.end()) throw Refusal(Code::member_not_in_set, "setmembers");
    members.erase(member);
  }
  set.members = std::move(members);
}

void check_change(const Model& model, json& body, const Kind& kind) {
  check_members(body, kind.modify_rules);
  if (body.contains("flashCachePolicy") && build_of(model) < build::kFlashCache)
    throw Refusal(Code::invalid_input, "flashCachePolicy");
  const bool names_members = body.contains("setmembers");
  if (!body.contains("action")) {
    if (names_members) throw Refusal(Code::missing_required, "action");
    return;
  }
  if (body.contains("newName")) throw Refusal(Code::parameter_conflict, "action,newName");
  const int action = body.at("action");
  if (action != kAdd && action != kRemove) throw Refusal(Code::unsupported_operation, "action");
  if (!names_members) throw Refusal(Code::missing_required, "setmembers");
}

void set_details(ObjectSet& set, const json& body) {
  set.comment = body.value("comment", set.comment);
  set.flash_cache_policy = body.value("flashCachePolicy", set.flash_cache_policy);
}

Answer change_members(Model& model, const Kind& kind, ObjectSet& set, const json& body) {
  const std::vector<int> before = set.members;
  if (body.at("action") == kAdd)
    add_members(model, kind, set, body.at("setmembers"));
  else
    remove_members(model, kind, set, body.at("setmembers"));
  set_details(set, body);
  if (kind.sets == &Model::host_sets) refresh_set_exports(model, set, before);
  return modified({kind.path, set.name});
}

Answer list_sets(Model& model, const Kind& kind, const Call& call) {
  const std::optional<Query> query = asked_query(model, call, query_fields());
  json members = json::array();
  for (const auto& [id, set] : model.*kind.sets) {
    json object = to_json(model, kind, set);
    if (!query || query->matches(object)) members.push_back(std::move(object));
  }
  return collection(std::move(members));
}

// Those sets are the array's own.
void check_not_of_group(const Model& model, const Call& call) {
  const ObjectSet* set = model.volume_sets.find(call.names.at(0));
  if (set != nullptr && is_set_of_group(model, *set))
    throw Refusal(Code::in_use, {},
                  "Set " + set->name + " is currently admitted to Remote Copy Group and may not be directly removed");
}

Answer create_set(Model& model, const Kind& kind, const Call& call) {
  Registry<ObjectSet>& sets = model.*kind.sets;
  json body = call.body;
  check_members(body, kCreate);
  check_domain(model, body.value("domain", ""));
  ObjectSet set{.id = sets.next_id(),
                .name = body.at("name"),
                .uuid = make_uuid(),
                .domain = body.value("domain", ""),
                .comment = body.value("comment", "")};
  if (sets.find(set.name) != nullptr) throw Refusal(Code::existent_set, "name");
  const json names = body.value("setmembers", json::array());
  // Without a domain of its own a set takes that of its first member.
  if (set.domain.empty() && !names.empty())
    set.domain = kind.member_domain(model, kind.find_member(model, names.front()));
  add_members(model, kind, set, names);
  return created({kind.path, sets.add(std::move(set)).name});
}

Answer modify_set(Model& model, const Kind& kind, const Call& call) {
  Registry<ObjectSet>& sets = model.*kind.sets;
  json body = call.body;
  check_change(model, body, kind);
  ObjectSet& set = addressed(model, kind, call);
  if (body.contains("action")) return change_members(model, kind, set, body);
  const std::string name = body.value("newName", set.name);
  if (name != set.name && sets.find(name) != nullptr) throw Refusal(Code::existent_set, "newName");
  set_details(set, body);
  sets.rename(set, name);
  return modified({kind.path, name});
}

}  // namespace

Answer list_volume_sets(Model& model, const Call& call) {
  return list_sets(model, kVolumeSets, call);
}
json volume_sets_with_defaults(const Model& model) {
  json all = json::array();
  for (const auto& [id, set] : model.volume_sets) {
    json object = {{"setmembers", json::array()}, {"comment", ""}, {"flashCachePolicy", 0}};
    object.update(to_json(model, kVolumeSets, set));
    all.push_back(std::move(object));
  }
  return all;
}

Answer get_volume_set(Model& model, const Call& call) {
  return {.body = to_json(model, kVolumeSets, addressed(model, kVolumeSets, call))};
}
Answer create_volume_set(Model& model, const Call& call) {
  return create_set(model, kVolumeSets, call);
}
Answer modify_volume_set(Model& model, const Call& call) {
  check_not_of_group(model, call);
  return modify_set(model, kVolumeSets, call);
}
Answer delete_volume_set(Model& model, const Call& call) {
  check_not_of_group(model, call);
  const ObjectSet& set = addressed(model, kVolumeSets, call);
  if (set.qos) throw Refusal(Code::volume_set_has_qos);
  model.volume_sets.erase(set.id);
  return {};
}

Answer list_host_sets(Model& model, const Call& call) {
  return list_sets(model, kHostSets, call);
}
Answer get_host_set(Model& model, const Call& call) {
  return {.body = to_json(model, kHostSets, addressed(model, kHostSets, call))};
}
Answer create_host_set(Model& model, const Call& call) {
  return create_set(model, kHostSets, call);
}
Answer modify_host_set(Model& model, const Call& call) {
  return modify_set(model, kHostSets, call);
}
Answer delete_host_set(Model& model, const Call& call) {
  const int id = addressed(model, kHostSets, call).id;
  const bool exported =
      std::any_of(model.vluns.begin(), model.vluns.end(), [id](const Vlun& v) { return v.host_set == id; });
  if (exported) throw Refusal(Code::exported_vlun);
  model.host_sets.erase(id);
  return {};
}

bool is_member(const Registry<ObjectSet>& sets, int id) {
  return std::any_of(sets.begin(), sets.end(), [id](const auto& entry) {
    const std::vector<int>& members = entry.second.members;
    return std::find(members.begin(), members.end(), id) != members.end();
  });
}

}  // namespace hpe3par::sim
