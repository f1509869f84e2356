#pragma once

#include <string>

#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/volumes/options.h"
#include "replicator.h"
#include "rule_check.h"
#include "set_keeper.h"

namespace hpe3par::volumes {

/// Creates volumes. Callers hold the lock of the volume.
class Creator {
 public:
  Creator(const config::Config& config, catalog::Catalog& catalog, SetKeeper& sets, Replicator& replicator,
          Clock& clock)
      : config_(config), catalog_(catalog), sets_(sets), replicator_(replicator), clock_(clock), rules_(clock) {}

  /// See Service::create(). A failure after the volume was made removes it again.
  /// @param raw the options as they were typed, `options` what they mean
  void create(const std::string& name, const RawOptions& raw, const VolumeOptions& options, const Deadline& deadline);

 private:
  struct Order {
    catalog::Volume volume;
    journal::UnfinishedVolume unfinished;  ///< not used if the volume is made with one request
    array::NewVolume body;
  };

  bool accept_what_exists(const std::string& name, const RawOptions& raw, const VolumeOptions& options,
                          const Deadline& deadline);
  Order make_order(const std::string& name, const VolumeOptions& options) const;
  void complete_existing(const catalog::Volume& existing, const Deadline& deadline);
  static bool takes_more(const Order& order);
  void post(const Order& order, const RawOptions& raw, const VolumeOptions& options, const Deadline& deadline);
  [[noreturn]] void refuse(const Order& order, const VolumeOptions& options, const Error& error);
  void accept_conflict(const Order& order, const std::optional<catalog::Volume>& existing, const RawOptions& raw,
                       const VolumeOptions& options);
  void complete(const Order& order, const Deadline& deadline);
  std::string describe_undone(const Order& order, SetKeeper::Undone undone) const;

  const config::Config& config_;
  catalog::Catalog& catalog_;
  SetKeeper& sets_;
  Replicator& replicator_;
  Clock& clock_;
  RuleCheck rules_;
};

}  // namespace hpe3par::volumes
