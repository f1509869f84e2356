#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_volume_sets(Model& model, const Call& call);
/// All volume sets as they are listed, but with `setmembers`, `comment` and `flashCachePolicy` (0) also when unset.
nlohmann::json volume_sets_with_defaults(const Model& model);
Answer get_volume_set(Model& model, const Call& call);
Answer create_volume_set(Model& model, const Call& call);
Answer modify_volume_set(Model& model, const Call& call);
/// Refused while it is the target of a QoS rule.
Answer delete_volume_set(Model& model, const Call& call);

Answer list_host_sets(Model& model, const Call& call);
Answer get_host_set(Model& model, const Call& call);
Answer create_host_set(Model& model, const Call& call);
Answer modify_host_set(Model& model, const Call& call);
/// Refused while something is exported to the set.
Answer delete_host_set(Model& model, const Call& call);

bool is_member(const Registry<ObjectSet>& sets, int id);

}  // namespace hpe3par::sim
