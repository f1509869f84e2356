#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hpe3par::sim {

class Simulator;

/// `POST /behaviour` of the control port. Members that it does not mention stay as they are; null brings back the
/// default. The answer is {}.
///
/// `failover` and `sync_mib_per_s` are for the simulator as a whole, the others for the array named by `array` or for
/// every array: `licenses`, `wsapi_build`, `system_version`, `free_mib`, `iscsi_vlans`, `in_use_after_unexport_ms`.
/// Nothing is changed by a refused call.
/// @throws control_body::BadRequest
nlohmann::json change_behaviour(Simulator& simulator, const std::string& body);

}  // namespace hpe3par::sim
