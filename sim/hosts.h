#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

Answer list_hosts(Model& model, const Call& call);
Answer get_host(Model& model, const Call& call);
Answer create_host(Model& model, const Call& call);
/// Changes members, paths or CHAP, one of them per call.
Answer modify_host(Model& model, const Call& call);
/// Refused while something is exported to it (26) or it is in a host set (77).
Answer delete_host(Model& model, const Call& call);

/// @throws Refusal 17 with `ref`
ArrayHost& get_host_named(Model& model, const std::string& name, std::string ref = {});

/// A path that is logged in, through one port of the array.
struct Login {
  const HostPath* path;
  const Port* port;
};

/// Every path of the host through every ready port of its kind. Only initiators `iqn.2026-01.hpe3par.loop:…` log in by
/// themselves; the control port overrides that for a host as a whole.
std::vector<Login> logins_of(const Model& model, const ArrayHost& host);

}  // namespace hpe3par::sim
