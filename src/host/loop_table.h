#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/host/attacher.h"

namespace hpe3par::host {

/// A loop device that is set up, as sysfs shows it.
struct LoopEntry {
  Device device;
  std::string backing_file;  ///< as the kernel says it: raw, with " (deleted)" behind an unlinked file
  bool operator==(const LoopEntry&) const = default;
};

/// All loop devices that are set up, ordered by disk sequence. One that vanishes meanwhile is left out.
std::vector<LoopEntry> read_loops(const std::filesystem::path& sysfs);

/// True if the kernel's text stands for this path, unlinked or not. Nothing is escaped in that text.
bool is_backed_by(std::string_view backing_file, const std::string& path);

/// The last component, without " (deleted)".
std::string_view backing_name(std::string_view backing_file);

/// Where the LUN file lies. Links are resolved in what exists of the directory, so that the result is what the kernel
/// shows for the file, also after the file is gone.
/// @throws Error invalid_argument: the WWN or the host name cannot be part of a path
std::filesystem::path lun_file(const AttachTarget& target);

/// What we store in the loop device as its name (63 characters at most): the WWN and a hash of the path. The path that
/// sysfs shows is cut when the mount namespace of the daemon that attached is gone; this is not.
std::string loop_name(const AttachTarget& target, const std::filesystem::path& file);

}  // namespace hpe3par::host
