#include "remote_copy_actions.h"

#include <nlohmann/json.hpp>

#include "errors.h"
#include "fabric.h"
#include "remote_copy_groups.h"
#include "remote_copy_members.h"
#include "remote_copy_pair.h"
#include "remote_copy_rules.h"
#include "remote_copy_sync.h"
#include "tasks.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr int kAdmit = 1, kDismiss = 2, kStart = 3, kStop = 4, kSync = 5;
constexpr int kReverse = 6, kFailover = 7, kSwitchover = 8, kRecover = 9, kRestore = 10, kOverride = 11;

// A mirrored group starts again by itself.
constexpr std::chrono::seconds kMirroredRestart{2};

bool asks(const json& body, const char* flag) {
  return body.value(flag, false);
}

int action_of(const json& body, int first, int last) {
  const auto action = body.find("action");
  if (action == body.end() || action->is_null()) throw Refusal(Code::missing_required, "action");
  if (!action->is_number_integer()) throw Refusal(Code::wrong_type, "action");
  const auto number = action->get<std::int64_t>();
  if (number < first || number > last) throw Refusal(Code::bad_enum_value, "action");
  return static_cast<int>(number);
}

bool is_same_kind(CopyMode a, CopyMode b) {
  const auto kind = [](CopyMode mode) { return mode == CopyMode::periodic_too ? CopyMode::periodic : mode; };
  return kind(a) == kind(b);
}

// All started groups on one target share one mode.
void check_mode_of_target(const Model& model, const CopyGroup& group) {
  for (const auto& [id, other] : model.copy_groups)
    if (other.target == group.target && other.side.state == GroupState::started &&
        !is_same_kind(other.mode, group.mode))
      throw Refusal(Code::rcopy_mixed_modes);
}

void start(const CopyPair& pair, const json& body) {
  const Sides sides = after_start(sides_of(pair));
  check_mode_of_target(pair.here, pair.group);
  pair.group.stopped_by_loss = false;
  pair.group.starts_by_itself.reset();
  begin_copying(pair, asks(body, "skipInitialSync"));
  apply(pair, sides);
}

void stop(const CopyPair& pair) {
  const Sides sides = after_stop(sides_of(pair));
  const bool was_started = pair.group.side.state == GroupState::started;
  pair.group.stopped_by_loss = false;
  pair.group.starts_by_itself.reset();
  if (was_started) end_copying(pair);
  apply(pair, sides);
}

json sync(const CopyPair& pair) {
  if (pair.group.side.role != Role::primary) throw Refusal(Code::rcopy_only_on_primary_side);
  if (pair.group.side.state != GroupState::started) throw Refusal(Code::rcopy_group_not_started);
  if (!all_synced(pair.group)) throw Refusal(Code::rcopy_in_synchronization);
  const int task = add_task(pair.here, TaskType::copy_sync, pair.group.name, TaskStatus::active);
  pair.group.task = task;
  copy_once(pair);
  return {{"taskid", task}};
}

void reverse(const CopyPair& pair, const json& body) {
  const Sides sides = after_reverse(sides_of(pair), asks(body, "localGroupsDirection"), asks(body, "stopGroups"));
  const bool was_started = pair.group.side.state == GroupState::started;
  if (was_started && pair.group.side.role == Role::primary) end_copying(pair);
  if (was_started && pair.group.side.role == Role::secondary && pair.other != nullptr)
    end_copying(seen_from_there(pair));
  apply(pair, sides);
}

void failover(const CopyPair& pair, const json& body) {
  const bool mirrored = pair.here.fabric->behaviour.mirrored_failover;
  const Sides before = sides_of(pair);
  const Sides sides = after_failover(before, mirrored);
  apply(pair, sides);
  const bool stepped_back = sides.there && before.there != sides.there;
  if (!stepped_back) return;
  pair.group.becomes_natural = true;
  if (!asks(body, "skipStart")) pair.group.starts_by_itself = pair.here.clock.now() + kMirroredRestart;
}

void switchover(const CopyPair& pair) {
  if (pair.group.mode != CopyMode::sync || !manages_paths(pair.group)) throw Refusal(Code::rcopy_mode_not_supported);
  const Sides sides = after_switchover(sides_of(pair));
  if (!all_synced(pair.group)) throw Refusal(Code::rcopy_in_synchronization);
  apply(pair, sides);
  hand_over(pair);
}

void recover(const CopyPair& pair, bool start, bool skip_sync) {
  const Sides sides = after_recover(sides_of(pair), start);
  pair.other->stopped_by_loss = false;
  if (start) begin_copying(pair, skip_sync);
  apply(pair, sides);
}

// Ends when all has been copied back, unless nothing is to be copied.
void restore(const CopyPair& pair, const json& body, int task) {
  const Sides sides = sides_of(pair);
  if (!sides.here.reversed)
    throw Refusal(Code::other, {}, "the role of group " + pair.group.name + " was not previously switched");
  check_restore(sides);
  const bool skip = asks(body, "skipSync");
  if (needs_recover(sides))
    recover(pair, true, skip);
  else if (!skip && pair.group.mode != CopyMode::sync && all_synced(pair.group))
    copy_once(pair);
  pair.group.becomes_natural = false;
  pair.group.restoring = true;
  pair.group.restart_after_restore = !asks(body, "skipStart");
  pair.group.task = task;
}

TaskType task_type_of(int action) {
  switch (action) {
    case kReverse: return TaskType::copy_reverse;
    case kRecover: return TaskType::copy_recover;
    case kRestore: return TaskType::copy_restore;
    default: return TaskType::copy_failover;
  }
}

void change_roles(const CopyPair& pair, int action, const json& body) {
  switch (action) {
    case kReverse: return reverse(pair, body);
    case kFailover: return failover(pair, body);
    case kSwitchover: return switchover(pair);
    case kRecover: return recover(pair, !asks(body, "skipStart"), asks(body, "skipSync"));
    default: return apply(pair, after_override(sides_of(pair)));
  }
}

int change_roles_as_task(const CopyPair& pair, int action, const json& body) {
  if (action != kRestore) {
    change_roles(pair, action, body);
    return add_task(pair.here, task_type_of(action), pair.group.name);
  }
  const int task = pair.here.next_task;
  restore(pair, body, task);
  return add_task(pair.here, TaskType::copy_restore, pair.group.name, TaskStatus::active);
}

}  // namespace

Answer act_on_copy_group(Model& model, CopyGroup& group, const Call& call) {
  const CopyPair pair = pair_of(model, group);
  json body = call.body;
  Answer answer = modified({"remotecopygroups", group.name});
  switch (action_of(body, kAdmit, kSync)) {
    case kAdmit: admit_volume(pair, body); break;
    case kDismiss:
      check_dismissal(body);
      dismiss_volume(pair, body.at("volumeName"), false);
      break;
    case kStart:
      check_start(body, group);
      start(pair, body);
      break;
    case kStop:
      check_stop(body, group);
      stop(pair);
      break;
    default: check_sync(body, group); answer.body = sync(pair);
  }
  return answer;
}

Answer change_copy_group_roles(Model& model, const Call& call) {
  CopyGroup& group = get_copy_group_named(model, call.names.at(0));
  json body = call.body;
  const int action = action_of(body, kReverse, kOverride);
  check_role_change(body, group);
  const CopyPair pair = pair_of(model, group);
  const int task = change_roles_as_task(pair, action, body);
  group.roles_by = call.product;
  if (pair.other != nullptr) pair.other->roles_by = call.product;
  return {.body = {{"taskid", task}}};
}

}  // namespace hpe3par::sim
