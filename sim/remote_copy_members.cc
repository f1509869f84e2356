#include "remote_copy_members.h"

#include <algorithm>

#include "errors.h"
#include "fabric.h"
#include "hpe3par/base/uuid.h"
#include "percent.h"
#include "releases.h"
#include "remote_copy_groups.h"
#include "remote_copy_json.h"
#include "remote_copy_rules.h"
#include "remote_copy_sync.h"
#include "vluns.h"
#include "volumes.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr std::string_view kSetPrefix = "RCP_";
constexpr std::size_t kMaxSync = 800;
constexpr std::size_t kMaxPeriodic = 1800;

void add_to_set(Model& model, const CopyGroup& group, int volume) {
  const std::string name = std::string(kSetPrefix) + group.name;
  ObjectSet* set = model.volume_sets.find(name);
  if (set == nullptr)
    set = &model.volume_sets.add({.id = model.volume_sets.next_id(),
                                  .name = name,
                                  .uuid = make_uuid(),
                                  .domain = model.volumes.at(volume).domain});
  set->members.push_back(volume);
}

void remove_from_set(Model& model, const CopyGroup& group, int volume) {
  ObjectSet* set = model.volume_sets.find(std::string(kSetPrefix) + group.name);
  if (set == nullptr) return;
  std::erase(set->members, volume);
  if (set->members.empty()) model.volume_sets.erase(set->id);
}

void add_member(Model& model, CopyGroup& group, int volume, int remote_volume, const std::string& remote_name) {
  group.members.push_back({.volume = volume, .remote_volume = remote_volume, .remote_name = remote_name});
  add_to_set(model, group, volume);
  refresh_exports_of(model, volume);
}

// The volume may be gone: where mirrorConfig is off the ends are on their own.
void remove_member(Model& model, CopyGroup& group, int volume) {
  std::erase_if(group.members, [volume](const GroupMember& member) { return member.volume == volume; });
  remove_from_set(model, group, volume);
  if (model.volumes.contains_id(volume)) refresh_exports_of(model, volume);
}

void check_room(const CopyGroup& group) {
  if (is_periodic(group) && group.members.size() >= kMaxPeriodic) throw Refusal(Code::rcopy_max_volumes_periodic);
  if (!is_periodic(group) && group.members.size() >= kMaxSync) throw Refusal(Code::rcopy_max_volumes_sync);
}

void check_primary_volume(const CopyPair& pair, const Volume& volume) {
  if (find_member(pair.group, volume.id) != nullptr) throw Refusal(Code::rcopy_existent_volume, "volumeName");
  if (group_of(pair.here, volume.id) != nullptr) throw Refusal(Code::rcopy_volume_in_other_group, "volumeName");
  if (volume.domain != pair.group.domain) throw Refusal(Code::rcopy_volume_not_in_domain, "volumeName");
}

Volume& existing_secondary(Model& there, const std::string& name, const Volume& primary) {
  Volume* volume = there.volumes.find(name);
  if (volume == nullptr) throw Refusal(Code::rcopy_no_volume_on_target, "secVolumeName");
  if (group_of(there, volume->id) != nullptr) throw Refusal(Code::rcopy_volume_in_other_group, "secVolumeName");
  if (volume->size_mib != primary.size_mib) throw Refusal(Code::rcopy_volume_size_differs, "secVolumeName");
  if (volume->domain != primary.domain) throw Refusal(Code::rcopy_volume_not_in_domain, "secVolumeName");
  if (is_exported(there, volume->id)) throw Refusal(Code::rcopy_target_volume_exported, "secVolumeName");
  return *volume;
}

Volume& new_secondary(const CopyPair& pair, const std::string& name, const Volume& primary, bool own_wwn) {
  Model& there = *pair.there;
  if (pair.group.remote_user_cpg.empty()) throw Refusal(Code::rcopy_group_has_no_cpg);
  if (there.volumes.find(name) != nullptr) throw Refusal(Code::rcopy_existent_volume_on_target, "secVolumeName");
  const bool wwn_taken = std::any_of(there.volumes.begin(), there.volumes.end(),
                                     [&primary](const auto& entry) { return entry.second.wwn == primary.wwn; });
  if (wwn_taken && !own_wwn) throw Refusal(Code::rcopy_existent_wwn_on_target, "secVolumeName");
  return add_copy(there, primary,
                  {.name = name,
                   .user_cpg = pair.group.remote_user_cpg,
                   .snap_cpg = pair.group.remote_snap_cpg,
                   .own_wwn = own_wwn});
}

Volume& secondary_of(const CopyPair& pair, const Volume& primary, const json& body) {
  const std::string name = body.at("targets").at(0).at("secVolumeName");
  if (!body.value("volumeAutoCreation", false)) return existing_secondary(*pair.there, name, primary);
  return new_secondary(pair, name, primary, body.value("differentSecondaryWWN", false));
}

void check_dismissal(const CopyPair& pair, bool mirrored, const GroupMember& member, bool remove_secondary) {
  if (pair.group.side.state == GroupState::started) throw Refusal(Code::rcopy_group_started);
  if (!mirrored) return;
  if (pair.group.side.role != Role::primary) throw Refusal(Code::rcopy_only_on_primary_side);
  demand_connection(pair);
  if (pair.other->side.role == Role::primary) throw Refusal(Code::rcopy_in_failover_state);
  if (remove_secondary && is_exported(*pair.there, member.remote_volume)) throw Refusal(Code::exported_vlun);
}

