#pragma once

#include <optional>
#include <string>

#include "hpe3par/host/file_systems.h"

namespace hpe3par::host {

/// What libblkid found, in plain words.
struct Signatures {
  enum class Result { none, one, several };
  Result result = Result::several;
  std::string type;   ///< "ext4", "LVM2_member", "swap"
  std::string usage;  ///< "filesystem", "raid", "crypto", "other"
  std::string uuid;
  std::string partition_table;  ///< "gpt", "dos"
  bool bad_checksum = false;
};

/// Pure: what the signatures found mean, given whether both ends of the device are zero, and the mark of an unfinished
/// format.
Content judge(const Signatures& found, bool zero, const std::optional<std::string>& marker);

/// Probes through a descriptor that is open for reading. @throws Error unavailable: the device could not be read
Content probe_device(const Device& device, int fd);

/// True if the first 4 MiB and the last 1 MiB are zero on the medium itself. @throws Error unavailable
bool ends_are_zero(const Device& device, int fd);

/// Zeroes those two ranges and syncs. @throws Error unavailable
void zero_ends(const Device& device, int fd);

}  // namespace hpe3par::host
