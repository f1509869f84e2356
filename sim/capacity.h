#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer get_capacity(Model& model, const Call& call);

/// `POST /spacereporter`: what a CPG, or a new one of some layout, could still take.
Answer report_space(Model& model, const Call& call);

/// All sizes here are usable ones; raw ones are twice as large (mirrored).

/// What the array could hold.
std::int64_t capacity_mib(const Model& model);

/// What a volume has written: all of a full one, the blocks of its file for a thin one.
std::int64_t used_mib(const Model& model, const Volume& volume);

/// What is set aside for it.
std::int64_t allocated_mib(const Model& model, const Volume& volume);
std::int64_t allocated_mib(const Model& model);

/// Not below zero.
std::int64_t free_mib(const Model& model);

}  // namespace hpe3par::sim
