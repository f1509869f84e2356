#pragma once

#include <optional>
#include <string>

#include "group_sight.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"

namespace hpe3par::volumes {

/// Whether an array volume without record is the copy of a volume, by what its array says of the group. Pure.
/// @param known the volume, as its own array told it once
/// @param seen of its group, while its own array is silent
bool is_unrecorded_copy(const array::ArrayVolume& found, const catalog::Volume& known, const GroupSighting& seen);

/// The records of copies. HPE's plugin wrote none, and a host that died in the middle of a Create neither. Thread-safe.
class CopyRecords {
 public:
  CopyRecords(const config::Config& config, catalog::Catalog& catalog) : config_(config), catalog_(catalog) {}

  /// True if the copy was seen with its record, as far as anybody remembers.
  bool knows(const catalog::Volume& volume);

  /// Writes that of a volume on its copy if that has none. An array that cannot be asked is left as it is, with a
  /// warning.
  /// @param volume is in its group
  /// @return the copy is known to have it
  bool complete(const catalog::Volume& volume, const Deadline& deadline);

  /// The record for the copy. Of a volume of HPE's plugin, with both arrays, once they are known.
  std::string record_of(const catalog::Volume& volume);

  /// The copy of a volume of HPE's plugin that has no record: what is known of the volume tells what it is.
  std::optional<catalog::Volume> find_unrecorded(const catalog::Volume& known, const GroupSighting& seen,
                                                 const Deadline& deadline);

 private:
  const config::BackendConfig& backend_of(const catalog::Volume& volume) const;

  const config::Config& config_;
  catalog::Catalog& catalog_;
};

}  // namespace hpe3par::volumes
