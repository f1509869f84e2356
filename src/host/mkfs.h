#pragma once

#include <string>
#include <vector>

#include "hpe3par/host/file_systems.h"

namespace hpe3par::host {

/// Pure: the program and its arguments that make this file system, never with a force flag.
///
/// ext4's features are all named, so that the same volume mounts on older hosts whatever e2fsprogs the image has.
/// For the same reason xfs gets no large extent counters (Linux 5.19), which later versions of mkfs.xfs make by
/// default. The journal is not zeroed: the volume was never written, so it reads zero there, and 512 MiB of 100 GiB
/// stay unused. The request's options come after ours and cannot undo what matters: whoever checked them let none of
/// that pass.
/// @throws Error invalid_argument: another type, or a bad uuid
std::vector<std::string> mkfs_arguments(const FormatRequest& request, const std::string& device_path);

}  // namespace hpe3par::host
