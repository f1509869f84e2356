#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

struct HostPath {
  std::string initiator;  ///< IQN or WWN as the array spells it
  std::string address;    ///< iSCSI only
};

/// /hosts/<name>. Paths that belong to no host come as a host without a name.
struct Host {
  std::string name;
  std::vector<HostPath> paths;
};

struct Initiators {
  std::vector<std::string> iqns;
  std::vector<std::string> wwns;
};

std::optional<Host> get_host(Client& client, const std::string& name, const Deadline& deadline);

/// Hosts that have one of the initiators, as the array's query sees it: look again.
std::vector<Host> get_hosts_with(Client& client, const Initiators& initiators, const Deadline& deadline);

/// Persona 2, generic ALUA. IQNs and WWNs must not be mixed in one request.
Sent post_host(Client& client, const std::string& name, const Initiators& initiators, const Deadline& deadline);

/// Adds paths. Same rule.
Sent put_host_paths(Client& client, const std::string& name, const Initiators& initiators, const Deadline& deadline);

}  // namespace hpe3par::wsapi
