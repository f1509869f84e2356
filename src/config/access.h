#pragma once

#include "hpe3par/config/config.h"
#include "values.h"

namespace hpe3par::config {

/// The address, login, trust and paths of one array, from a section or from its replication_device.
ArrayAccess parse_access(const Values& values, Transport transport);

/// Warns about what lets others read the password on the network.
void warn_about_trust(const Values& values, const ArrayAccess& access, Warnings& warnings);

/// The CPG names or others in `key`; `key` must have at least one.
std::vector<std::string> parse_array_names(const Values& values, const std::string& key);

}  // namespace hpe3par::config
