#pragma once

#include "call.h"
#include "remote_copy_pair.h"

namespace hpe3par::sim {

Answer list_copy_group_volumes(Model& model, const Call& call);
Answer get_copy_group_volume(Model& model, const Call& call);
/// Action 1 by another way.
Answer add_copy_group_volume(Model& model, const Call& call);
/// Action 2 by another way; with `removeSecondaryVolume=true` the copy goes too.
Answer remove_copy_group_volume(Model& model, const Call& call);

/// Actions 1 and 2. A new volume of a started group is copied at once.
void admit_volume(const CopyPair& pair, nlohmann::json body);
void dismiss_volume(const CopyPair& pair, const std::string& volume, bool remove_secondary);

/// Removes one end. Its volumes stay.
void forget_group(Model& model, CopyGroup& group);

/// Whether a volume may grow as far as remote copy is concerned. Its copy grows along.
/// @throws Refusal 120, TARGET_IS_NOT_READY
void check_growth(Model& model, const Volume& volume);
void grow_copy(Model& model, const Volume& volume);

/// Whether it is the volume set in which the array keeps the volumes of a group.
bool is_set_of_group(const Model& model, const ObjectSet& set);

}  // namespace hpe3par::sim
