#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/catalog/record.h"

namespace hpe3par::catalog {

/// What hpe.conf says of an array.
struct ArrayUse {
  std::vector<std::string> backends;           ///< whose array it is, in the order of hpe.conf
  std::map<std::string, std::string> peer_of;  ///< backends of whose replication_device it is, with their own array
};

/// Where the volume of a record belongs that was found on an array.
struct Home {
  std::string backend;
  std::string array;  ///< key of the backend's own array; empty: the one on which it was found
};

/// Of a plain volume, or of the copy of a replicated one. Pure.
/// @param serial of the array on which the record was found; empty: not known yet
/// @return empty: no backend of hpe.conf has anything to do with it
std::optional<Home> home_of(const VolumeRecord& record, const std::string& serial, const ArrayUse& use);

}  // namespace hpe3par::catalog
