#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hpe3par::host {

/// Which file it is, whatever its name.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// What the kernel says about a loop device that is set up.
struct LoopStatus {
  FileIdentity file;
  std::string name;        ///< as given to set_up_loop()
  bool autoclear = false;  ///< it disappears when the last opener closes it
};

/// @param fd of a loop device; absent: it is not set up (any more)
std::optional<LoopStatus> loop_status(int fd);

/// Sets up a free loop device on the file, with direct I/O where the file can, and 512-byte sectors everywhere.
/// @return its number; absent: another process took that device first
/// @throws Error unavailable
std::optional<int> set_up_loop(int file, const std::string& name);

/// Undoes `autoclear`. False: too late.
bool keep_loop(int fd);

/// Asks the kernel to end the loop device when its last opener closes it. @throws Error unavailable
void clear_loop(int fd, const std::string& path);

}  // namespace hpe3par::host
