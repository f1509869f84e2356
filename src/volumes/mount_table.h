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

/// A row of an export besides that of the volume's own row. Its uuid has the address of its array behind it.
///
/// `exporting` and `mounted`: the second export of a Peer Persistence volume is being made, and is there; it goes with
/// the first one. Any other state: it is to be removed.
bool is_aside(const journal::MountRecord& record);

/// The uuid for a row aside. @param uuid of the volume
std::string aside_uuid(const std::string& uuid, const std::string& array);

/// @param uuid of the volume
bool is_aside_of(const journal::MountRecord& record, const std::string& uuid);

/// The journal's mount rows, with a copy in memory. Ids that a former process left unconfirmed are dropped at load.
/// Thread-safe; writers of one volume hold its lock, except for confirm().
class MountTable {
 public:
  MountTable(journal::Journal& journal, Clock& clock);

  /// Rows aside are not found, and are among all().
  std::optional<journal::MountRecord> find(const std::string& volume);

  /// The row itself, aside or not. @param uuid of the row
  std::optional<journal::MountRecord> find_row(const std::string& uuid);

  /// The rows aside of this one, for other arrays. One for the same array, which a change-over that was cut off leaves,
  /// tells of the export of the row itself.
  std::vector<journal::MountRecord> aside_of(const journal::MountRecord& row);
  std::vector<journal::MountRecord> all();

  /// Durable when it returns. Keeps the confirmation of ids that were confirmed meanwhile.
  /// @throws Error unavailable: the journal is not writable; nothing is changed
  void put(const journal::MountRecord& record);

  /// For undoing: if the journal is not writable, remembers the record in memory, until retry_writes(), and logs.
  void put_anyway(const journal::MountRecord& record);

  /// To be called before the Mount is answered: should this process die, the mount is kept, and the id is doubtful.
  void note_answer(const std::string& uuid, const std::string& id) { journal_.note_answer(uuid, id); }

  /// The answer reached nobody.
  void forget_answer(const std::string& uuid, const std::string& id) { journal_.forget_answer(uuid, id); }

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
