#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// One entry of /vluns: a template, or one active path.
struct Vlun {
  std::string volume;
  std::string volume_wwn;
  int lun = 0;
  int type = 0;             ///< 1 empty, 2 port, 3 host, 4 matched set, 5 host set
  std::string hostname;     ///< empty for type 2; `set:<name>` in a template of type 5
  std::string port;         ///< node:slot:port, or empty
  std::string remote_name;  ///< initiator; only when active
  bool active = false;
};

/// What identifies a template: <volume>,<lun>[,<host>][,<n:s:p>].
struct VlunId {
  std::string volume;
  int lun = 0;
  std::string hostname;
  std::string port;
  bool operator==(const VlunId&) const = default;
};

/// From the Location header of a created VLUN, percent-encoded or not.
std::optional<VlunId> parse_vlun_location(const std::string& location);

struct PostedVlun {
  Sent sent;
  VlunId id;  ///< valid if sent.done()
};

/// Exports with the lowest free LUN of the host.
PostedVlun post_vlun(Client& client, const std::string& volume, const std::string& hostname, const Deadline& deadline);

/// All VLUNs of the volume.
std::vector<Vlun> get_vluns_of(Client& client, const std::string& volume, const Deadline& deadline);

/// All VLUNs of the host: its own templates, and active paths whatever they come from.
std::vector<Vlun> get_vluns_to(Client& client, const std::string& hostname, const Deadline& deadline);

/// @throws Error not_found (remote_code 19; 17 or 23 if host or volume are gone too)
void delete_vlun(Client& client, const VlunId& id, const Deadline& deadline);

}  // namespace hpe3par::wsapi
