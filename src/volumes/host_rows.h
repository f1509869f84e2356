#pragma once

#include <map>
#include <mutex>
#include <string>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/host/attacher.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/volume_service.h"
#include "mount_table.h"

namespace hpe3par::volumes {

/// This host's rows, and what each step on a row needs to know. Thread-safe; whoever changes a row holds the lock of
/// its volume.
class HostRows {
 public:
  HostRows(const Parts& parts, catalog::Catalog& catalog);

  const Parts& parts() const { return parts_; }
  catalog::Catalog& catalog() { return catalog_; }
  MountTable& table() { return table_; }

  /// Journals that the next step begins. Towards a mount it must be written; on the way back it is only tried.
  /// @throws Error unavailable: the journal is not writable; the row keeps its state
  void enter(journal::MountRecord& row, journal::MountState state);

  /// Keeps the reason with the row, for people who look at the volume.
  void note_failure(journal::MountRecord& row, const std::string& reason);

  /// True if its device is what is mounted at its mountpoint, which a mount that could not be undone yet is as well.
  bool has_mount(const journal::MountRecord& row);

  /// True if the row says so as well.
  bool is_mounted(const journal::MountRecord& row) {
    return row.state == journal::MountState::mounted && has_mount(row);
  }

  /// @throws Error failed_precondition: hpe.conf names that array no more
  array::Array& array_of(const journal::MountRecord& row);

  /// The other array of a replicated volume. @throws Error failed_precondition: hpe.conf does not name it any more
  array::Array& copy_array_of(const catalog::Volume& volume);

  /// What to attach, and to find what the row may go on with.
  host::AttachTarget target_of(const journal::MountRecord& row);

  /// What to take away: the device that the row got, whatever its array shows by now.
  host::AttachTarget leftover_of(const journal::MountRecord& row);

  /// The second export of a Peer Persistence volume. @param row of the first one; empty: there is none
  std::optional<journal::MountRecord> second_of(const journal::MountRecord& row);

  /// Makes sure that the array knows this host, and remembers under what name.
  void learn_host(array::Array& array, const std::string& array_key, const Deadline& deadline);

  /// That name; asks the array if it was not learned yet.
  std::string array_host(const std::string& array_key, const Deadline& deadline);

 private:
  Parts parts_;
  catalog::Catalog& catalog_;
  MountTable table_;
  std::mutex names_mutex_;
  std::map<std::string, std::string> array_host_names_;  // by array key
};

}  // namespace hpe3par::volumes
