#pragma once

#include <nlohmann/json_fwd.hpp>

namespace hpe3par::sim {

struct Model;

enum class Feature { compression, quality_of_service, remote_copy };

/// @throws Refusal UNLICENSED_FEATURE
void demand_licence(const Model& model, Feature feature);

/// `licenseInfo` of /system.
nlohmann::json licence_info(const Model& model);

}  // namespace hpe3par::sim
