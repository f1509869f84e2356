#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace hpe3par::sim {

/// What a request body says; discarded when it is no JSON, or nested so deep that copying it could exhaust the stack.
nlohmann::json parse_json(std::string_view text);

}  // namespace hpe3par::sim
