#pragma once

#include <string>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {

/// What a volume that exists has other than somebody asks for: "size is 10, not 20; cpg is cpg1, not cpg2", or empty.
///
/// Hosts differ in their defaults, and a record has only what differed from those of the host that wrote it. So a CPG
/// that was not typed is not compared with the one that the array tells, and a backend is known by its array unless the
/// record names it. Of a volume of HPE's plugin, nothing but size, backend and CPGs is known; the rest counts as the
/// same. Pure.
/// @param typed the options as they were typed, `asked` what they mean on this host
std::string differences_from(const catalog::Volume& existing, const RawOptions& typed, const VolumeOptions& asked,
                             const config::Config& config);

}  // namespace hpe3par::volumes
