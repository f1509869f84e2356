#pragma once

#include <nlohmann/json_fwd.hpp>

#include "model.h"

namespace hpe3par::sim {

/// Check the bodies of requests about remote copy groups, nulls removed. Whether the group is in a state for it is for
/// others to say. All throw Refusal.

/// Its only target is at `targets[0]`.
void check_new_group(nlohmann::json& body, bool mirrored);

/// What a change asks of a group, and of its one target.
void check_group_change(nlohmann::json& body, const CopyGroup& group);
void check_target_change(nlohmann::json& target, const CopyGroup& group);

/// Actions 1 to 5, as PUT on the group or POST on its volumes (where `action` may be absent).
void check_admission(nlohmann::json& body, const CopyGroup& group);
void check_dismissal(nlohmann::json& body);
void check_start(nlohmann::json& body, const CopyGroup& group);
void check_stop(nlohmann::json& body, const CopyGroup& group);
void check_sync(nlohmann::json& body, const CopyGroup& group);

/// Actions 6 to 11.
void check_role_change(nlohmann::json& body, const CopyGroup& group);

/// Policies of a target that nobody set.
std::map<std::string, bool> default_group_policies(const CopyGroup& group);

constexpr std::int64_t kMaxPeriod = 31622400;

}  // namespace hpe3par::sim
