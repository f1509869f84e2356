#include "group_conversions.h"

#include <algorithm>

#include "builds.h"

namespace hpe3par::array {

namespace {

Role to_role(int number) {
  switch (number) {
    case 1: return Role::primary;
    case 2: return Role::secondary;
    default: return Role::unknown;
  }
}

CopyMode to_mode(int number) {
  switch (number) {
    case 1: return CopyMode::synchronous;
    case 2:
    case 3: return CopyMode::periodic;
    case 4: return CopyMode::streaming;
    default: return CopyMode::unknown;
  }
}

int to_number(CopyMode mode) {
  switch (mode) {
    case CopyMode::periodic: return 2;
    case CopyMode::streaming: return 4;
    case CopyMode::synchronous:
    case CopyMode::unknown: break;
  }
  return 1;
}

GroupState to_state(int number) {
  switch (number) {
    case 1: return GroupState::fresh;
    case 2: return GroupState::starting;
    case 3: return GroupState::started;
    case 4: return GroupState::restarting;
    case 5: return GroupState::stopped;
    case 6: return GroupState::backup;
    case 7: return GroupState::failsafe;
    case 8: return GroupState::logging;
    default: return GroupState::unknown;
  }
}

SyncStatus to_status(int number) {
  switch (number) {
    case 1: return SyncStatus::fresh;
    case 2: return SyncStatus::syncing;
    case 3: return SyncStatus::synced;
    case 4: return SyncStatus::not_synced;
    case 5: return SyncStatus::stale;
    case 8: return SyncStatus::failsafe;
    default: return SyncStatus::other;
  }
}

std::optional<WallTime> to_time(std::int64_t seconds) {
  if (seconds <= 0) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds));
}

GroupTarget to_target(const wsapi::RemoteCopyGroup::Target& from) {
  GroupTarget target;
  target.name = from.name;
  target.mode = to_mode(from.mode);
  target.state = to_state(from.state);
  target.reversed = from.role_reversed;
  target.sync_period = std::chrono::seconds(from.sync_period);
  target.cpg = from.user_cpg;
  target.snap_cpg = from.snap_cpg;
  target.auto_failover = from.policies.auto_failover;
  target.path_management = from.policies.path_management;
  target.auto_recover = from.policies.auto_recover;
  target.last_sync = to_time(from.last_sync);
  return target;
}

GroupCopy to_copy(const wsapi::RemoteCopyGroup::RemoteVolume& from) {
  GroupCopy copy;
  copy.target = from.target;
  copy.volume = from.name;
  copy.status = to_status(from.sync_status);
  if (copy.status == SyncStatus::syncing && from.sync_length > 0 && from.sync_offset >= 0)
    copy.progress_percent = static_cast<int>(std::min(from.sync_offset, from.sync_length) * 100 / from.sync_length);
  copy.last_sync = to_time(from.last_sync);
  return copy;
}

}  // namespace

const GroupTarget* RemoteCopyGroup::find_target(const std::string& target) const {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const auto& each) { return each.name == target; });
  return found == targets.end() ? nullptr : &*found;
}

const GroupMember* RemoteCopyGroup::find_member(const std::string& volume) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.volume == volume; });
  return found == members.end() ? nullptr : &*found;
}

RemoteCopyGroup to_group(const wsapi::RemoteCopyGroup& from) {
  RemoteCopyGroup group;
  group.name = from.name;
  group.remote_name = from.remote_name;
  group.domain = from.domain;
  group.role = to_role(from.role);
  group.cpg = from.user_cpg;
  group.snap_cpg = from.snap_cpg;
  for (const auto& target : from.targets) group.targets.push_back(to_target(target));
  for (const auto& volume : from.volumes) {
    GroupMember member{volume.name, {}};
    for (const auto& copy : volume.copies) member.copies.push_back(to_copy(copy));
    group.members.push_back(std::move(member));
  }
  return group;
}

wsapi::RemoteCopyGroupBody to_body(const NewGroup& group, const std::string& domain, int build) {
  wsapi::RemoteCopyGroupBody body;
  body.name = group.name;
  body.domain = domain;
  body.user_cpg = group.cpg;
  body.target = group.target;
  body.mode = to_number(group.mode);
  body.target_user_cpg = group.target_cpg;
  if (build >= build::kNoSnapCpg) return body;
  body.snap_cpg = group.snap_cpg;
  body.target_snap_cpg = group.target_snap_cpg;
  return body;
}

}  // namespace hpe3par::array
