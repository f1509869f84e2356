#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/base/deadline.h"

namespace hpe3par::array {

/// What an array says it is in a RemoteCopyGroup.
enum class Role { primary, secondary, unknown };

enum class CopyMode { synchronous, periodic, streaming, unknown };

enum class GroupState { fresh, starting, started, restarting, stopped, backup, failsafe, logging, unknown };

enum class SyncStatus { fresh, syncing, synced, not_synced, stale, failsafe, other };

/// Where a group copies to.
struct GroupTarget {
  std::string name;  ///< of the other array, as this one knows it
  CopyMode mode = CopyMode::unknown;
  GroupState state = GroupState::unknown;
  bool reversed = false;  ///< the role is not the one with which the group was made
  std::chrono::seconds sync_period{0};
  std::string cpg;  ///< for the copies that the other array makes; empty: none
  std::string snap_cpg;
  bool auto_failover = false;
  bool path_management = false;
  bool auto_recover = false;
  std::optional<WallTime> last_sync;  ///< never for synchronous groups
};

/// The copy of one member on one target.
struct GroupCopy {
  std::string target;
  std::string volume;  ///< its name there
  SyncStatus status = SyncStatus::other;
  std::optional<int> progress_percent;  ///< while syncing
  std::optional<WallTime> last_sync;
};

struct GroupMember {
  std::string volume;
  std::vector<GroupCopy> copies;
};

/// A remote copy group as one of its arrays describes it.
struct RemoteCopyGroup {
  std::string name;
  std::string remote_name;  ///< what it is called on the other array; empty: not told
  std::string domain;       ///< empty: none
  Role role = Role::unknown;
  std::string cpg;  ///< for volumes that the other array lets this one make; empty: none
  std::string snap_cpg;
  std::vector<GroupTarget> targets;
  std::vector<GroupMember> members;

  /// nullptr if it does not copy there.
  const GroupTarget* find_target(const std::string& target) const;
  const GroupMember* find_member(const std::string& volume) const;
};

struct NewGroup {
  std::string name;
  std::string cpg;
  std::string snap_cpg;  ///< empty: none
  std::string target;
  CopyMode mode = CopyMode::synchronous;
  std::string target_cpg;
  std::string target_snap_cpg;  ///< empty: none
};

/// Puts a volume into a group; the other array makes the copy.
struct Admission {
  std::string volume;
  std::string target;
  std::string remote_volume;
  bool different_wwn = false;  ///< else the copy has the WWN of the volume
};

/// Remote copy groups of one array. All methods throw Error; see Array. What changes something is repeated only after a
/// look if its answer was lost.
class GroupStore {
 public:
  virtual ~GroupStore() = default;

  virtual std::optional<RemoteCopyGroup> find_group(const std::string& name, const Deadline& deadline) = 0;

  virtual std::vector<RemoteCopyGroup> list_groups(const Deadline& deadline) = 0;

  /// In the domain of its CPG. The other array makes its side, under a name of its own.
  /// @throws Error already_exists: there is a group of that name, and it cannot be told that we made it
  virtual void create_group(const NewGroup& group, const Deadline& deadline) = 0;

  /// Automatic failover, path management and automatic recovery.
  virtual void set_peer_persistence(const std::string& group, const std::string& target, const Deadline& deadline) = 0;

  virtual void set_sync_period(const std::string& group, const std::string& target, std::chrono::seconds period,
                               const Deadline& deadline) = 0;

  /// Success if it is a member already, with this copy.
  /// @throws Error failed_precondition (kGroupStarted): this array admits only to stopped groups
  virtual void admit_volume(const std::string& group, const Admission& admission, const Deadline& deadline) = 0;

  /// Both arrays keep their volume. Success if it is no member, or there is no such group.
  virtual void dismiss_volume(const std::string& group, const std::string& volume, const Deadline& deadline) = 0;

  /// Same, but the copy on the other array is removed. Success if it is no member; then there may be a copy.
  virtual void withdraw_volume(const std::string& group, const std::string& volume, const Deadline& deadline) = 0;

  /// Success if it is started already.
  virtual void start_group(const std::string& name, const Deadline& deadline) = 0;

  /// Success if it is stopped already.
  virtual void stop_group(const std::string& name, const Deadline& deadline) = 0;

  /// On both arrays; the volumes stay. One that does not exist is success.
  virtual void remove_group(const std::string& name, const Deadline& deadline) = 0;
};

}  // namespace hpe3par::array
