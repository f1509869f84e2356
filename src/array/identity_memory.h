#pragma once

#include <list>
#include <map>
#include <mutex>
#include <string>

#include "hpe3par/wsapi/volumes.h"

namespace hpe3par::array {

/// Remembers which volumes had which names a moment ago, so that a removal is repeated only on the volume that was
/// meant: by then the name may belong to a new one.
///
/// Holds the last 256 names. Thread-safe.
class IdentityMemory {
 public:
  void saw(const wsapi::Volume& volume);
  void created(const std::string& name, const std::string& comment);

  enum class Same { yes, no, unknown };
  /// Is it the volume that had this name when it was last seen or created?
  Same compare(const wsapi::Volume& volume) const;

 private:
  struct Identity {
    std::string wwn;  // empty: just created
    std::string comment;
    std::list<std::string>::iterator age;
  };

  void remember(const std::string& name, const std::string& wwn, const std::string& comment);

  mutable std::mutex mutex_;
  std::map<std::string, Identity> known_;
  std::list<std::string> names_;  // the oldest first
};

}  // namespace hpe3par::array
