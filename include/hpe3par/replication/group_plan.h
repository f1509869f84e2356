#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "hpe3par/array/groups.h"
#include "hpe3par/config/config.h"

namespace hpe3par::replication {

/// What the configuration of a backend says of its groups.
struct GroupWish {
  std::string group;
  std::string backend;  ///< for sentences
  std::string array;    ///< the backend's own, for sentences
  std::string target;   ///< the other array, as that one knows it
  array::CopyMode mode = array::CopyMode::synchronous;
  bool peer_persistence = false;
  std::chrono::seconds sync_period{0};  ///< of a periodic group that is made
  std::string cpg;                      ///< of the volume
  std::string snap_cpg;
  std::string target_cpg;  ///< where the configuration maps that to
  std::string target_snap_cpg;
};

GroupWish wish_of(const config::BackendConfig& backend, const std::string& group, const std::string& cpg,
                  const std::string& snap_cpg);

/// How a volume gets into a group.
struct AdmissionPlan {
  enum class Action {
    create,         ///< there is no group: make it, admit, start
    admit,          ///< admit and start: nobody else is in the group
    admit_started,  ///< the array admits to a started group
    stop_first,     ///< stop, admit, start again
    wait,           ///< the array is at work on the group: look again, and refuse when nothing comes of it
    refuse,
  };
  Action action = Action::refuse;
  std::string reason;  ///< with wait and refuse: a sentence that says what to do
};

/// @param group as the backend's own array describes it; empty: there is none
/// @param admits_started that array can admit to a group without stopping it
AdmissionPlan plan_admission(const std::optional<array::RemoteCopyGroup>& group, const GroupWish& wish,
                             bool admits_started);

/// How a volume gets out of a group. The caller knows that nobody uses it.
struct DismissalPlan {
  enum class Action {
    not_in_it,   ///< it is out already, or there is no such group
    dismiss,     ///< the group is stopped, and stays so
    stop_first,  ///< stop, dismiss, start again
    wait,
    refuse,
  };
  Action action = Action::refuse;
  bool last = false;  ///< nobody is left in the group afterwards
  std::string reason;
};

DismissalPlan plan_dismissal(const std::optional<array::RemoteCopyGroup>& group, const std::string& array_volume,
                             const GroupWish& wish);

}  // namespace hpe3par::replication
