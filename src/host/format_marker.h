#pragma once

#include <optional>
#include <string>

#include "hpe3par/host/attacher.h"

namespace hpe3par::host {

/// A mark near the end of a blank device, with the uuid of the file system that is being made there. A killed mkfs.ext4
/// mostly leaves bytes without a signature: the mark tells them from data. mkfs leaves it alone (measured for ext4 and
/// xfs), and it is erased once the file system is verified, before that is used.
///
/// Devices below 8 MiB get none. All throw Error unavailable when the device cannot be read or written.

void write_marker(const Device& device, int fd, const std::string& fs_uuid);
std::optional<std::string> read_marker(const Device& device, int fd);
/// Zeroes the mark if it is still there.
void erase_marker(const Device& device, int fd);

}  // namespace hpe3par::host
