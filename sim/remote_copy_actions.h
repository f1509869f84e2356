#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// PUT with an action: 1 admit, 2 dismiss, 3 start, 4 stop, 5 sync.
Answer act_on_copy_group(Model& model, CopyGroup& group, const Call& call);

/// POST with an action: 6 reverse, 7 failover, 8 switchover, 9 recover, 10 restore, 11 override.
Answer change_copy_group_roles(Model& model, const Call& call);

}  // namespace hpe3par::sim
