#pragma once

#include <filesystem>
#include <memory>

#include "hpe3par/host/attacher.h"

namespace hpe3par::host {

/// The transport `loop`: attaches the simulator's LUN files through loop devices.
///
/// The LUN file is <loop_dir>/exports/<array host>/<WWN>. A loop device is ours if it was set up on that path (the path
/// is kept by the kernel, with " (deleted)" behind it once the export is gone) and, as long as the file exists, on the
/// same inode. The kernel cuts that path when the mount namespace of the daemon that attached is gone (a restarted
/// plugin container): a name that attach() stores in the device, made of WWN and path, is accepted as well.
///
/// attach() refuses (failed_precondition) while a device of that path is still on an earlier file.
std::unique_ptr<Attacher> make_loop_attacher(std::filesystem::path sysfs = "/sys");

}  // namespace hpe3par::host
