#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model.h"

namespace hpe3par::sim {

constexpr std::int64_t kMaxVolumeMib = 16 * 1024 * 1024;

/// Checks the body of a new volume against what an array of this build accepts, nulls removed.
/// @throws Refusal
void check_new_volume(nlohmann::json& body, int build);

/// The same for a change of members.
void check_volume_change(nlohmann::json& body, int build);

/// The same for action 3.
void check_volume_growth(nlohmann::json& body);

/// What the flags of a checked body ask for.
Provisioning provisioning_of(const nlohmann::json& body);

/// Sizes come in steps of 256 MiB.
std::int64_t rounded_mib(std::int64_t size_mib);

/// The policies that a volume has until told otherwise.
std::map<std::string, bool> default_policies();

}  // namespace hpe3par::sim
