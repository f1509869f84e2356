#pragma once

#include <mutex>
#include <set>
#include <string>

#include "array_plan.h"
#include "hpe3par/base/keyed_mutex.h"
#include "hpe3par/volumes/volume_service.h"
#include "mounter.h"
#include "set_keeper.h"

namespace hpe3par::volumes {

/// Knows arrays by their serial numbers, and finds what a lost journal left on them. Thread-safe.
class ArrayKeeper {
 public:
  /// @param locks of volumes, by "volume NAME"
  ArrayKeeper(const Parts& parts, catalog::Catalog& catalog, Mounter& mounter, SetKeeper& sets, Replicator& replicator,
              KeyedMutex& locks)
      : parts_(parts), catalog_(catalog), mounter_(mounter), sets_(sets), replicator_(replicator), locks_(locks) {}

  /// To be called when an array has told its serial number, before anything is done there.
  /// @throws Error failed_precondition: it must not be used; requests to it fail with that sentence from now on
  void identify(array::Array& array, const std::string& key);

  /// Once for each array in the life of a journal: exports to this host of which it knows nothing become rows that give
  /// them back, each step as after a crash: nothing that is still in use on this machine is touched.
  void sweep(array::Array& array, const std::string& key, const Deadline& deadline);

 private:
  IdentityFacts facts_of(const std::string& key, const std::string& serial);
  void refuse_twin(const std::string& key, const std::string& twin, const std::string& serial);
  void follow(const std::string& from, const std::string& to);
  std::string backends_of(const std::string& key);
  void remember(const journal::KnownArray& array);
  bool sweep_now(array::Array& array, const std::string& key, const Deadline& deadline);
  void sweep_again(const std::string& key);
  bool adopt(const std::string& key, const array::Export& orphan, const Deadline& deadline);

  Parts parts_;
  catalog::Catalog& catalog_;
  Mounter& mounter_;
  SetKeeper& sets_;
  Replicator& replicator_;
  KeyedMutex& locks_;
  std::mutex mutex_;               // one array at a time
  std::set<std::string> unswept_;  // by key: identified, and to be swept
};

}  // namespace hpe3par::volumes
