#pragma once

#include <map>
#include <mutex>
#include <string>

#include "hpe3par/catalog/catalog.h"

namespace hpe3par::volumes {

/// Which replicated volumes are none yet, or no more: the record names a group, the array has them in none, and nobody
/// ever had a file system on them. Somebody is making or removing them, or died while he was. One that was formatted is
/// shown wherever it is, because it has data. Thread-safe.
class HalfMade {
 public:
  explicit HalfMade(catalog::Catalog& catalog) : catalog_(catalog) {}

  /// Asks the array once for each volume of which it matters. When in doubt, it is a volume.
  /// @param asks how many may still be asked for; counted down
  bool includes(const catalog::Volume& volume, int& asks, const Deadline& deadline);

 private:
  catalog::Catalog& catalog_;
  std::mutex mutex_;
  std::map<std::string, bool> formatted_;  // by uuid, of those that are in no group
};

}  // namespace hpe3par::volumes
