#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/wsapi/hosts.h"

namespace hpe3par::array {

/// An initiator in the one spelling in which two of them may be compared: IQNs in lower case, WWPNs as 16 upper-case
/// hex digits without colons.
std::string canonical_initiator(const std::string& initiator);

/// Splits into IQNs and WWPNs, canonical.
/// @throws Error invalid_argument: one is neither, or there is none
wsapi::Initiators sort_initiators(const std::vector<std::string>& initiators);

/// Those of `wanted` that `host` does not have.
wsapi::Initiators missing_initiators(const wsapi::Initiators& wanted, const wsapi::Host& host);

/// Of the hosts an array came up with, the one that has one of our initiators; absent if there is none. Nameless hosts
/// (unassigned paths) do not count.
/// @throws Error failed_precondition naming the hosts if there are several
std::optional<wsapi::Host> choose_host(const std::vector<wsapi::Host>& candidates, const wsapi::Initiators& wanted,
                                       const std::string& array);

}  // namespace hpe3par::array
