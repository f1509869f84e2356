#pragma once

#include <string>
#include <vector>

#include "hpe3par/config/config.h"
#include "ini.h"
#include "values.h"

namespace hpe3par::config {

/// The pairs of all replication_device lines of one section. A later pair replaces an earlier one, with a warning; a
/// key of the section that has no effect here earns one as well.
Values read_replication_values(const std::vector<IniEntry>& entries, const std::string& file, Warnings& warnings);

/// Checks them against the section they stand in.
/// @throws Error invalid_argument: `FILE:LINE: text`
ReplicationConfig parse_replication(const Values& values, const BackendConfig& backend, Warnings& warnings);

}  // namespace hpe3par::config
