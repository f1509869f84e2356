#pragma once

#include <string>

#include "hpe3par/host/file_systems.h"

namespace hpe3par::host {

/// mount(2) through libmount, which tells flags from data in the options and explains errors: explicit type, read-write
/// or not at all, no fstab, no helpers, no utab.
/// @throws Error unimplemented, or unavailable, with the options, and with what the kernel logged, or else libmount's
///         reason; see FileSystems::mount()
void mount_device(const Device& device, const MountRequest& request, const std::string& place);

/// syncfs(2) of what is mounted there, because umount tells no write error.
/// @throws Error unavailable: data could not be written; failed_precondition: the place does not show the device
void sync_place(const Device& device, const std::string& place);

/// umount2(2) without following a link, lazily never. @throws Error failed_precondition: busy
void unmount_place(const std::string& place);

}  // namespace hpe3par::host
