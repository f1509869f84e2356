#pragma once

#include "call.h"
#include "model.h"

namespace hpe3par::sim {

/// One entry `active:false` per VLUN, and one `active:true` per login of a host that sees it.
Answer list_vluns(Model& model, const Call& call);
Answer get_vlun(Model& model, const Call& call);
/// Exports a volume to a host, a host set (`set:…`), a port, or a host through one port. A volume already exported to
/// one of those hosts is 409/18. Exporting volume sets is not supported.
Answer create_vlun(Model& model, const Call& call);
/// The volume may count as in use for a while longer, if the control port wants that.
Answer delete_vlun(Model& model, const Call& call);

/// The `active:false` entries alone.
nlohmann::json vlun_templates(const Model& model);

bool is_exported(const Model& model, int volume);

/// Makes the volume's file appear for every host that sees this VLUN, unless the site is down.
void show_to_hosts(Model& model, const Vlun& vlun);

/// After it changed whether hosts may get at an exported volume.
void refresh_exports_of(Model& model, int volume);

/// Removes every file that one host sees. The VLUNs stay.
void hide_from_host(Model& model, int host);

/// After paths or logins of hosts changed: what is exported to a port is seen by whoever is logged in there.
void refresh_port_exports(Model& model);

/// After the members of a host set changed: shows to the new ones and hides from those that left.
void refresh_set_exports(Model& model, const ObjectSet& set, const std::vector<int>& members_before);

}  // namespace hpe3par::sim
