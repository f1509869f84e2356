#pragma once

#include <optional>
#include <string>

#include "hpe3par/config/config.h"
#include "hpe3par/replication/set_view.h"

namespace hpe3par::replication {

/// A note that the array which is silent now was made the writer of a set.
struct Take {
  std::string host;  ///< that saw it
  std::string set;   ///< the volume set with the note, on the array that answers
};

/// From which array a volume of a set may be mounted.
struct ServingPlan {
  enum class Action {
    serve,
    wait,    ///< not now, but the array may be on its way: look again, and refuse when nothing comes of it
    refuse,  ///< not before somebody acts
  };
  Action action = Action::refuse;
  Site site = Site::own;      ///< with serve
  bool degraded = false;      ///< with serve: nothing is replicated, or it is not known to be
  bool may_format = false;    ///< with serve: whatever is written first is certain to be replicated
  bool unless_taken = false;  ///< with serve: it must be made sure that the silent array did not take over
  std::string reason;         ///< unless serve: what the arrays say, and what to do
};

/// The mount table of docs/replication.md.
/// @param taken the array that is silent is known to have been made the writer
ServingPlan plan_serving(const SetView& view, config::PeerSilent peer_silent, const std::optional<Take>& taken);

/// Which array has taken a set over, as far as the other one may not know of it; empty: none.
/// @param known what was known of it before this look
std::optional<Site> taker_of(const SetView& view, std::optional<Site> known);

/// The set is as it was made, on the backend's array, and not started: an administrator stopped it, or a host that
/// works on it.
bool is_suspended_at_home(const SetView& view);

/// Why what is written to a mount from `site` is lost: that array serves the set no more. Empty: it does, or nobody can
/// tell.
std::string why_orphaned(const SetView& view, Site site);

/// What is to be done about the exports of a mounted Peer Persistence volume, which should have one from each array.
enum class PairAction {
  nothing,
  export_other,  ///< the two follow each other: get the other array's export as well
  change_over,   ///< the other array has taken over: give up the first export, if the mount goes on with the other one
  drop_other,    ///< the other array has lost the set: its copy may differ by now, so give up its export
  give_way,  ///< the other array has taken over, and there is no export from it: if another host has one, the volume
             ///< is that host's
};

/// @param first the site of the export with which it was mounted. @param has_other there is one from the other site
PairAction plan_pair(const SetView& view, Site first, bool has_other);

/// The name of the array that is silent although it replicates what `serving` has, so it lives, and so may be the paths
/// to it; empty: there is none.
std::string living_but_silent(const SetView& view, Site serving);

/// Why nothing may be taken out of a set, as seen from its natural owner; empty: both arrays answer and it is as it was
/// made, started or not, or neither has it any more.
std::string why_not_changeable(const SetView& view);

}  // namespace hpe3par::replication
