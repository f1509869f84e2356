#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/host/mount_info.h"

namespace hpe3par::host {

/// The mount that is seen at exactly this place: of several stacked ones, the one that no other is mounted on.
std::optional<MountEntry> topmost_at(const std::vector<MountEntry>& entries, const std::string& mountpoint);

/// Whether a mount, seen in whatever namespace, is what propagation made of another one.
bool is_copy_of(const MountEntry& entry, const MountEntry& original);

}  // namespace hpe3par::host
