#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "exclusive_export.h"
#include "host_rows.h"
#include "hpe3par/replication/serving.h"
#include "releaser.h"
#include "serving_choice.h"

namespace hpe3par::volumes {

/// Gets the exports of a volume to this host, each journaled before it is made. Of a Peer Persistence volume there are
/// two, one from each array: that of the volume's row, and one of a row aside. Callers hold the lock of the volume.
class Exporter {
 public:
  Exporter(HostRows& rows, Releaser& releaser) : rows_(rows), releaser_(releaser), conflicts_(rows.parts().clock) {}

  /// The export of the row, and then that from the second array, if one is named and can be had.
  /// @param place what serving_choice.h says
  /// @return another host's export was removed
  /// @throws NotOurs: the exports are another machine's, and nothing of the row is ours
  /// @throws Error: it cannot be had for this host alone; exports of ours may exist
  bool export_alone(journal::MountRecord& row, const ServingPlace& place, const Deadline& deadline);

  /// What is to be done now about the exports of a mounted Peer Persistence volume, see plan_pair(). A second export is
  /// got only if nobody else is there, and nobody has taken away the first one. Where another host has the volume from
  /// the array that took over, the only export of the row is removed, and the row is fenced. What other hosts have left
  /// on the second array is removed, unless mount_conflict_policy is refuse.
  /// @param view of a moment ago
  void tend(journal::MountRecord row, const catalog::Volume& volume, const replication::SetView& view,
            const Deadline& deadline);

  /// Whether the device of a row goes on with what the array of the second one has: so it does after an automatic
  /// failover, and not after an ordered one of a group that had been stopped.
  bool follows(const journal::MountRecord& row, const journal::MountRecord& second);

  /// Whether tend() has something to do; asks nobody.
  bool is_to_be_tended(const journal::MountRecord& row, const replication::SetView& view) {
    return plan(row, view) != replication::PairAction::nothing;
  }

 private:
  replication::PairAction plan(const journal::MountRecord& row, const replication::SetView& view);
  ExclusiveExport::Request request_for(const journal::MountRecord& row, const catalog::Volume& volume) const;
  ExclusiveExport::Result acquire(journal::MountRecord& row, ExclusiveExport::Request request,
                                  const Deadline& deadline);
  bool get_first(journal::MountRecord& row, const ServingPlace& place, const Deadline& deadline);
  /// @param check what must hold besides, once the export is there; throws Error if it does not
  void get_second(const journal::MountRecord& row, ExclusiveExport::Request request, const std::string& array,
                  const std::function<void()>& check, const Deadline& deadline);
  bool heal(journal::MountRecord& row, const catalog::Volume& volume, const std::string& array,
            const Deadline& deadline);
  bool remove_left(journal::MountRecord& row, const std::string& array, const Deadline& deadline);
  void check_first(journal::MountRecord& row, const Deadline& deadline);
  void give_way(journal::MountRecord row, const std::string& taker, const Deadline& deadline);
  void change_over(journal::MountRecord row, const journal::MountRecord& second);
  const config::BackendConfig* backend_of(const journal::MountRecord& row) const;
  bool may_try(const std::string& uuid);

  HostRows& rows_;
  Releaser& releaser_;
  ConflictMemory conflicts_;
  std::mutex mutex_;
  std::map<std::string, SteadyTime> not_before_;  // by uuid
};

}  // namespace hpe3par::volumes
