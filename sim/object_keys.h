#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_object_keys(Model& model, const Call& call);
Answer get_object_key(Model& model, const Call& call);
/// Atomic: of two callers that create the same key, one gets 409/181.
Answer create_object_key(Model& model, const Call& call);
Answer modify_object_key(Model& model, const Call& call);
Answer delete_object_key(Model& model, const Call& call);

/// The keys given with a new volume.
/// @throws Refusal
void add_object_keys(const Model& model, Volume& volume, const nlohmann::json& pairs);

/// Every key of every volume, each with the volume's name.
nlohmann::json all_object_keys(const Model& model);

}  // namespace hpe3par::sim
