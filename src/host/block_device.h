#pragma once

#include <cstdint>

#include "hpe3par/base/unique_fd.h"
#include "hpe3par/host/attacher.h"

namespace hpe3par::host {

/// Opens the device and proves through the descriptor that its name still stands for it: kind, number, disk sequence.
/// As long as the descriptor is open, the kernel does not give the name to another loop device.
/// @throws Error unavailable: not there, or not readable; failed_precondition: the name belongs to another device now
UniqueFd open_block_device(const Device& device, int flags);

/// The same with O_EXCL: nobody can mount it or claim it otherwise while the descriptor is open.
/// @return an empty descriptor if somebody claims it, in any mount namespace
UniqueFd claim_block_device(const Device& device, int flags);

/// Writes out what the kernel holds of the device, then drops it. @throws Error unavailable
void flush_block_device(const Device& device, int fd);

/// In bytes, never 0. @throws Error unavailable
std::uint64_t block_device_size(const Device& device, int fd);

}  // namespace hpe3par::host
