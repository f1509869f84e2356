#pragma once

#include <string>
#include <vector>

namespace hpe3par::volumes {

/// Checks options of mount(8) against a table of what is allowed for that file system. Empty items and repetitions are
/// left out, the order is kept.
/// @throws Error invalid_argument naming the option, why, and what is allowed
std::vector<std::string> check_mount_options(const std::string& fs_type, const std::vector<std::string>& options);

/// Those of `options` that a file system of this type takes: what a device holds need not be what its record says.
std::vector<std::string> applicable_mount_options(const std::string& fs_type, const std::vector<std::string>& options);

}  // namespace hpe3par::volumes
