#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_copy_groups(Model& model, const Call& call);
Answer get_copy_group(Model& model, const Call& call);
/// Makes the other end too, unless the target's mirrorConfig is off.
Answer create_copy_group(Model& model, const Call& call);
/// Changes members, or does one of the actions 1 to 5.
Answer modify_copy_group(Model& model, const Call& call);
/// The volumes stay on both arrays.
Answer delete_copy_group(Model& model, const Call& call);

Answer list_copy_group_targets(Model& model, const Call& call);
Answer get_copy_group_target(Model& model, const Call& call);
Answer modify_copy_group_target(Model& model, const Call& call);

/// @throws Refusal 187, or 11 where the array is too old for remote copy
CopyGroup& get_copy_group_named(Model& model, const std::string& name);

/// Whether changes on this array are made on the group's target too.
bool is_mirrored(const Model& model, const CopyGroup& group);

}  // namespace hpe3par::sim
