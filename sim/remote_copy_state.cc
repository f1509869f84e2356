#include "remote_copy_state.h"

#include "errors.h"

namespace hpe3par::sim {
namespace {

bool is_primary(const Side& side) {
  return side.role == Role::primary;
}

Side with_state(Side side, GroupState state) {
  side.state = state;
  return side;
}

Side swapped(Side side) {
  side.role = is_primary(side) ? Role::secondary : Role::primary;
  side.reversed = !side.reversed;
  side.took_over = false;
  return side;
}

Side taking_over(Side side) {
  side = with_state(swapped(side), GroupState::stopped);
  side.took_over = true;
  return side;
}

// A pair that can run: one of each role, in one direction.
bool fit(const Side& primary, const Side& secondary) {
  return is_primary(primary) && !is_primary(secondary) && primary.reversed == secondary.reversed;
}

Sides settled(Sides sides, GroupState state) {
  sides.here.took_over = sides.there->took_over = false;
  sides.here.state = sides.there->state = state;
  return sides;
}

Sides both(Sides sides, GroupState state) {
  sides.here.state = state;
  if (sides.there) sides.there->state = state;
  return sides;
}

void demand_peer(const Sides& sides) {
  if (!sides.there) throw Refusal(Code::rcopy_target_not_ready);
}

void demand_stopped(const Sides& sides) {
  if (sides.here.state == GroupState::started) throw Refusal(Code::rcopy_group_not_stopped);
}

}  // namespace

Sides after_start(const Sides& sides) {
  if (!is_primary(sides.here)) throw Refusal(Code::rcopy_only_on_primary_side);
  if (sides.here.state == GroupState::started) throw Refusal(Code::rcopy_group_started);
  if (sides.here.state == GroupState::failsafe) throw Refusal(Code::rcopy_in_failover_state);
  demand_peer(sides);
  if (!fit(sides.here, *sides.there)) throw Refusal(Code::rcopy_role_conflict);
  return settled(sides, GroupState::started);
}

Sides after_stop(const Sides& sides) {
  if (sides.here.state != GroupState::started) return sides;
  if (!is_primary(sides.here) && sides.there) throw Refusal(Code::rcopy_only_on_primary_side);
  return both(sides, GroupState::stopped);
}

Sides after_failover(const Sides& sides, bool mirrored) {
  if (is_primary(sides.here))
    throw Refusal(sides.here.reversed ? Code::rcopy_role_conflict : Code::rcopy_only_on_secondary_side);
  if (sides.here.state != GroupState::stopped) throw Refusal(Code::rcopy_group_not_stopped);
  Sides result = sides;
  result.here = taking_over(sides.here);
  if (mirrored && sides.there && is_primary(*sides.there))
    result.there = with_state(swapped(*sides.there), GroupState::stopped);
  return result;
}

Sides after_recover(const Sides& sides, bool start) {
  if (!is_primary(sides.here)) throw Refusal(Code::rcopy_only_on_primary_side);
  demand_stopped(sides);
  if (!sides.here.reversed && !sides.here.took_over) throw Refusal(Code::rcopy_role_conflict);
  demand_peer(sides);
  Sides result = sides;
  if (is_primary(*sides.there) && sides.here.took_over) result.there = swapped(*sides.there);
  if (!fit(result.here, *result.there)) throw Refusal(Code::rcopy_role_conflict);
  return settled(result, start ? GroupState::started : GroupState::stopped);
}

void check_restore(const Sides& sides) {
  if (!sides.here.reversed) throw Refusal(Code::other);
  if (!is_primary(sides.here)) throw Refusal(Code::rcopy_only_on_primary_side);
  demand_peer(sides);
  if (needs_recover(sides)) after_recover(sides, true);
}

bool needs_recover(const Sides& sides) {
  return sides.here.state != GroupState::started;
}

Sides after_restore(const Sides& sides, bool start) {
  demand_peer(sides);
  const Sides result = {swapped(sides.here), swapped(*sides.there)};
  return settled(result, start ? GroupState::started : GroupState::stopped);
}

Sides after_switchover(const Sides& sides) {
  if (!is_primary(sides.here)) throw Refusal(Code::rcopy_only_on_primary_side);
  if (sides.here.state != GroupState::started) throw Refusal(Code::rcopy_group_not_started);
  demand_peer(sides);
  return {swapped(sides.here), swapped(*sides.there)};
}

Sides after_reverse(const Sides& sides, bool local, bool stop) {
  if (!stop) demand_stopped(sides);
  Sides result = sides;
  if (sides.here.state == GroupState::started) result = both(sides, GroupState::stopped);
  if (!local) {
    demand_peer(sides);
    if (sides.here.role == sides.there->role) throw Refusal(Code::rcopy_role_conflict);
    result.there = swapped(*result.there);
  }
  result.here = swapped(result.here);
  return result;
}

Sides after_override(const Sides& sides) {
  if (!is_primary(sides.here)) throw Refusal(Code::rcopy_only_on_primary_side);
  if (sides.here.state != GroupState::failsafe) throw Refusal(Code::rcopy_role_conflict);
  Sides result = sides;
  result.here.state = GroupState::stopped;
  return result;
}

Sides after_loss(const Sides& sides, bool isolated) {
  Sides result = both(sides, GroupState::stopped);
  if (isolated) result.here.state = GroupState::failsafe;
  return result;
}

Sides after_takeover(const Sides& sides) {
  Sides result = sides;
  result.there = taking_over(*sides.there);
  return result;
}

Sides after_reprieve(const Sides& sides) {
  Sides result = sides;
  result.here.state = GroupState::stopped;
  return result;
}

Sides after_naturalising(const Sides& sides) {
  Sides result = sides;
  result.here.reversed = false;
  if (result.there) result.there->reversed = false;
  return result;
}

bool is_isolated(const Contact& contact) {
  return !contact.links && !contact.primary_witness && contact.secondary_witness;
}

bool may_go_on(const Contact& contact) {
  return contact.links || contact.primary_witness;
}

}  // namespace hpe3par::sim
