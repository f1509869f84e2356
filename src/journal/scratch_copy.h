#pragma once

#include <filesystem>

namespace hpe3par::journal {

/// A copy of a journal's files in memory (/run, /dev/shm) or, without those, in /tmp; only root can read it. It goes
/// with this object.
class ScratchCopy {
 public:
  /// Files that are not there are left out. @throws Error unavailable: it cannot be made
  explicit ScratchCopy(const std::filesystem::path& directory);
  ~ScratchCopy();
  ScratchCopy(const ScratchCopy&) = delete;
  ScratchCopy& operator=(const ScratchCopy&) = delete;

  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

}  // namespace hpe3par::journal
