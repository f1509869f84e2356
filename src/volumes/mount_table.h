#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "hpe3par/base/clock.h"
#include "hpe3par/base/keyed_mutex.h"
#include "hpe3par/journal/journal.h"
#include "new_addresses.h"

namespace hpe3par::volumes {

/// A row of an export that could not be removed yet while the volume is mounted, or may be, from its other array. Its
/// uuid has the address of the array behind it.
bool is_set_aside(const journal::MountRecord& record);

/// The journal's mount rows, with a copy in memory. Ids that a former process left unconfirmed are dropped at load.
/// Thread-safe; writers of one volume hold its lock, except for confirm().
class MountTable {
 public:
  MountTable(journal::Journal& journal, Clock& clock);

  /// Rows that were set aside are not found, and are among all().
  std::optional<journal::MountRecord> find(const std::string& volume);
  std::vector<journal::MountRecord> all();

  /// Durable when it returns. Keeps the confirmation of ids that were confirmed meanwhile.
  /// @throws Error unavailable: the journal is not writable; nothing is changed
  void put(const journal::MountRecord& record);

  /// For undoing: if the journal is not writable, remembers the record in memory, until retry_writes(), and logs.
  void put_anyway(const journal::MountRecord& record);

  /// Marks the id as known to its user. No effect on rows or ids that are gone.
  /// @throws Error unavailable: the journal is not writable, and will be told by retry_writes()
  void confirm(const std::string& uuid, const std::string& id);

  /// If the journal is not writable, the row is gone from memory only, until retry_writes().
  void erase(const std::string& uuid);

  /// Makes room for another row of the same volume. For rows of which nothing but the export is left.
  /// @throws Error unavailable: the journal is not writable; nothing is changed
  void set_aside(const journal::MountRecord& record);

  /// Adds a row beside another one of the same volume. @throws same
  void put_aside(journal::MountRecord record);

  /// Brings the journal up to what could not be written. @throws Error unavailable: it is still not writable
  void retry_writes();

  /// Rows of array `from` are rows of `to` from now on; in the journal they are already.
  void rename_array(const std::string& from, const std::string& to);

 private:
  void merge_confirmations(journal::MountRecord& record);
  void write(journal::MountRecord record);
  void rewrite();
  std::optional<journal::MountRecord> find_row(const std::string& uuid);
  void remember(journal::MountRecord record);

  journal::Journal& journal_;
  Clock& clock_;
  KeyedMutex row_locks_;  // orders the journal writes of one row
  std::mutex mutex_;
  std::map<std::string, journal::MountRecord> rows_;  // by uuid
  NewAddresses addresses_;
  std::set<std::string> unwritten_;  // newer here than in the journal
  std::set<std::string> unerased_;   // gone here, and still in the journal
};

}  // namespace hpe3par::volumes
