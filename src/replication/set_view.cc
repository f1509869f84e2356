#include "hpe3par/replication/set_view.h"

#include <algorithm>

namespace hpe3par::replication {

using array::GroupState;
using array::Role;

namespace {

bool has_stale_copy(const array::RemoteCopyGroup& group, const std::string& target) {
  for (const array::GroupMember& member : group.members)
    for (const array::GroupCopy& copy : member.copies)
      if (copy.target == target && copy.status == array::SyncStatus::stale) return true;
  return false;
}

bool is_moving(const Side& side) {
  return side.state == GroupState::starting || side.state == GroupState::restarting;
}

bool makes_sense(const Side& side) {
  return side.role != Role::unknown && side.state != GroupState::unknown && !side.stale;
}

std::string role_of(const Side& side) {
  if (side.role == Role::unknown) return "a role that is not known";
  return std::string(side.is_primary() ? "primary" : "secondary") + (side.reversed ? " (reversed)" : "");
}

std::string state_of(const Side& side) {
  return side.state == GroupState::unknown ? "in a state that is not known" : to_word(side.state);
}

Composite fold_alone(const Side& side, Site site) {
  if (side.answer == Side::Answer::no_group) return {SetState::none, std::nullopt, false};
  if (!makes_sense(side)) return {SetState::conflict, std::nullopt, false};
  if (side.is_failsafe()) return {SetState::failsafe, std::nullopt, side.reversed};
  if (side.is_primary()) return {SetState::alone_primary, site, side.reversed};
  return {SetState::alone_secondary, std::nullopt, side.reversed};
}

/// One is primary and the other secondary, and they agree on whether that is reversed.
Composite fold_pair(const Side& primary, const Side& secondary, Site owner) {
  if (primary.is_failsafe()) return {SetState::failsafe, std::nullopt, primary.reversed};
  if (is_moving(primary) || is_moving(secondary)) return {SetState::moving, owner, primary.reversed};
  const bool started = primary.state == GroupState::started && secondary.state == GroupState::started;
  return {started ? SetState::active : SetState::suspended, owner, primary.reversed};
}

}  // namespace

Side to_side(const std::optional<array::RemoteCopyGroup>& group, const std::string& target) {
  Side side;
  side.answer = Side::Answer::no_group;
  const array::GroupTarget* there = group ? group->find_target(target) : nullptr;
  if (there == nullptr) return side;
  side.answer = Side::Answer::group;
  side.role = group->role;
  side.reversed = there->reversed;
  side.state = there->state;
  side.stale = has_stale_copy(*group, target);
  side.group = group->name;
  return side;
}

std::string describe(const Side& side) {
  switch (side.answer) {
    case Side::Answer::silent: return "no answer" + (side.silent_since.empty() ? "" : " (" + side.silent_since + ")");
    case Side::Answer::no_group: return "no such group";
    case Side::Answer::group: break;
  }
  return role_of(side) + ", " + state_of(side) + (side.stale ? ", with a stale copy" : "");
}

std::string describe(const SetView& view) {
  return "array " + view.own.array + " says " + describe(view.own) + "; array " + view.peer.array + " says " +
         describe(view.peer);
}

Composite fold(const SetView& view) {
  const Side& own = view.own;
  const Side& peer = view.peer;
  if (own.answer == Side::Answer::silent && peer.answer == Side::Answer::silent) return {};
  if (peer.answer == Side::Answer::silent) return fold_alone(own, Site::own);
  if (own.answer == Side::Answer::silent) return fold_alone(peer, Site::peer);

  const Composite conflict{SetState::conflict, std::nullopt, false};
  if (own.answer == Side::Answer::no_group && peer.answer == Side::Answer::no_group)
    return {SetState::none, std::nullopt, false};
  if (own.answer != peer.answer || !makes_sense(own) || !makes_sense(peer)) return conflict;
  if (own.role != peer.role) {
    if (own.reversed != peer.reversed) return conflict;
    return own.is_primary() ? fold_pair(own, peer, Site::own) : fold_pair(peer, own, Site::peer);
  }
  if (own.is_secondary() || own.reversed == peer.reversed) return conflict;
  const Site taker = own.reversed ? Site::own : Site::peer;
  return view.at(taker).is_failsafe() ? conflict : Composite{SetState::failed_over, taker, true};
}

std::string to_word(GroupState state) {
  switch (state) {
    case GroupState::fresh: return "new";
    case GroupState::starting: return "starting";
    case GroupState::started: return "started";
    case GroupState::restarting: return "restarting";
    case GroupState::stopped: return "stopped";
    case GroupState::backup: return "backup";
    case GroupState::failsafe: return "failsafe";
    case GroupState::logging: return "logging";
    case GroupState::unknown: break;
  }
  return "unknown";
}

std::string to_word(SetState state) {
  switch (state) {
    case SetState::none: return "none";
    case SetState::active: return "active";
    case SetState::suspended: return "suspended";
    case SetState::failed_over: return "failed over";
    case SetState::failsafe: return "failsafe";
    case SetState::alone_primary: return "primary, peer silent";
    case SetState::alone_secondary: return "secondary, peer silent";
    case SetState::moving: return "moving";
    case SetState::conflict: return "conflict";
    case SetState::silent: break;
  }
  return "silent";
}

}  // namespace hpe3par::replication
