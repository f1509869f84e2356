#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "copy_records.h"
#include "group_sight.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/replication/group_keeper.h"
#include "hpe3par/replication/lock_log.h"
#include "new_addresses.h"

namespace hpe3par::volumes {

/// The locks of groups in the journal.
class JournaledLocks final : public replication::LockLog {
 public:
  explicit JournaledLocks(journal::Journal& journal);
  void add(const replication::LoggedLock& lock) override;
  void remove(const std::string& token) override;
  std::vector<replication::LoggedLock> all() override;

  /// What is known of array `from` is known of `to` from now on; the journal knows already.
  void rename_array(const std::string& from, const std::string& to);

 private:
  journal::Journal& journal_;
  std::mutex mutex_;
  std::map<std::string, replication::LoggedLock> locks_;  // by token
  NewAddresses addresses_;
};

/// What is known of a replicated volume that is about to be removed.
struct RemovalOutlook {
  std::string refusal;        ///< why it cannot be removed now: the sentence; empty: it can
  bool seen_started = false;  ///< its group was active in its natural direction a moment ago
  bool peer_asked = false;    ///< both arrays were asked just now
  bool copy_known = false;    ///< the copy has the record
};

/// Gets volumes replicated, and undoes it. Callers hold the lock of the volume.
class Replicator {
 public:
  /// @param host the name of this host
  Replicator(const config::Config& config, catalog::Catalog& catalog, GroupSight& sight, journal::Journal& journal,
             std::string host, Clock& clock);

  /// The serial numbers of the backend's array and of its peer, for a new record.
  /// @throws Error unavailable: one of the two was never reached, or does not answer now
  std::vector<std::string> pair_of(const config::BackendConfig& backend);

  /// Puts a volume that exists into its group, and the record on its copy.
  /// @throws Error: it is not in the group, and there is no copy
  void attach(const catalog::Volume& volume, const Deadline& deadline);

  /// Takes the volume out of its group; its copy stays.
  /// @return true: that was done just now, and the copy is known to be that of this volume
  /// @throws Error failed_precondition: nothing can be taken out of the group now
  bool detach(const catalog::Volume& volume, const RemovalOutlook& outlook, const Deadline& deadline);

  /// Takes the volume with its copy out of its group, if it is in it.
  void withdraw(const catalog::Volume& volume, const Deadline& deadline);

  /// Writes the record on the copy of a volume that is in its group.
  void record_copy(const catalog::Volume& volume, const Deadline& deadline);

  /// Same, if the copy has none. One that cannot be asked is left as it is.
  /// @param volume is in its group
  /// @return whether the copy has the record
  bool identify_copy(const catalog::Volume& volume, const Deadline& deadline);

  /// Removes what was the copy of the volume with this uuid, after a look at its record. One that is gone, or has
  /// another record, is success.
  /// @param peer key of its array
  void remove_copy(const std::string& peer, const std::string& array_volume, const std::string& uuid,
                   const Deadline& deadline);

  /// Same, without the look: of one that left its group a moment ago, see detach(). Never for a second try.
  void remove_known_copy(const std::string& peer, const std::string& array_volume, const Deadline& deadline);

  /// Whether the volume can be removed now: its set is as it was made, and both arrays answer. What was seen of it in
  /// the last ten seconds will do. Tries to make sure that the copy can be told to be that of the volume once they are
  /// apart.
  RemovalOutlook prepare_removal(const catalog::Volume& volume, const Deadline& deadline);

  /// Whether an array has a volume in a group. @param array its key
  bool is_attached(const std::string& array, const std::string& group, const std::string& array_volume,
                   const Deadline& deadline);
  bool is_attached(const catalog::Volume& volume, const Deadline& deadline) {
    return is_attached(volume.array, volume.record.group, volume.array_volume, deadline);
  }

  /// What is known of array `from` is known of `to` from now on.
  void rename_array(const std::string& from, const std::string& to) { locks_.rename_array(from, to); }

  /// Finishes what was left undone on groups of this array. @return false: something is left to do
  bool settle(array::Array& array, const Deadline& deadline) { return groups_.settle(array, deadline); }

  /// Starts the group of a volume if a host that died stopped it, which its lock tells. One request if there is none.
  void take_up_group(const catalog::Volume& volume, const Deadline& deadline);

  /// Locks of groups that this host has, or may have.
  std::vector<replication::LoggedLock> held_locks() { return locks_.all(); }

 private:
  replication::GroupWish wish_of(const catalog::Volume& volume);
  array::Array& peer_of(const catalog::Volume& volume);
  bool was_active_just_now(const catalog::Volume& volume);
  bool knows_copy(const catalog::Volume& volume);
  void forget_copy(const std::string& uuid);

  const config::Config& config_;
  catalog::Catalog& catalog_;
  GroupSight& sight_;
  CopyRecords copies_;
  JournaledLocks locks_;
  replication::GroupKeeper groups_;
  Clock& clock_;
  std::mutex mutex_;
  std::set<std::string> recorded_;  // uuids of volumes whose copies got their record from us
};

}  // namespace hpe3par::volumes
