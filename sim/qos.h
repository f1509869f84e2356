#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// QoS rules, addressed as `vvset:<name>` or `sys:all_others`. A rule belongs to its set and follows it through
/// renames; it limits nothing here.
Answer list_qos_rules(Model& model, const Call& call);
Answer get_qos_rule(Model& model, const Call& call);
/// A missing licence is refused as UNLICENSED_FEATURE.
Answer create_qos_rule(Model& model, const Call& call);
Answer modify_qos_rule(Model& model, const Call& call);
Answer delete_qos_rule(Model& model, const Call& call);

}  // namespace hpe3par::sim
