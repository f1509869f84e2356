#pragma once

#include <string>

#include "hpe3par/config/config.h"
#include "hpe3par/replication/set_view.h"

namespace hpe3par::replication {

/// From which array a volume of a set may be mounted.
struct ServingPlan {
  enum class Action {
    serve,
    wait,    ///< not now, but the array may be on its way: look again, and refuse when nothing comes of it
    refuse,  ///< not before somebody acts
  };
  Action action = Action::refuse;
  Site site = Site::own;    ///< with serve
  bool degraded = false;    ///< with serve: nothing is replicated, or it is not known to be
  bool may_format = false;  ///< with serve: whatever is written first is certain to be replicated
  std::string reason;       ///< unless serve: what the arrays say, and what to do
};

/// The mount table of docs/replication.md.
/// @param taken somebody is recorded to have made the silent array's peer the writer
ServingPlan plan_serving(const SetView& view, config::PeerSilent peer_silent, bool taken);

}  // namespace hpe3par::replication
