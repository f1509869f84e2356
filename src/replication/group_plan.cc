#include "hpe3par/replication/group_plan.h"

#include "hpe3par/replication/set_view.h"

namespace hpe3par::replication {

using array::CopyMode;
using array::GroupState;
using array::GroupTarget;
using array::RemoteCopyGroup;

namespace {

std::string word_of(CopyMode mode) {
  switch (mode) {
    case CopyMode::synchronous: return "synchronous";
    case CopyMode::periodic: return "asynchronous (periodic)";
    case CopyMode::streaming: return "streaming";
    case CopyMode::unknown: break;
  }
  return "one that this program does not know";
}

CopyMode mode_of(config::ReplicationMode mode) {
  switch (mode) {
    case config::ReplicationMode::periodic: return CopyMode::periodic;
    case config::ReplicationMode::streaming: return CopyMode::streaming;
    case config::ReplicationMode::synchronous: break;
  }
  return CopyMode::synchronous;
}

std::string in_words(const GroupWish& wish) {
  return "remote copy group " + wish.group + " on array " + wish.array;
}

std::string says(const GroupWish& wish) {
  return "replication_device of backend " + wish.backend + " in hpe.conf says ";
}

std::string another_group() {
  return "; name another group, or correct one of the two";
}

std::string targets_of(const RemoteCopyGroup& group) {
  std::string names;
  for (const GroupTarget& target : group.targets) names += (names.empty() ? "" : ", ") + target.name;
  return names.empty() ? "nowhere" : "to " + names;
}

/// Why the group is not what the configuration describes; empty if it is.
std::string why_it_does_not_fit(const RemoteCopyGroup& group, const GroupWish& wish) {
  const GroupTarget* target = group.find_target(wish.target);
  if (target == nullptr)
    return in_words(wish) + " copies " + targets_of(group) + ", " + says(wish) + "backend_id:" + wish.target +
           another_group();
  if (target->mode != wish.mode)
    return "the replication mode of " + in_words(wish) + " is " + word_of(target->mode) + ", " + says(wish) +
           word_of(wish.mode) + another_group();
  const bool peer_persistence = target->auto_failover || target->path_management;
  if (peer_persistence && !wish.peer_persistence)
    return in_words(wish) + " fails over by itself (Peer Persistence), but " + says(wish) + "no quorum_witness_ip" +
           another_group();
  if (wish.peer_persistence && !(target->auto_failover && target->path_management))
    return in_words(wish) + " lacks the policies autoFailover and pathManagement, which Peer Persistence needs, and " +
           says(wish) + "quorum_witness_ip" + another_group();
  if (target->cpg.empty())
    return in_words(wish) + " has no CPG for the copies on " + wish.target +
           ", so that array cannot make them; set it there, or name another group";
  if (target->cpg != wish.target_cpg)
    return in_words(wish) + " puts copies into CPG " + target->cpg + " of " + wish.target + ", but cpg_map maps " +
           wish.cpg + " to " + wish.target_cpg + another_group();
  return "";
}

/// Why nothing may be put into the group or taken out of it now; empty if that can be done.
std::string why_not_owner(const RemoteCopyGroup& group, const GroupTarget& target, const GroupWish& wish) {
  if (group.role != array::Role::primary)
    return in_words(wish) + " is a secondary now, because it was failed over or switched over; bring it back first (" +
           (target.reversed ? "setrcopygroup restore on the other array"
                            : "stop it, fail it over and recover it there") +
           "), then retry";
  if (target.reversed)
    return in_words(wish) +
           " is primary by a failover only; bring it back to its natural direction first "
           "(setrcopygroup restore), then retry";
  return "";
}

}  // namespace

GroupWish wish_of(const config::BackendConfig& backend, const std::string& group, const std::string& cpg,
                  const std::string& snap_cpg) {
  const config::ReplicationConfig& replication = backend.replication.value();
  GroupWish wish;
  wish.group = group;
  wish.backend = backend.name;
  wish.array = backend.array;
  wish.target = replication.backend_id;
  wish.mode = mode_of(replication.mode);
  wish.peer_persistence = replication.kind() == config::ReplicationKind::peer_persistence;
  wish.sync_period = replication.sync_period;
  wish.cpg = cpg;
  wish.snap_cpg = snap_cpg;
  if (const std::string* mapped = replication.find_target_cpg(cpg)) wish.target_cpg = *mapped;
  if (const std::string* mapped = replication.find_target_snap_cpg(snap_cpg)) wish.target_snap_cpg = *mapped;
  return wish;
}

AdmissionPlan plan_admission(const std::optional<RemoteCopyGroup>& group, const GroupWish& wish, bool admits_started) {
  using Action = AdmissionPlan::Action;
  if (!group) return {Action::create, ""};
  if (const std::string reason = why_it_does_not_fit(*group, wish); !reason.empty()) return {Action::refuse, reason};
  const GroupTarget& target = *group->find_target(wish.target);
  if (const std::string reason = why_not_owner(*group, target, wish); !reason.empty()) return {Action::refuse, reason};
  switch (target.state) {
    case GroupState::started: return {admits_started ? Action::admit_started : Action::stop_first, ""};
    case GroupState::fresh:
    case GroupState::stopped:
      if (group->members.empty()) return {Action::admit, ""};
      return {Action::refuse, in_words(wish) +
                                  " is not started, so what is put into it would not be replicated; "
                                  "start it (startrcopygroup " +
                                  wish.group + ") once you know why it was stopped, then retry"};
    case GroupState::starting:
    case GroupState::restarting: return {Action::wait, in_words(wish) + " is being started; retry"};
    case GroupState::backup:
    case GroupState::failsafe:
    case GroupState::logging:
    case GroupState::unknown: break;
  }
  return {Action::refuse, in_words(wish) + " is in no state in which volumes can be put into it (" +
                              describe(to_side(group, wish.target)) + "); repair it, then retry"};
}

DismissalPlan plan_dismissal(const std::optional<RemoteCopyGroup>& group, const std::string& array_volume,
                             const GroupWish& wish) {
  using Action = DismissalPlan::Action;
  if (!group || group->find_member(array_volume) == nullptr)
    return {Action::not_in_it, group && group->members.empty(), ""};
  const bool last = group->members.size() == 1;
  const GroupTarget* target = group->find_target(wish.target);
  if (target == nullptr)
    return {Action::refuse, last,
            in_words(wish) + " does not copy to " + wish.target +
                " any more; repair it, or "
                "take the volume out of it on the array, then retry"};
  if (const std::string reason = why_not_owner(*group, *target, wish); !reason.empty())
    return {Action::refuse, last, reason};
  switch (target->state) {
    case GroupState::started: return {Action::stop_first, last, ""};
    case GroupState::fresh:
    case GroupState::stopped: return {Action::dismiss, last, ""};
    case GroupState::starting:
    case GroupState::restarting: return {Action::wait, last, in_words(wish) + " is being started; retry"};
    case GroupState::backup:
    case GroupState::failsafe:
    case GroupState::logging:
    case GroupState::unknown: break;
  }
  return {Action::refuse, last,
          in_words(wish) + " is in no state in which volumes can be taken out of it (" +
              describe(to_side(group, wish.target)) + "); repair it, then retry"};
}

}  // namespace hpe3par::replication
