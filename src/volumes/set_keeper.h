#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/options.h"
#include "new_addresses.h"
#include "plan.h"
#include "replicator.h"

namespace hpe3par::volumes {

/// Whether somebody has, or ever had, a file system on an array volume, or could make one now.
bool is_used(array::Array& array, const std::string& array_volume, const Deadline& deadline);

/// The name of the volume set that switches on flash cache for one volume: `vvs-` and its uuid in 22 characters, as
/// HPE's plugin named it, so that its sets are found as well. Nothing that is not a uuid has such a set: empty.
std::string flash_cache_set_name(const std::string& uuid);

/// The sets that a volume with these options belongs into.
std::vector<std::string> wanted_sets(const VolumeOptions& options, const std::string& uuid);

/// Creating and removing a volume that is in volume sets takes several requests. This keeps what is under way, durably,
/// and finishes what was cut off. Callers hold the lock of the volume.
class SetKeeper {
 public:
  SetKeeper(journal::Journal& journal, catalog::Catalog& catalog, Replicator& replicator, Clock& clock);

  /// The volume of that name whose creation or removal is under way, or was cut off.
  std::optional<journal::UnfinishedVolume> find(const std::string& volume);
  std::vector<journal::UnfinishedVolume> all();

  /// True while the volume must not be shown: it is not made yet, or is being undone.
  bool hides(const std::string& uuid);

  /// What is known of array `from` is known of `to` from now on.
  void rename_array(const std::string& from, const std::string& to);

  /// To be called before the first request. @throws Error unavailable: the journal is not writable
  void begin(journal::UnfinishedVolume volume);

  /// Everything is done, or undone.
  void end(const std::string& uuid);

  /// Erases from the journal what could not be erased when it ended.
  /// @throws Error unavailable: the journal is still not writable
  void retry_erasures();

  /// The volume of that name is the one with this uuid: earlier tries to make it, whose answers were lost, came to
  /// nothing and cannot any more.
  void end_others(const std::string& volume, const std::string& uuid);

  /// Puts the volume into its sets; those it is in already count.
  void join(const journal::UnfinishedVolume& volume, const std::string& cpg, const Deadline& deadline);

  /// Takes the volume out of its sets; the set that is its own goes with it, unless somebody put others into that.
  /// @param seen its sets as they were a moment ago, as far as known; spares a look at its own
  void leave(const journal::UnfinishedVolume& volume, const std::vector<array::VolumeSet>& seen,
             const Deadline& deadline);

  enum class Undone {
    removed,
    kept,   ///< somebody uses it: it exists, and may be in none of its sets
    later,  ///< it could not be done now
  };

  /// Removes again what create() made, unless somebody uses it already. What cannot be done now is done by settle().
  Undone undo(journal::UnfinishedVolume volume, const Deadline& deadline);

  /// Brings to an end what was cut off: a volume that was to be made, or is still there, gets into its sets; what was
  /// to be undone is.
  /// @return what was done
  /// @throws Error: it could not be done now; the reason is kept
  UnfinishedAction settle(journal::UnfinishedVolume volume, const Deadline& deadline);

  /// Removes a volume that left its group a moment ago, and its copy, without another look at either: see
  /// Replicator::detach(). What cannot be done now is done by settle(), which looks.
  /// @param seen as for leave()
  void finish_removal(journal::UnfinishedVolume volume, const std::vector<array::VolumeSet>& seen,
                      const Deadline& deadline);

 private:
  UnfinishedAction settle_now(journal::UnfinishedVolume& volume, const Deadline& deadline);
  std::chrono::nanoseconds age_of(const std::string& uuid);
  void act(UnfinishedAction action, journal::UnfinishedVolume& volume, const std::optional<array::ArrayVolume>& found,
           bool attached, const Deadline& deadline);
  void complete(journal::UnfinishedVolume& volume, const array::ArrayVolume& found, bool attached,
                const Deadline& deadline);
  catalog::Volume volume_of(const journal::UnfinishedVolume& volume, const Deadline& deadline);
  void attach(const journal::UnfinishedVolume& volume, bool attached, const Deadline& deadline);
  void join_own(const journal::UnfinishedVolume& volume, const std::string& set, const std::string& cpg,
                const Deadline& deadline);
  void leave_own(const journal::UnfinishedVolume& volume, const std::string& set,
                 const std::vector<array::VolumeSet>& seen, const Deadline& deadline);
  void remove_from_array(const journal::UnfinishedVolume& volume, const std::vector<array::VolumeSet>& seen,
                         const Deadline& deadline);
  void remove_unused(const journal::UnfinishedVolume& volume, bool attached, const Deadline& deadline);
  void show(const journal::UnfinishedVolume& volume, const Deadline& deadline);
  void forget(const journal::UnfinishedVolume& volume, const Deadline& deadline);
  void put_anyway(journal::UnfinishedVolume volume);
  array::Array& array_of(const journal::UnfinishedVolume& volume);

  journal::Journal& journal_;
  catalog::Catalog& catalog_;
  Replicator& replicator_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, journal::UnfinishedVolume> rows_;  // by uuid
  std::map<std::string, SteadyTime> known_since_;          // by uuid
  NewAddresses addresses_;
  std::set<std::string> unerased_;  // gone here, and still in the journal
};

}  // namespace hpe3par::volumes
