#pragma once

#include <string>
#include <vector>

#include "hpe3par/host/mount_info.h"

namespace hpe3par::host {

/// What another process finds where a mount of ours should be.
enum class MountView {
  seen,    ///< that mount
  hidden,  ///< something else: what it writes there goes to another disk
  gone,    ///< nobody asks any more: the process has ended
  unknown  ///< our pid namespace does not show the process, or it may not be looked at
};

/// Whether whoever has the mounts `theirs` finds our mount at `mountpoint` where a Docker engine looks for it: at the
/// same path or, if we are its managed plugin, below the directory that it calls propagated-mount. A mount that another
/// one covers there is not found.
bool shows_mount(const std::vector<MountEntry>& theirs, const std::vector<MountEntry>& ours,
                 const std::string& mountpoint);

/// The same for a running process. Free of cost if it shares our mount namespace.
/// @param process its id as we see it; 0: our pid namespace does not show it
/// @throws Error unavailable: the mounts cannot be read, as without free file descriptors; never taken for `gone`
MountView view_mount(int process, const std::string& mountpoint);

}  // namespace hpe3par::host
