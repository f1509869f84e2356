#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "clock.h"

namespace hpe3par::sim {

// Numbers as on the wire.
enum class Role { primary = 1, secondary = 2 };
enum class GroupState { fresh = 1, started = 3, stopped = 5, failsafe = 7 };
enum class SyncStatus { fresh = 1, syncing = 2, synced = 3, not_synced = 4 };
enum class CopyMode { sync = 1, periodic = 2, periodic_too = 3, streaming = 4 };

/// What one array thinks of a group: its own end of it.
struct Side {
  Role role = Role::primary;
  bool reversed = false;
  GroupState state = GroupState::fresh;
  bool took_over = false;  ///< primary by a failover: with two primaries, the one that the other can be recovered from
  bool operator==(const Side&) const = default;
};

/// A volume of a group. What it says about copying is kept at the primary end and repeated at the other one.
struct GroupMember {
  int volume = 0;
  int remote_volume = 0;
  std::string remote_name{};
  SyncStatus status = SyncStatus::fresh;
  bool has_base = false;  ///< the secondary holds an earlier state of it, so that only the difference is sent
  double length_mib = 0;  ///< while syncing: how much is sent, and how much of it already was at `as_of`
  double done_mib = 0;
  SteadyTime as_of{};
  WallTime captured{};  ///< while syncing: the moment whose data are sent
  std::optional<WallTime> last_sync{};
};

/// One end of a remote copy group, with its only target.
struct CopyGroup {
  int id = 0;
  std::string name{};
  std::string domain{};
  Side side{};
  std::string target{};        ///< the other array
  std::string remote_group{};  ///< what the other end is named there
  CopyMode mode = CopyMode::sync;
  std::string local_user_cpg{};  ///< empty: none
  std::string local_snap_cpg{};
  std::string remote_user_cpg{};
  std::string remote_snap_cpg{};
  std::map<std::string, bool> policies{};
  std::int64_t period_s = 0;  ///< periodic only; 0: no syncs by itself
  std::optional<std::int64_t> snap_frequency_s{};
  std::vector<GroupMember> members{};
  std::optional<WallTime> last_sync{};
  std::string roles_by{};  ///< who asked for the last change of roles; empty: nobody yet

  // Things to come; kept at the primary end.
  std::optional<SteadyTime> next_sync{};         ///< periodic: when the next copy begins. Streaming: the next catch-up
  std::optional<SteadyTime> starts_by_itself{};  ///< after a mirrored failover
  bool becomes_natural = false;                  ///< after a mirrored failover: when all is synced
  bool restoring = false;                        ///< roles go back when all is synced
  bool restart_after_restore = true;
  bool stopped_by_loss = false;  ///< the other array was lost, nobody stopped it
  /// In failsafe, until it is decided who goes on: when the other end takes over. It has the file that hosts have open.
  std::optional<SteadyTime> takeover_due{};
  std::optional<int> task{};  ///< done when all is synced
};

inline bool is_periodic(const CopyGroup& group) {
  return group.mode == CopyMode::periodic || group.mode == CopyMode::periodic_too;
}

/// `pathManagement`: hosts reach both ends.
bool manages_paths(const CopyGroup& group);

/// Synchronous and synced: what the primary holds, the secondary holds.
bool is_in_step(const CopyGroup& group, const GroupMember& member);
bool all_synced(const CopyGroup& group);

}  // namespace hpe3par::sim
