#pragma once

#include <string>

#include "copy_records.h"
#include "group_sight.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"

namespace hpe3par::volumes {

/// From where a volume is mounted.
struct ServingPlace {
  catalog::Volume volume;        ///< as the array that serves it tells it
  std::string other_array = {};  ///< key; empty unless a host may still use what that array has
  bool other_answers = false;    ///< and can be asked who does
  bool may_format = true;        ///< a file system made now is certain to be on both arrays
  /// Key; Peer Persistence: its export is to be got as well, for it shows the same data.
  std::string second_array = {};
  /// Name; Peer Persistence: whoever has the volume may have paths to that array, which says nothing.
  std::string living_but_silent = {};
};

/// Chooses the array that serves a replicated volume, by what both say of its group. Thread-safe.
class ServingChoice {
 public:
  ServingChoice(const config::Config& config, catalog::Catalog& catalog, GroupSight& groups);

  /// Waits up to twenty seconds for a group that is on its way, or that somebody has stopped for a moment.
  /// @param known of a replicated volume, from either array or from the cache
  /// @throws Error failed_precondition: it must not be mounted now; quotes both arrays and says what to do
  /// @throws Error unavailable: neither array, or not the one that serves it, answers
  ServingPlace choose(const catalog::Volume& known, const Deadline& deadline);

  /// Why a mount from `array` must not get another user; empty: it may, or nobody can tell, because arrays are silent.
  std::string why_not_from(const std::string& array, const catalog::Volume& known, const Deadline& deadline);

 private:
  catalog::Volume read_served(const std::string& key, const catalog::Volume& known, const GroupSighting& seen,
                              const Deadline& deadline);
  bool is_worked_on(const catalog::Volume& known, const replication::SetView& view, const Deadline& deadline);

  const config::Config& config_;
  catalog::Catalog& catalog_;
  GroupSight& groups_;
  CopyRecords copies_;
};

}  // namespace hpe3par::volumes
