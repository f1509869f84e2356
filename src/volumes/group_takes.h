#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/replication/serving.h"
#include "hpe3par/replication/set_view.h"

namespace hpe3par::volumes {

/// The key of the array at a site of a backend that replicates.
const std::string& key_of(const config::BackendConfig& backend, replication::Site site);

/// The site at which an array is. @param array the key of one of the two
replication::Site site_of(const config::BackendConfig& backend, const std::string& array);

/// Remembers which groups were taken over by the other array, so that the one that lost a group is not taken for its
/// writer when it comes back alone: in the journal, and for other hosts in a note on the array that lost it.
/// Thread-safe.
class GroupTakes {
 public:
  /// @param host the name of this host
  GroupTakes(journal::Journal& journal, catalog::Catalog& catalog, std::string host, Clock& clock);

  /// What both arrays said of a group of this backend. Sends nothing.
  /// @param group as the backend's array calls it
  void learn(const config::BackendConfig& backend, const std::string& group, const replication::SetView& view);
  /// Both arrays answered, and there is no such group.
  void learn_gone(const config::BackendConfig& backend, const std::string& group);

  /// To be asked before a primary that is not reversed is served alone: who knows that the silent array took over. One
  /// request to the array that answers, at most.
  std::optional<replication::Take> find(const config::BackendConfig& backend, const std::string& group,
                                        const replication::SetView& view, const Deadline& deadline);

  /// Writes and removes notes, as was found out by learn(). What cannot be done is done after the next learn().
  void settle(const Deadline& deadline);

  /// True if there is something to settle.
  bool has_work();

  std::vector<journal::TakenGroup> all();

  /// Rows of array `from` are rows of `to` from now on; in the journal they are already.
  void rename_array(const std::string& from, const std::string& to);

 private:
  using Key = std::pair<std::string, std::string>;  // of the backend's array, and of the group
  enum class Work { none, write, remove };
  struct Row {
    journal::TakenGroup taken;
    bool over = false;  // it is known to have ended; the note may still be there
    Work work = Work::none;
    std::string loser;  // key of the array of the note
    std::string group;  // as that array calls it
    std::string by;     // the name of the taker
  };

  bool update(const Key& key, const config::BackendConfig& backend, const replication::SetView& view);
  static replication::Site taker_of(const Row& row, const config::BackendConfig& backend);
  static void note_loser(Row& row, const config::BackendConfig& backend, const replication::SetView& view);
  void write_note(const Key& key, const Row& row, const Deadline& deadline);
  void remove_note(const Key& key, const Row& row, const Deadline& deadline);
  void store(const Key& key);

  journal::Journal& journal_;
  catalog::Catalog& catalog_;
  const std::string host_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<Key, Row> rows_;
  std::mutex journal_mutex_;  // orders the writes
};

}  // namespace hpe3par::volumes
