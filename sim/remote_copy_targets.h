#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// Whether remote copy runs, and the links of this array.
Answer get_remote_copy(Model& model, const Call& call);

/// A target per array to which a link was declared, named like it.
Answer list_copy_targets(Model& model, const Call& call);
Answer get_copy_target(Model& model, const Call& call);
/// `policies.mirrorConfig`, nothing else.
Answer modify_copy_target(Model& model, const Call& call);

Answer list_copy_links(Model& model, const Call& call);
Answer get_copy_link(Model& model, const Call& call);

}  // namespace hpe3par::sim
