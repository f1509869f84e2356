#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "exporter.h"
#include "formatter.h"
#include "host_rows.h"
#include "releaser.h"
#include "serving_choice.h"

namespace hpe3par::volumes {

/// Brings volumes to this host and takes them away again, each step journaled before it is taken (see the state diagram
/// in journal.h). Every public method expects the volume's lock to be held by the caller.
///
/// A row that is in the table while nobody holds its lock is either `mounted` with ids, or work left over: settle().
class Mounter {
 public:
  Mounter(const Parts& parts, catalog::Catalog& catalog, GroupSight& groups);

  struct Mounted {
    std::string mountpoint;
    std::string uuid;
    bool new_id = false;  ///< the id was not in the set before
  };

  Mounted mount(const std::string& volume, const MountUser& user, const Deadline& deadline);
  MountTable& table() { return rows_.table(); }
  void unmount(const std::string& volume, const std::string& id, const Deadline& deadline);

  /// Makes sure that this host has nothing of the volume any more.
  /// @param engine that asks; its own ids do not count
  /// @throws Error failed_precondition: it is in use here
  void release_for_removal(const std::string& volume, const std::string& engine, const Deadline& deadline);

  /// Finishes what a died or failed operation left of the volume. Does nothing to a mount that is in use.
  void settle(const std::string& volume, const Deadline& deadline);

  /// Removes the export of a row aside, unless it belongs to a mount.
  /// @param seen the row a moment ago
  /// @return false: it does, or the row is gone, or what it exports is still in use here
  /// @throws Error: it could not be done now
  bool settle_aside(const journal::MountRecord& seen, const Deadline& deadline);

  /// Looks after the exports of a mounted Peer Persistence volume, see Exporter::tend().
  void tend(const std::string& volume, const Deadline& deadline);
  bool is_to_be_tended(const journal::MountRecord& row, const replication::SetView& view) {
    return exporter_.is_to_be_tended(row, view);
  }

  /// The second export of a mounted Peer Persistence volume.
  std::optional<journal::MountRecord> second_of(const journal::MountRecord& row) { return rows_.second_of(row); }

  /// Makes a row of an export to this host that has none, so that it is given back as after a crash. If the volume has
  /// one on another array, it is set aside beside that.
  /// @return false: the volume has a row on that array
  bool adopt(const catalog::Volume& volume, const array::Export& orphan);

  /// What is known of array `from` is known of `to` from now on.
  void rename_array(const std::string& from, const std::string& to) {
    rows_.table().rename_array(from, to);
    takes_.rename_array(from, to);
  }

  std::optional<journal::MountRecord> find(const std::string& volume) { return rows_.table().find(volume); }
  std::vector<journal::MountRecord> all() { return rows_.table().all(); }

  /// Brings the journal up to what could not be written when it was done.
  void retry_writes() { rows_.table().retry_writes(); }

  /// Why that process must not use the mount of a row, see plan.h; empty: it may, or nobody can tell.
  std::string why_not_seen(const journal::MountRecord& row, std::optional<int> process);

  /// See HostRows.
  bool has_mount(const journal::MountRecord& row) { return rows_.has_mount(row); }
  bool is_mounted(const journal::MountRecord& row) { return rows_.is_mounted(row); }

  /// The name under which the array knows this host.
  std::string array_host(const std::string& array_key, const Deadline& deadline) {
    return rows_.array_host(array_key, deadline);
  }

  /// Makes sure that the array knows this host, and remembers under what name.
  void learn_host(array::Array& array, const std::string& array_key, const Deadline& deadline) {
    rows_.learn_host(array, array_key, deadline);
  }

 private:
  Mounted mount_or_join(const std::string& volume, const MountUser& user, const Deadline& deadline);
  Mounted mount_anew(const std::string& volume, const MountUser& user, const Deadline& deadline);
  bool is_replicated(const std::string& volume);
  void release_last_use(journal::MountRecord row, const Deadline& deadline);
  void check_other_array(const ServingPlace& place, const Deadline& deadline);
  std::optional<catalog::Volume> ask_again(const catalog::Volume& known, const Deadline& deadline);
  ServingPlace find_place(const std::string& volume, const Deadline& deadline);
  void check_place(const journal::MountRecord& row, const Deadline& deadline);
  bool is_served_from(const journal::MountRecord& row, const Deadline& deadline);
  const std::filesystem::path& loop_dir_of(const catalog::Volume& volume) const;
  catalog::Volume read_now(const std::string& volume, const Deadline& deadline);
  void check_not_fenced(journal::MountRecord& row, const Deadline& deadline);
  Look look_past_rivals(const journal::MountRecord& row, const Deadline& deadline);
  void check_seen(const journal::MountRecord& row, const MountUser& user);
  Mounted add_user(journal::MountRecord row, const MountUser& user);
  void check_unused(const journal::MountRecord& row, const std::string& engine);
  bool reuse(journal::MountRecord& row, const Deadline& deadline);
  std::optional<VolumeOptions> options_of(const journal::MountRecord& row, const Deadline& deadline);
  journal::MountRecord new_row(const catalog::Volume& volume) const;
  journal::MountRecord begin(const catalog::Volume& volume, const Deadline& deadline);
  void undo(journal::MountRecord row, const std::string& reason);

  HostRows rows_;
  Formatter formatter_;
  Releaser releaser_;
  Exporter exporter_;
  ServingChoice serving_;
  GroupTakes& takes_;
  GroupSight& groups_;
  std::atomic<bool> told_blind_ = false;
};

}  // namespace hpe3par::volumes
