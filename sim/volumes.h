#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_volumes(Model& model, const Call& call);
Answer get_volume(Model& model, const Call& call);
Answer create_volume(Model& model, const Call& call);
/// Changes members, or (action 3) grows. Other actions belong to snapshots and copies, which this array does not have.
Answer modify_volume(Model& model, const Call& call);
/// Refused while the volume is exported (26), in a set (34) or under retention.
Answer delete_volume(Model& model, const Call& call);

/// @throws Refusal 23 with `ref`
Volume& get_volume_named(Model& model, const std::string& name, std::string ref = {});

nlohmann::json to_json(const Model& model, const Volume& volume);

}  // namespace hpe3par::sim
