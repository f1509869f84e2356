#include "remote_copy_sync.h"

#include <algorithm>
#include <cmath>

#include "fabric.h"
#include "remote_copy_data.h"
#include "tasks.h"

namespace hpe3par::sim {
namespace {

// How far a streaming secondary is behind.
constexpr std::chrono::seconds kStreamingLag{5};

using Seconds = std::chrono::duration<double>;

WallTime wall_at(const Model& model, SteadyTime time) {
  return model.clock.wall() - std::chrono::duration_cast<WallTime::duration>(model.clock.now() - time);
}

std::optional<SteadyTime> next_after(const CopyGroup& group, SteadyTime time) {
  if (group.mode == CopyMode::streaming) return time + kStreamingLag;
  if (is_periodic(group) && group.period_s > 0) return time + std::chrono::seconds(group.period_s);
  return {};
}

void begin(const CopyPair& pair, GroupMember& member, SteadyTime at) {
  member.status = SyncStatus::syncing;
  member.length_mib =
      member.has_base ? written_mib(pair, member) : static_cast<double>(pair.here.volumes.at(member.volume).size_mib);
  member.done_mib = 0;
  member.as_of = at;
  member.captured = wall_at(pair.here, at);
  if (is_periodic(pair.group)) send(pair, member);
}

void finish(const CopyPair& pair, GroupMember& member, SteadyTime at) {
  const CopyMode mode = pair.group.mode;
  if (mode == CopyMode::sync)
    join(pair, member);
  else if (mode == CopyMode::streaming)
    catch_up(pair, member);
  else
    land(pair, member);
  member.status = SyncStatus::synced;
  member.has_base = true;
  member.last_sync = is_periodic(pair.group) ? member.captured : wall_at(pair.here, at);
  pair.group.last_sync = member.last_sync;
}

void advance(const CopyPair& pair, GroupMember& member) {
  if (member.status != SyncStatus::syncing) return;
  const auto rate = static_cast<double>(pair.here.fabric->behaviour.sync_mib_per_s);
  const SteadyTime now = pair.here.clock.now();
  const double more = rate * Seconds(now - member.as_of).count();
  const double left = member.length_mib - member.done_mib;
  if (more < left) {
    member.done_mib += more;
    member.as_of = now;
    return;
  }
  finish(pair, member, member.as_of + std::chrono::duration_cast<SteadyTime::duration>(Seconds(left / rate)));
}

bool is_syncing(const CopyGroup& group) {
  return std::any_of(group.members.begin(), group.members.end(),
                     [](const GroupMember& member) { return member.status == SyncStatus::syncing; });
}

void catch_up_all(const CopyPair& pair) {
  for (GroupMember& member : pair.group.members) {
    if (member.status != SyncStatus::synced) continue;
    catch_up(pair, member);
    member.last_sync = pair.group.last_sync = pair.here.clock.wall();
  }
}

void copy_at(const CopyPair& pair, SteadyTime at) {
  if (pair.group.mode == CopyMode::streaming) return catch_up_all(pair);
  for (GroupMember& member : pair.group.members) begin(pair, member, at);
}

// When the clock jumped over several periods, the last of them counts.
void copy_when_due(const CopyPair& pair) {
  CopyGroup& group = pair.group;
  const SteadyTime now = pair.here.clock.now();
  if (!group.next_sync || *group.next_sync > now || is_syncing(group)) return;
  const auto period = *next_after(group, *group.next_sync) - *group.next_sync;
  const SteadyTime at = *group.next_sync + (now - *group.next_sync) / period * period;
  group.next_sync = at + period;
  copy_at(pair, at);
}

void advance_all(const CopyPair& pair) {
  for (GroupMember& member : pair.group.members) advance(pair, member);
}

void finish_restore(const CopyPair& pair) {
  const bool start = pair.group.restart_after_restore;
  if (!start) end_copying(pair);
  apply(pair, after_restore(sides_of(pair), start));
  hand_over(pair);
}

void settle_synced(const CopyPair& pair) {
  if (!all_synced(pair.group)) return;
  if (pair.group.task) finish_task(pair.here, *pair.group.task, TaskStatus::done);
  pair.group.task.reset();
  if (pair.group.becomes_natural) apply(pair, after_naturalising(sides_of(pair)));
  pair.group.becomes_natural = false;
  if (pair.group.restoring) finish_restore(pair);
}

void stop_members(const CopyPair& pair) {
  for (GroupMember& member : pair.group.members) {
    if (member.status == SyncStatus::syncing) {
      drop(pair, member);
      member.status = member.has_base ? SyncStatus::not_synced : SyncStatus::fresh;
    } else if (is_periodic(pair.group) && member.has_base) {
      member.status = SyncStatus::not_synced;
    }
  }
}

void forget_plans(const CopyPair& pair) {
  CopyGroup& group = pair.group;
  group.next_sync.reset();
  group.starts_by_itself.reset();
  group.takeover_due.reset();
  group.becomes_natural = group.restoring = group.stopped_by_loss = false;
  if (group.task) finish_task(pair.here, *group.task, TaskStatus::failed);
  group.task.reset();
}

void part_all(const CopyPair& pair, Keeper keeper) {
  if (pair.group.mode != CopyMode::sync) return;
  for (const GroupMember& member : pair.group.members) part(pair, member, keeper);
}

bool is_true(const CopyGroup& group, const char* policy) {
  const auto found = group.policies.find(policy);
  return found != group.policies.end() && found->second;
}

bool fails_over_by_itself(const CopyGroup& group) {
  return group.mode == CopyMode::sync && is_true(group, "autoFailover") && manages_paths(group) && all_synced(group);
}

Contact contact_of(const CopyPair& pair) {
  const Fabric& fabric = *pair.here.fabric;
  Contact contact{.links = pair.connected,
                  .primary_witness = reaches_witness(fabric, pair.here),
                  .secondary_witness = reaches_witness(fabric, *pair.there)};
  if (fabric.behaviour.link_loss_fails_over && !contact.links && contact.secondary_witness)
    contact.primary_witness = false;
  return contact;
}

void lose_contact(const CopyPair& pair) {
  const bool isolated = fails_over_by_itself(pair.group) && is_isolated(contact_of(pair));
  part_all(pair, isolated ? Keeper::secondary : Keeper::primary);
  stop_members(pair);
  repeat_there(pair);
  forget_plans(pair);
  pair.group.stopped_by_loss = !isolated;
  if (isolated)
    pair.group.takeover_due = pair.here.clock.now() + std::chrono::seconds(pair.here.fabric->behaviour.takeover_s);
  apply(pair, after_loss({pair.group.side, pair.other->side}, isolated));
}

void let_take_over(const CopyPair& pair) {
  pair.group.takeover_due.reset();
  pair.group.roles_by = pair.other->roles_by = kByItself;
  apply(pair, after_takeover({pair.group.side, pair.other->side}));
}

void let_go_on(const CopyPair& pair) {
  pair.group.takeover_due.reset();
  for (const GroupMember& member : pair.group.members) take_back(pair, member);
  if (pair.group.side.state != GroupState::failsafe) return;  // by an override
  pair.group.stopped_by_loss = true;
  apply(pair, after_reprieve({pair.group.side, pair.other->side}));
}

void decide_takeover(const CopyPair& pair) {
  CopyGroup& group = pair.group;
  if (!group.takeover_due) return;
  const Contact contact = contact_of(pair);
  if (pair.other->side.role == Role::primary)
    group.takeover_due.reset();  // somebody was faster
  else if (group.side.state != GroupState::failsafe || may_go_on(contact))
    let_go_on(pair);
  else if (*group.takeover_due <= pair.here.clock.now() && is_isolated(contact))
    let_take_over(pair);
}

void start_by_itself(const CopyPair& pair) {
  CopyGroup& group = pair.group;
  const bool complementary = pair.other->side.role == Role::secondary;
  const bool planned = group.starts_by_itself && *group.starts_by_itself <= pair.here.clock.now();
  const bool recovers = group.stopped_by_loss && is_true(group, "autoRecover");
  if (!complementary || group.side.state != GroupState::stopped || (!planned && !recovers)) return;
  group.stopped_by_loss = false;
  group.starts_by_itself.reset();
  begin_copying(pair);
  apply(pair, after_start(sides_of(pair)));
}

void settle(Model& model, CopyGroup& group) {
  const CopyPair pair = pair_of(model, group);
  if (group.side.role != Role::primary || pair.other == nullptr) return;
  if (!pair.connected && group.side.state == GroupState::started) lose_contact(pair);
  decide_takeover(pair);
  if (!pair.connected) return;
  start_by_itself(pair);
  if (group.side.state != GroupState::started) return;
  advance_all(pair);
  copy_when_due(pair);
  advance_all(pair);
  settle_synced(pair);
  if (group.side.role == Role::primary) repeat_there(pair);
}

}  // namespace

void settle(Fabric& fabric) {
  for (auto& [name, model] : fabric.models)
    for (auto& [id, group] : model->copy_groups) settle(*model, group);
}

void begin_copying(const CopyPair& pair, bool skip) {
  const SteadyTime now = pair.here.clock.now();
  for (GroupMember& member : pair.group.members) {
    begin(pair, member, now);
    if (skip) member.done_mib = member.length_mib;
  }
  pair.group.next_sync = next_after(pair.group, now);
  repeat_there(pair);
}

void begin_copying(const CopyPair& pair, GroupMember& member) {
  begin(pair, member, pair.here.clock.now());
  repeat_there(pair);
}

void copy_once(const CopyPair& pair) {
  const SteadyTime now = pair.here.clock.now();
  pair.group.next_sync = next_after(pair.group, now);
  if (pair.group.mode == CopyMode::sync)
    pair.group.last_sync = pair.here.clock.wall();
  else
    copy_at(pair, now);
}

void end_copying(const CopyPair& pair) {
  if (pair.group.mode == CopyMode::streaming) catch_up_all(pair);
  part_all(pair, Keeper::primary);
  stop_members(pair);
  repeat_there(pair);
  forget_plans(pair);
}

void hand_over(const CopyPair& pair) {
  repeat_there(pair);
  forget_plans(pair);
  if (pair.other->side.state == GroupState::started)
    pair.other->next_sync = next_after(*pair.other, pair.here.clock.now());
}

}  // namespace hpe3par::sim
