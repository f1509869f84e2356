#pragma once

#include <string>

namespace hpe3par::host {

/// /proc/sys/kernel/random/boot_id. @throws Error unavailable
std::string read_boot_id();

/// The machine's host name up to the first dot, with characters that arrays refuse replaced by '-', at most 31.
std::string short_host_name();

/// Same rule for a name that the administrator configured (no cutting at dots).
std::string legal_host_name(std::string name);

/// `iqn.2026-01.hpe3par.loop:<host name>`, what transport loop calls this machine.
std::string loop_initiator(const std::string& host_name);

}  // namespace hpe3par::host
