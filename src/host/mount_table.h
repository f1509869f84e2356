#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/host/mount_info.h"

namespace hpe3par::host {

/// The mount that is seen at exactly this place: of several stacked ones, the one that no other is mounted on.
std::optional<MountEntry> topmost_at(const std::vector<MountEntry>& entries, const std::string& mountpoint);

}  // namespace hpe3par::host
