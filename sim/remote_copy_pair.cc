#include "remote_copy_pair.h"

#include <algorithm>

#include "errors.h"
#include "fabric.h"
#include "vluns.h"

namespace hpe3par::sim {
namespace {

void show(Model& model, const CopyGroup& group) {
  for (const GroupMember& member : group.members) refresh_exports_of(model, member.volume);
}

// A secondary that hosts still see has left them its file and got another one.
void keep_in_step(const CopyPair& primary_end) {
  for (const GroupMember& member : primary_end.group.members) {
    if (!is_in_step(primary_end.group, member) || !primary_end.there->volumes.contains_id(member.remote_volume))
      continue;
    const std::string& remote_wwn = primary_end.there->volumes.at(member.remote_volume).wwn;
    primary_end.here.files.share(primary_end.here.volumes.at(member.volume).wwn,
                                 primary_end.there->files.path_of(remote_wwn));
  }
}

void repeat(const GroupMember& from, GroupMember& to) {
  to.status = from.status;
  to.has_base = from.has_base;
  to.length_mib = from.length_mib;
  to.done_mib = from.done_mib;
  to.as_of = from.as_of;
  to.captured = from.captured;
  to.last_sync = from.last_sync;
}

}  // namespace

bool manages_paths(const CopyGroup& group) {
  const auto policy = group.policies.find("pathManagement");
  return policy != group.policies.end() && policy->second;
}

bool is_in_step(const CopyGroup& group, const GroupMember& member) {
  return group.mode == CopyMode::sync && group.side.state == GroupState::started && member.status == SyncStatus::synced;
}

bool all_synced(const CopyGroup& group) {
  return std::all_of(group.members.begin(), group.members.end(),
                     [](const GroupMember& member) { return member.status == SyncStatus::synced; });
}

CopyPair pair_of(Model& model, CopyGroup& group) {
  CopyPair pair{.here = model, .group = group};
  if (model.fabric == nullptr) return pair;
  const auto there = model.fabric->models.find(group.target);
  if (there == model.fabric->models.end()) return pair;
  pair.there = there->second;
  CopyGroup* other = pair.there->copy_groups.find(group.remote_group);
  if (other != nullptr && other->remote_group == group.name && other->target == model.identity.name) pair.other = other;
  pair.connected = can_talk(*model.fabric, model, *pair.there);
  return pair;
}

CopyPair seen_from_there(const CopyPair& pair) {
  return {.here = *pair.there,
          .group = *pair.other,
          .there = &pair.here,
          .other = &pair.group,
          .connected = pair.connected};
}

void demand_connection(const CopyPair& pair) {
  if (pair.other == nullptr || !pair.connected) throw Refusal(Code::rcopy_target_not_ready);
}

Sides sides_of(const CopyPair& pair) {
  Sides sides{.here = pair.group.side, .there = {}};
  if (pair.other != nullptr && pair.connected) sides.there = pair.other->side;
  return sides;
}

void apply(const CopyPair& pair, const Sides& sides) {
  pair.group.side = sides.here;
  if (pair.other != nullptr && sides.there) pair.other->side = *sides.there;
  show(pair.here, pair.group);
  if (pair.other == nullptr) return;
  show(*pair.there, *pair.other);
  keep_in_step(sides.here.role == Role::primary ? pair : seen_from_there(pair));
}

void repeat_there(const CopyPair& pair) {
  if (pair.other == nullptr) return;
  pair.other->last_sync = pair.group.last_sync;
  for (const GroupMember& member : pair.group.members) {
    GroupMember* there = find_member(*pair.other, member.remote_volume);
    if (there == nullptr) continue;
    const bool changes = there->status != member.status;
    repeat(member, *there);
    if (changes) refresh_exports_of(*pair.there, there->volume);
  }
}

CopyGroup* group_of(Model& model, int volume) {
  for (auto& [id, group] : model.copy_groups)
    if (find_member(group, volume) != nullptr) return &group;
  return nullptr;
}
const CopyGroup* group_of(const Model& model, int volume) {
  for (const auto& [id, group] : model.copy_groups)
    if (find_member(group, volume) != nullptr) return &group;
  return nullptr;
}

GroupMember* find_member(CopyGroup& group, int volume) {
  const auto member = std::find_if(group.members.begin(), group.members.end(),
                                   [volume](const GroupMember& m) { return m.volume == volume; });
  return member == group.members.end() ? nullptr : &*member;
}
const GroupMember* find_member(const CopyGroup& group, int volume) {
  const auto member = std::find_if(group.members.begin(), group.members.end(),
                                   [volume](const GroupMember& m) { return m.volume == volume; });
  return member == group.members.end() ? nullptr : &*member;
}

bool is_writable_by_hosts(const Model& model, int volume) {
  const CopyGroup* group = group_of(model, volume);
  return group == nullptr || (group->side.role == Role::primary && group->side.state != GroupState::failsafe);
}

Access host_access(const Model& model, int volume) {
  if (is_writable_by_hosts(model, volume)) return Access::write;
  const CopyGroup* group = group_of(model, volume);
  if (group->side.role == Role::primary) return Access::none;
  if (!manages_paths(*group)) return Access::read;
  return is_in_step(*group, *find_member(*group, volume)) ? Access::write : Access::none;
}

}  // namespace hpe3par::sim