GroupMember& member_named(const CopyPair& pair, const std::string& name) {
  GroupMember* member = find_member(pair.group, get_volume_named(pair.here, name).id);
  if (member == nullptr) throw Refusal(Code::rcopy_volume_not_in_group);
  return *member;
}

bool is_true(const Call& call, const char* parameter) {
  return query_parameter(call.target, parameter) == "true";
}

CopyPair addressed(Model& model, const Call& call) {
  return pair_of(model, get_copy_group_named(model, call.names.at(0)));
}

}  // namespace

Answer list_copy_group_volumes(Model& model, const Call& call) {
  const CopyGroup& group = get_copy_group_named(model, call.names.at(0));
  json members = json::array();
  for (const GroupMember& member : group.members) members.push_back(to_json(model, group, member));
  return collection(std::move(members));
}

Answer get_copy_group_volume(Model& model, const Call& call) {
  const CopyPair pair = addressed(model, call);
  return {.body = to_json(model, pair.group, member_named(pair, call.names.at(1)))};
}

Answer add_copy_group_volume(Model& model, const Call& call) {
  const CopyPair pair = addressed(model, call);
  admit_volume(pair, call.body);
  return created({"remotecopygroups", pair.group.name, "volumes", call.body.at("volumeName")});
}

Answer remove_copy_group_volume(Model& model, const Call& call) {
  const bool remove_secondary = is_true(call, "removeSecondaryVolume");
  if (remove_secondary && is_true(call, "keepSnap"))
    throw Refusal(Code::parameter_conflict, "keepSnap,removeSecondaryVolume");
  dismiss_volume(addressed(model, call), call.names.at(1), remove_secondary);
  return {};
}

void admit_volume(const CopyPair& pair, json body) {
  check_admission(body, pair.group);
  if (body.at("volumeName").get_ref<const std::string&>().starts_with("set:"))
    throw Refusal(Code::unsupported_operation, "volumeName");
  const bool mirrored = is_mirrored(pair.here, pair.group);
  if (pair.group.side.role != Role::primary && mirrored) throw Refusal(Code::rcopy_only_on_primary_side);
  const bool started = pair.group.side.state == GroupState::started;
  if (started && build_of(pair.here) < build::kNoSnapCpg) throw Refusal(Code::rcopy_group_started);
  const Volume& primary = get_volume_named(pair.here, body.at("volumeName"), "volumeName");
  check_primary_volume(pair, primary);
  check_room(pair.group);
  if (pair.there == nullptr || !pair.connected) throw Refusal(Code::rcopy_target_not_ready);
  if (mirrored) demand_connection(pair);
  const Volume& secondary = secondary_of(pair, primary, body);
  add_member(pair.here, pair.group, primary.id, secondary.id, secondary.name);
  if (mirrored) add_member(*pair.there, *pair.other, secondary.id, primary.id, primary.name);
  GroupMember& member = pair.group.members.back();
  if (body.value("skipInitialSync", false)) member.has_base = true;
  if (started) begin_copying(pair, member);
  pair.here.fabric->invariants.add_twins(pair.here, primary, *pair.there, secondary);
}

void dismiss_volume(const CopyPair& pair, const std::string& name, bool remove_secondary) {
  const GroupMember member = member_named(pair, name);
  const bool mirrored = is_mirrored(pair.here, pair.group);
  check_dismissal(pair, mirrored, member, remove_secondary);
  remove_member(pair.here, pair.group, member.volume);
  if (!mirrored) return;
  remove_member(*pair.there, *pair.other, member.remote_volume);
  if (remove_secondary) remove_volume(*pair.there, member.remote_volume);
}

void forget_group(Model& model, CopyGroup& group) {
  const std::vector<GroupMember> members = group.members;
  for (const GroupMember& member : members) remove_member(model, group, member.volume);
  model.copy_groups.erase(group.id);
}

void check_growth(Model& model, const Volume& volume) {
  CopyGroup* group = group_of(model, volume.id);
  if (group == nullptr) return;
  if (group->side.state == GroupState::started)
    throw Refusal(Code::volume_in_remote_copy, {},
                  "VV " + volume.name + " is currently in a started remote copy group");
  if (group->side.role != Role::primary) throw Refusal(Code::volume_in_remote_copy);
  if (is_mirrored(model, *group)) demand_connection(pair_of(model, *group));
}

void grow_copy(Model& model, const Volume& volume) {
  CopyGroup* group = group_of(model, volume.id);
  if (group == nullptr || !is_mirrored(model, *group)) return;
  const CopyPair pair = pair_of(model, *group);
  Volume& copy = pair.there->volumes.at(find_member(*group, volume.id)->remote_volume);
  pair.there->files.grow(copy.wwn, volume.size_mib);
  copy.size_mib = volume.size_mib;
}

bool is_set_of_group(const Model& model, const ObjectSet& set) {
  return set.name.starts_with(kSetPrefix) && model.copy_groups.find(set.name.substr(kSetPrefix.size())) != nullptr;
}

}  // namespace hpe3par::sim
