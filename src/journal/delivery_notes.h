#pragma once

#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::journal {

/// A file of (volume uuid, mount id) that are answered or about to be, and whose confirmation is not in the database
/// yet. A process that dies between the answer and the confirmation would leave a mount that a container uses and that
/// looks like one of which nobody ever learned.
///
/// Written without a sync, because that takes microseconds where a commit takes milliseconds: it must survive kill -9,
/// and after the end of the machine all ids are void anyway. Thread-safe. If the file cannot be written, nothing is
/// noted.
class DeliveryNotes {
 public:
  using Notes = std::set<std::pair<std::string, std::string>>;

  /// Reads what a process that died left; lines that are not whole are left out.
  explicit DeliveryNotes(const std::filesystem::path& file);

  const Notes& left() const { return left_; }
  /// What was left is in the database now.
  void clear();

  void add(const std::string& uuid, const std::string& id);
  /// As if it had not been added, also for a later process.
  void take_back(const std::string& uuid, const std::string& id);
  /// This one is in the database now, or not worth it any more. With the last of the added the file is emptied.
  void done(const std::string& uuid, const std::string& id);
  /// The same for all of a volume.
  void done(const std::string& uuid);

 private:
  void write(const std::string& mark, const std::string& uuid, const std::string& id);
  void empty_if_done();

  UniqueFd fd_;
  Notes left_;
  std::mutex mutex_;
  Notes open_;
};

}  // namespace hpe3par::journal
