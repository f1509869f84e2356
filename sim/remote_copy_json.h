#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model.h"

namespace hpe3par::sim {

nlohmann::json to_json(const Model& model, const CopyGroup& group);
/// One entry of the group's `volumes`.
nlohmann::json to_json(const Model& model, const CopyGroup& group, const GroupMember& member);
/// The group's only target, as the group has it.
nlohmann::json target_json(const CopyGroup& group);

/// The links from one array to another, two of them.
nlohmann::json links_to(const Model& model, const std::string& target);

/// All groups of an array.
nlohmann::json all_copy_groups(const Model& model);

}  // namespace hpe3par::sim
