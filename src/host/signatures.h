#pragma once

#include "hpe3par/host/attacher.h"
#include "probe.h"

namespace hpe3par::host {

/// Asks libblkid for every kind of signature, bad checksums included.
/// @throws Error unavailable: the device could not be read
Signatures read_signatures(const Device& device, int fd);

}  // namespace hpe3par::host
