#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// The array's flash cache, of which there is one or none (404/285). It changes nothing else here: `flashCachePolicy`
/// of a volume set is accepted with and without one.
Answer get_flash_cache(Model& model, const Call& call);

/// `POST /api/v1/`: the one thing that is created there is the flash cache.
Answer create_flash_cache(Model& model, const Call& call);
Answer delete_flash_cache(Model& model, const Call& call);

}  // namespace hpe3par::sim
