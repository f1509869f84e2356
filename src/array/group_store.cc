#include <algorithm>
#include <map>

#include "group_conversions.h"
#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/error_codes.h"
#include "wsapi_array_impl.h"

namespace hpe3par::array {

namespace code = wsapi::code;
using wsapi::Sent;

namespace {

bool is_admitted(const RemoteCopyGroup& group, const Admission& admission) {
  const GroupMember* member = group.find_member(admission.volume);
  if (member == nullptr) return false;
  return std::any_of(member->copies.begin(), member->copies.end(), [&](const GroupCopy& copy) {
    return copy.target == admission.target && copy.volume == admission.remote_volume;
  });
}

/// An empty group as ours is before anything was put into it.
bool is_new_as_ordered(const RemoteCopyGroup& group, const NewGroup& order) {
  const GroupTarget* target = group.find_target(order.target);
  return target != nullptr && group.members.empty() && target->mode == order.mode && group.cpg == order.cpg &&
         group.role == Role::primary;
}

bool is_in_state(const RemoteCopyGroup& group, GroupState state) {
  return !group.targets.empty() && std::all_of(group.targets.begin(), group.targets.end(),
                                               [&](const GroupTarget& target) { return target.state == state; });
}

}  // namespace

std::optional<RemoteCopyGroup> WsapiArray::find_group(const std::string& name, const Deadline& deadline) {
  check_usable(deadline);
  const auto found = wsapi::get_remote_copy_group(client_, name, deadline);
  return found ? std::optional(to_group(*found)) : std::nullopt;
}

std::vector<RemoteCopyGroup> WsapiArray::list_groups(const Deadline& deadline) {
  check_usable(deadline);
  std::map<std::string, RemoteCopyGroup> found;  // a request that broke off and was repeated brings groups again
  wsapi::get_remote_copy_groups(
      client_, [&](const wsapi::RemoteCopyGroup& group) { found[group.name] = to_group(group); }, deadline);
  std::vector<RemoteCopyGroup> groups;
  for (auto& [name, group] : found) groups.push_back(std::move(group));
  return groups;
}

void WsapiArray::change_group(const GroupChange& change, const Deadline& deadline) {
  check_usable(deadline);
  for (int round = 1;; ++round) {
    const Sent sent = change.send();
    if (sent.done()) return;
    const bool unknown = sent.outcome == Sent::Outcome::unknown;
    if (!unknown && !change.worth_a_look(sent)) throw Error(*sent.error);
    const auto found = look_after(*sent.error, change.attempted, [&] { return find_group(change.group, deadline); });
    if (change.is_done(found)) return;
    if (!unknown) throw Error(*sent.error);
    if (round == 2) throw still_unknown(*sent.error, change.attempted);
  }
}

void WsapiArray::create_group(const NewGroup& group, const Deadline& deadline) {
  const int version = build(deadline);
  const wsapi::RemoteCopyGroupBody body = to_body(group, domain_of(group.cpg, deadline), version);
  GroupChange change;
  change.group = group.name;
  change.attempted = "remote copy group " + group.name + " was created";
  bool doubt = false;
  change.send = [&] {
    Sent sent = wsapi::post_remote_copy_group(client_, body, deadline);
    doubt = doubt || sent.repeated || sent.outcome == Sent::Outcome::unknown;
    return sent;
  };
  change.worth_a_look = [&](const Sent& sent) { return doubt && sent.refused_with(code::kExistentGroup); };
  change.is_done = [&](const auto& found) { return found && is_new_as_ordered(*found, group); };
  change_group(change, deadline);
}

void WsapiArray::set_peer_persistence(const std::string& group, const std::string& target, const Deadline& deadline) {
  GroupChange change;
  change.group = group;
  change.attempted = "Peer Persistence of remote copy group " + group + " was switched on";
  change.send = [&] { return wsapi::put_peer_persistence(client_, group, target, deadline); };
  change.is_done = [&](const auto& found) {
    const GroupTarget* now = found ? found->find_target(target) : nullptr;
    return now != nullptr && now->auto_failover && now->path_management && now->auto_recover;
  };
  change_group(change, deadline);
}

void WsapiArray::set_sync_period(const std::string& group, const std::string& target, std::chrono::seconds period,
                                 const Deadline& deadline) {
  GroupChange change;
  change.group = group;
  change.attempted = "the period of remote copy group " + group + " was set";
  change.send = [&] { return wsapi::put_sync_period(client_, group, target, period.count(), deadline); };
  change.is_done = [&](const auto& found) {
    const GroupTarget* now = found ? found->find_target(target) : nullptr;
    return now != nullptr && now->sync_period == period;
  };
  change_group(change, deadline);
}

void WsapiArray::admit_volume(const std::string& group, const Admission& admission, const Deadline& deadline) {
  GroupChange change;
  change.group = group;
  change.attempted = "volume " + admission.volume + " was admitted to remote copy group " + group;
  change.send = [&] {
    return wsapi::put_admission(client_, group,
                                {admission.volume, admission.target, admission.remote_volume, admission.different_wwn},
                                deadline);
  };
  // What the array says of a member that is there already has no number that could be relied upon.
  change.worth_a_look = [](const Sent& sent) {
    const ErrorKind kind = sent.error->kind();
    return kind == ErrorKind::already_exists ||
           (kind == ErrorKind::failed_precondition && !sent.refused_with(code::kGroupStarted));
  };
  change.is_done = [&](const auto& found) { return found && is_admitted(*found, admission); };
  change_group(change, deadline);
}

void WsapiArray::dismiss_volume(const std::string& group, const std::string& volume, const Deadline& deadline) {
  take_out(group, volume, false, deadline);
}

void WsapiArray::withdraw_volume(const std::string& group, const std::string& volume, const Deadline& deadline) {
  take_out(group, volume, true, deadline);
}

void WsapiArray::take_out(const std::string& group, const std::string& volume, bool with_copy,
                          const Deadline& deadline) {
  GroupChange change;
  change.group = group;
  change.attempted = "volume " + volume + " was taken out of remote copy group " + group;
  change.send = [&] {
    return with_copy ? wsapi::delete_member(client_, group, volume, deadline)
                     : wsapi::put_dismissal(client_, group, volume, deadline);
  };
  change.worth_a_look = [](const Sent& sent) { return sent.error->kind() == ErrorKind::not_found; };
  change.is_done = [&](const auto& found) { return !found || found->find_member(volume) == nullptr; };
  change_group(change, deadline);
}

void WsapiArray::start_group(const std::string& name, const Deadline& deadline) {
  GroupChange change;
  change.group = name;
  change.attempted = "remote copy group " + name + " was started";
  change.send = [&] { return wsapi::put_group_action(client_, name, wsapi::GroupAction::start, deadline); };
  change.worth_a_look = [](const Sent& sent) { return sent.refused_with(code::kGroupStarted); };
  change.is_done = [](const auto& found) {
    return found && (is_in_state(*found, GroupState::started) || is_in_state(*found, GroupState::starting));
  };
  change_group(change, deadline);
}

void WsapiArray::stop_group(const std::string& name, const Deadline& deadline) {
  GroupChange change;
  change.group = name;
  change.attempted = "remote copy group " + name + " was stopped";
  change.send = [&] { return wsapi::put_group_action(client_, name, wsapi::GroupAction::stop, deadline); };
  change.worth_a_look = [](const Sent& sent) { return sent.error->kind() == ErrorKind::failed_precondition; };
  change.is_done = [](const auto& found) { return found && is_in_state(*found, GroupState::stopped); };
  change_group(change, deadline);
}

void WsapiArray::remove_group(const std::string& name, const Deadline& deadline) {
  GroupChange change;
  change.group = name;
  change.attempted = "remote copy group " + name + " was removed";
  change.send = [&] { return wsapi::delete_remote_copy_group(client_, name, deadline); };
  change.worth_a_look = [](const Sent& sent) { return sent.refused_with(code::kNonExistentGroup); };
  change.is_done = [](const auto& found) { return !found; };
  change_group(change, deadline);
}

}  // namespace hpe3par::array
