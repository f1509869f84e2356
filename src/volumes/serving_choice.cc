#include "serving_choice.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/replication/group_lock.h"
#include "hpe3par/replication/serving.h"

namespace hpe3par::volumes {

using replication::ServingPlan;
using replication::Site;

namespace {

constexpr Millis kSettles{20'000};
constexpr Millis kLookAgain{1'000};

}  // namespace

ServingChoice::ServingChoice(const config::Config& config, catalog::Catalog& catalog, GroupSight& groups)
    : config_(config), catalog_(catalog), groups_(groups), copies_(config, catalog) {}

ServingPlace ServingChoice::choose(const catalog::Volume& known, const Deadline& deadline) {
  const config::BackendConfig& backend = groups_.backend_of(known);
  const Deadline patience = deadline.sooner(kSettles);
  ServingPlan plan;
  GroupSighting seen;
  while (true) {
    seen = groups_.look(known, deadline);
    plan = replication::plan_serving(seen.view, config_.host.peer_silent, std::nullopt);
    const bool settled = plan.action != ServingPlan::Action::wait && !is_worked_on(known, seen.view, patience);
    if (settled || !patience.sleep_for(kLookAgain)) break;
  }
  if (plan.unless_taken) {
    const auto taken = groups_.takes().find(backend, known.record.group, seen.view, deadline);
    plan = replication::plan_serving(seen.view, config_.host.peer_silent, taken);
  }
  if (plan.action != ServingPlan::Action::serve)
    throw Error(ErrorKind::failed_precondition, "volume " + known.record.name + " is not mounted: " + plan.reason);
  const std::string& key = key_of(backend, plan.site);
  catalog::Volume volume = read_served(key, known, seen, deadline);
  // HPE's plugin left the copy without record, and the volume shall be found there when its own array is lost.
  if (volume.record.legacy && plan.may_format && !copies_.knows(volume)) copies_.complete(volume, deadline);
  if (plan.degraded)
    log(LogLevel::warning, "a replicated volume is mounted while nothing is replicated, or that is not known",
        {{"volume", known.record.name}, {"group", known.record.group}, {"array", key}});
  const Site other = replication::other(plan.site);
  const bool answers = seen.view.at(other).answer != replication::Side::Answer::silent;
  const bool pair = plan_pair(seen.view, plan.site, false) == replication::PairAction::export_other;
  // Arrays that fail over "mirrored" call the direction natural that they have since.
  const bool as_made = plan.may_format && plan.site == Site::own;
  ServingPlace place{std::move(volume), as_made ? "" : key_of(backend, other), answers, plan.may_format};
  if (pair) place.second_array = key_of(backend, other);
  if (seen.view.peer_persistence) place.living_but_silent = replication::living_but_silent(seen.view, plan.site);
  return place;
}

catalog::Volume ServingChoice::read_served(const std::string& key, const catalog::Volume& known,
                                           const GroupSighting& seen, const Deadline& deadline) {
  std::optional<catalog::Volume> volume = catalog_.array(key).fetch(known.array_volume, deadline);
  if (!volume && key != groups_.backend_of(known).array) volume = copies_.find_unrecorded(known, seen, deadline);
  if (volume && volume->record.name == known.record.name && volume->record.group == known.record.group)
    return std::move(*volume);
  throw Error(ErrorKind::failed_precondition, "volume " + known.record.name + " is not mounted: array " +
                                                  catalog_.array(key).array().name() +
                                                  ", which serves its group, has no volume " + known.array_volume +
                                                  " with its record; look what became of it there");
}

// A host that puts a volume in or takes one out stops the group for a moment, and says so on the array. A group that
// somebody else stopped stays stopped.
bool ServingChoice::is_worked_on(const catalog::Volume& known, const replication::SetView& view,
                                 const Deadline& deadline) {
  if (!replication::is_suspended_at_home(view)) return false;
  try {
    array::Array& array = catalog_.array(groups_.backend_of(known).array).array();
    return array.find_set(replication::note_set_name(known.record.group), deadline).has_value();
  } catch (const Error& error) {
    log(LogLevel::debug, "no look for who works on a group", {{"group", known.record.group}, {"reason", error.what()}});
    return false;
  }
}

std::string ServingChoice::why_not_from(const std::string& array, const catalog::Volume& known,
                                        const Deadline& deadline) {
  const Site site = groups_.site_of(known, array);
  return replication::why_orphaned(groups_.look(known, deadline).view, site);
}

}  // namespace hpe3par::volumes
