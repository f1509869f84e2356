#pragma once

#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "set_keeper.h"

namespace hpe3par::volumes {

/// Removes volumes from their arrays. Callers hold the lock of the volume and have released it on this host.
class Remover {
 public:
  Remover(const config::Config& config, catalog::Catalog& catalog, SetKeeper& sets, Replicator& replicator)
      : config_(config), catalog_(catalog), sets_(sets), replicator_(replicator) {}

  /// Of a replicated volume, the copy goes last, and the group with its last volume.
  /// @throws Error failed_precondition: in use, a copy or a snapshot, or in a group out of which nothing can be taken
  ///         now; the volume is as it was
  void remove(const catalog::Volume& volume, const Deadline& deadline);

 private:
  void remove_with_copy(const catalog::Volume& volume, const Deadline& deadline);
  void refuse_dependants(const catalog::Volume& volume, const Deadline& deadline);
  std::vector<array::VolumeSet> own_sets(const catalog::Volume& volume, const Deadline& deadline);
  void remove_out_of_sets(const catalog::Volume& volume, const Deadline& deadline);
  journal::UnfinishedVolume make_row(const catalog::Volume& volume, const std::vector<array::VolumeSet>& sets);
  void settle_later(const journal::UnfinishedVolume& row, const Deadline& deadline);
  [[noreturn]] void explain(const catalog::Volume& volume, const Error& error, const Deadline& deadline);
  [[noreturn]] static void refuse(const catalog::Volume& volume, const std::string& reason);
  [[noreturn]] static void refuse_in_use(const catalog::Volume& volume, const std::vector<array::Export>& exports);

  const config::Config& config_;
  catalog::Catalog& catalog_;
  SetKeeper& sets_;
  Replicator& replicator_;
};

}  // namespace hpe3par::volumes
