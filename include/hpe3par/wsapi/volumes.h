#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// /volumes/<name>, the members we use. Absent members are empty or 0.
struct Volume {
  std::string name;
  std::string wwn;
  std::uint64_t size_mib = 0;
  std::string comment;
  std::string user_cpg;
  std::string snap_cpg;
  int provisioning_type = 0;  ///< 1 full, 2 thin, 3 snapshot, 6 dedup
  int copy_type = 0;          ///< 1 base, 2 physical copy, 3 snapshot
  std::optional<std::string> rcopy_group;
  int rcopy_status = 0;                     ///< 1: in no group
  std::int64_t created = 0;                 ///< seconds since 1970 by the array's clock
  std::optional<std::chrono::seconds> age;  ///< by the array's clock; only from get_volume()
};

struct VolumeBody {
  std::string name;
  std::string cpg;
  std::string snap_cpg;  ///< empty: not sent
  std::uint64_t size_mib = 0;
  std::string comment;
  std::optional<bool> tpvv;
  std::optional<bool> tdvv;
  std::optional<bool> reduce;
  std::optional<bool> compression;
};

Sent post_volume(Client& client, const VolumeBody& body, const Deadline& deadline);

std::optional<Volume> get_volume(Client& client, const std::string& name, const Deadline& deadline);

/// Visits the volumes whose name is `wanted`, as they arrive. A repeated attempt visits volumes again.
/// @param query empty: all volumes
void get_volumes(Client& client, const std::string& query, const std::function<bool(std::string_view)>& wanted,
                 const std::function<void(const Volume&)>& visit, const Deadline& deadline);

/// The names of all volumes that are snapshots or copies of this one.
std::vector<std::string> get_copies_of(Client& client, const std::string& name, const Deadline& deadline);

/// Replaces the comment.
Sent put_volume_comment(Client& client, const std::string& name, const std::string& comment, const Deadline& deadline);

/// Not repeated when it may have taken effect: by then the name may belong to another volume.
Sent delete_volume(Client& client, const std::string& name, const Deadline& deadline);

}  // namespace hpe3par::wsapi
