#include "hpe3par/replication/serving.h"

namespace hpe3par::replication {

using Action = ServingPlan::Action;

namespace {

ServingPlan serve(const SetView& view, Site site) {
  const Composite composite = fold(view);
  const bool active = composite.state == SetState::active || composite.state == SetState::moving;
  ServingPlan plan;
  plan.action = Action::serve;
  plan.site = site;
  plan.degraded = !active;
  plan.may_format = composite.state == SetState::active && !composite.reversed;
  return plan;
}

ServingPlan put_off(Action action, const SetView& view, const std::string& remedy) {
  ServingPlan plan;
  plan.action = action;
  plan.reason = describe(view) + "; " + remedy;
  return plan;
}

ServingPlan refuse(const SetView& view, const std::string& remedy) {
  return put_off(Action::refuse, view, remedy);
}

ServingPlan wait(const SetView& view, const std::string& remedy) {
  return put_off(Action::wait, view, remedy);
}

ServingPlan serve_alone(const SetView& view, Site site, config::PeerSilent peer_silent,
                        const std::optional<Take>& taken) {
  const Side& side = view.at(site);
  const std::string silent = view.at(other(site)).array;
  if (side.answer != Side::Answer::group || side.stale || side.role == array::Role::unknown)
    return refuse(view, "bring array " + silent + " back, or repair the group, and retry");
  if (side.is_failsafe())
    return refuse(view, "array " + side.array + " serves nothing before array " + silent +
                            " answers, or somebody overrides that (setrcopygroup override " + side.group + ")");
  if (side.is_secondary()) {
    const std::string remedy = "array " + side.array + " has the copy only; bring array " + silent +
                               " back, or fail the group over (on array " + side.array + ": setrcopygroup failover " +
                               side.group + "), and retry";
    return view.peer_persistence ? wait(view, remedy) : refuse(view, remedy);
  }
  if (side.reversed) return serve(view, site);
  // It may serve the set since a failover; only while it replicates that cannot be.
  if (view.at(other(site)).refuses_us && side.state != array::GroupState::started)
    return refuse(view, "array " + silent +
                            " is up and may be the one that serves the group, so correct how it is logged in to "
                            "(replication_device in hpe.conf, or its users), and retry");
  if (taken)
    return refuse(view, "array " + silent + " was made the one to write to, as host " + taken->host +
                            " saw; bring it back, or, if the group was brought back to array " + side.array +
                            " since, remove volume set " + taken->set + " on array " + side.array + ", and retry");
  if (peer_silent == config::PeerSilent::refuse)
    return refuse(view, "hpe.conf has peer_silent = refuse; bring array " + silent + " back, and retry");
  ServingPlan plan = serve(view, site);
  plan.unless_taken = true;
  return plan;
}

ServingPlan serve_pair(const SetView& view) {
  const Site primary = view.own.is_primary() ? Site::own : Site::peer;
  if (view.at(primary).is_failsafe())
    return wait(view, "array " + view.at(primary).array +
                          " serves nothing before it knows who may write; fail the group over on array " +
                          view.at(other(primary)).array + ", or repair the links, and retry");
  if (view.at(primary).reversed && !view.at(other(primary)).reversed)
    return wait(view, "the two contradict each other; repair the group, and retry");
  return serve(view, primary);
}

bool took_over(const Side& side) {
  return side.is_primary() && side.reversed;
}

}  // namespace

std::string why_orphaned(const SetView& view, Site site) {
  const Side& mounted = view.at(site);
  const Side& second = view.at(other(site));
  const bool lost_role = mounted.is_secondary();
  const bool overtaken = second.is_primary() && second.reversed && !(mounted.is_primary() && mounted.reversed);
  if (!lost_role && !overtaken) return "";
  return describe(view) + ", so what is written to a mount from array " + mounted.array + " is lost";
}

// A copy that is not known to follow the primary must never become a path to the volume.
PairAction plan_pair(const SetView& view, Site first, bool has_other) {
  if (!view.peer_persistence) return PairAction::nothing;
  const Composite now = fold(view);
  const Site second = other(first);
  switch (now.state) {
    case SetState::active: return has_other ? PairAction::nothing : PairAction::export_other;
    case SetState::failed_over:
      if (!has_other) return now.owner == second ? PairAction::give_way : PairAction::nothing;
      return now.owner == second ? PairAction::change_over : PairAction::drop_other;
    default: return PairAction::nothing;
  }
}

// One that died stops its groups.
std::string living_but_silent(const SetView& view, Site serving) {
  const Side& second = view.at(other(serving));
  const bool replicates = view.at(serving).is_primary() && view.at(serving).state == array::GroupState::started;
  return second.answer == Side::Answer::silent && replicates ? second.array : "";
}

std::string why_not_changeable(const SetView& view) {
  for (const Side* side : {&view.own, &view.peer})
    if (side->answer == Side::Answer::silent) return "bring array " + side->array + " back, and retry";
  const Composite composite = fold(view);
  const bool regular = composite.state == SetState::active || composite.state == SetState::suspended;
  if (composite.state == SetState::none || (regular && composite.owner == Site::own && !composite.reversed)) return "";
  if (composite.state == SetState::moving) return "the group is being started; retry";
  if (composite.reversed)
    return "bring the group back to its natural direction (setrcopygroup restore, on the array that serves it now), "
           "and "
           "retry";
  return "repair the group, so that array " + view.own.array + " is its primary, and retry";
}

// An array that says it is secondary knows: if it is the primary later, it was made that anew. One that says that there
// is no such group may mean the volume only, so it says nothing here.
std::optional<Site> taker_of(const SetView& view, std::optional<Site> known) {
  const std::optional<Site> taker = took_over(view.own) == took_over(view.peer) ? known
                                    : took_over(view.own)                       ? Site::own
                                                                                : Site::peer;
  if (!taker || view.at(other(*taker)).is_secondary()) return std::nullopt;
  const Side& side = view.at(*taker);
  return took_over(side) || side.answer != Side::Answer::group ? taker : std::nullopt;
}

bool is_suspended_at_home(const SetView& view) {
  const Composite now = fold(view);
  return now.state == SetState::suspended && now.owner == Site::own && !now.reversed;
}

ServingPlan plan_serving(const SetView& view, config::PeerSilent peer_silent, const std::optional<Take>& taken) {
  const Side& own = view.own;
  const Side& peer = view.peer;
  const bool own_silent = own.answer == Side::Answer::silent;
  const bool peer_is_silent = peer.answer == Side::Answer::silent;
  if (own_silent && peer_is_silent) return refuse(view, "bring one of them back, and retry");
  if (peer_is_silent) return serve_alone(view, Site::own, peer_silent, taken);
  if (own_silent) return serve_alone(view, Site::peer, peer_silent, taken);

  if (own.answer == Side::Answer::no_group || peer.answer == Side::Answer::no_group)
    return refuse(view, "the volume is not replicated as its record says; repair the group, or remove the volume");
  if (own.stale || peer.stale)
    return refuse(view, "a stale copy must not be used; stop the group and ask HPE's support");
  if (own.role == array::Role::unknown || peer.role == array::Role::unknown)
    return wait(view, "repair the group, and retry");
  if (own.role != peer.role) return serve_pair(view);
  if (own.is_secondary())
    return wait(view, "neither may be written to; fail the group over on the array that has the newer data, and retry");
  if (own.reversed == peer.reversed)
    return wait(view,
                "both may have been written to; find out which copy counts, make the other one its copy, and retry");
  const Site taker = own.reversed ? Site::own : Site::peer;
  if (view.at(taker).is_failsafe()) return wait(view, "repair the group, and retry");
  return serve(view, taker);
}

}  // namespace hpe3par::replication
