#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

inline constexpr int kFlashCacheOn = 1;

/// /volumesets/<name>, the members we use.
struct VolumeSet {
  std::string name;
  std::vector<std::string> members;  ///< names of volumes
  std::string comment;
  bool qos_enabled = false;
  int flash_cache_policy = 0;  ///< kFlashCacheOn, 2 disabled, 0 not told
};

struct VolumeSetBody {
  std::string name;
  std::string domain;   ///< empty: none
  std::string comment;  ///< at most 255 bytes
  std::vector<std::string> members;
};

enum class SetAction { add = 1, remove = 2 };

std::optional<VolumeSet> get_volume_set(Client& client, const std::string& name, const Deadline& deadline);

/// Visits every set as it arrives. A repeated attempt visits sets again.
void get_volume_sets(Client& client, const std::function<void(const VolumeSet&)>& visit, const Deadline& deadline);

Sent post_volume_set(Client& client, const VolumeSetBody& body, const Deadline& deadline);

/// Takes one volume in or out.
Sent put_volume_set_member(Client& client, const std::string& name, SetAction action, const std::string& volume,
                           const Deadline& deadline);

Sent put_volume_set_name(Client& client, const std::string& name, const std::string& new_name,
                         const Deadline& deadline);

/// Switches flash cache on for the members, now and in future.
Sent put_flash_cache_on(Client& client, const std::string& name, const Deadline& deadline);

/// @throws Error not_found (remote_code 102)
void delete_volume_set(Client& client, const std::string& name, const Deadline& deadline);

/// Whether the QoS rule of a volume set is enabled; absent: it has none.
std::optional<bool> get_qos_enabled(Client& client, const std::string& set, const Deadline& deadline);

/// Whether the array has a flash cache. @throws Error unimplemented: it does not know what that is
bool has_flash_cache(Client& client, const Deadline& deadline);

/// The domain of a CPG; empty: none. @throws Error not_found (remote_code 15)
std::string get_domain_of_cpg(Client& client, const std::string& cpg, const Deadline& deadline);

}  // namespace hpe3par::wsapi
