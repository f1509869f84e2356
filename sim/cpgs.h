#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_cpgs(Model& model, const Call& call);
Answer get_cpg(Model& model, const Call& call);
Answer create_cpg(Model& model, const Call& call);
/// A refused change changes nothing.
Answer modify_cpg(Model& model, const Call& call);
/// Refused while a volume takes space from it.
Answer delete_cpg(Model& model, const Call& call);

/// cpg1 and cpg2, without a domain.
void add_default_cpgs(Model& model);

/// @throws Refusal 15 with `ref`
Cpg& get_cpg_named(Model& model, const std::string& name, std::string ref = {});

/// @throws Refusal 38 unless empty or known
void check_domain(const Model& model, const std::string& domain);

/// What is set aside for the volumes of a CPG: the whole of full ones, of thin ones what was written.
std::int64_t reserved_mib(const Model& model, const Cpg& cpg);

}  // namespace hpe3par::sim
