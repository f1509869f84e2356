#pragma once

#include "hpe3par/config/config.h"
#include "values.h"

namespace hpe3par::config {

/// The address, login, trust and paths of one array, from a section or from its replication_device.
ArrayAccess parse_access(const Values& values, Transport transport);

/// Those of hpe3par_iscsi_ips.
std::vector<Portal> parse_portals(const Values& values);

/// hpe3par_tls_pin, or empty.
std::string parse_pin(const Values& values);

/// Warns about what lets others read the password on the network, and about trust that is asked for without TLS.
void warn_about_trust(const Values& values, const ArrayAccess& access, Warnings& warnings);

/// The CPG names or others in `key`; `key` must have at least one.
std::vector<std::string> parse_array_names(const Values& values, const std::string& key);

}  // namespace hpe3par::config
