#pragma once

#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::journal {

/// A file of (volume uuid, mount id) whose answers were delivered and whose confirmation is not in the database yet.
///
/// Written without a sync: it must survive kill -9, and after the end of the machine all ids are void anyway. That
/// takes microseconds where a commit takes milliseconds, and in those a mount that a container uses would look like one
/// of which nobody ever learned. Thread-safe. If the file cannot be written, the window is the commit's again.
class DeliveryNotes {
 public:
  using Notes = std::set<std::pair<std::string, std::string>>;

  /// Reads what a process that died left; lines that are not whole are left out.
  explicit DeliveryNotes(const std::filesystem::path& file);

  const Notes& left() const { return left_; }
  /// What was left is in the database now.
  void clear();

  void add(const std::string& uuid, const std::string& id);
  /// This one is in the database now, or not worth it any more. With the last of the added the file is emptied.
  void done(const std::string& uuid, const std::string& id);
  /// The same for all of a volume.
  void done(const std::string& uuid);

 private:
  void empty_if_done();

  UniqueFd fd_;
  Notes left_;
  std::mutex mutex_;
  Notes open_;
};

}  // namespace hpe3par::journal
