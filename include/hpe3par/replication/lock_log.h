#pragma once

#include <string>
#include <vector>

namespace hpe3par::replication {

/// A lock of a group that this host took, or tried to.
struct LoggedLock {
  std::string array;  ///< its name, see array::Array::name()
  std::string group;
  std::string token;  ///< see GroupNote
};

/// Remembers over a crash which locks are ours. Thread-safe; all methods throw Error unavailable.
class LockLog {
 public:
  virtual ~LockLog() = default;
  virtual void add(const LoggedLock& lock) = 0;
  virtual void remove(const std::string& token) = 0;
  virtual std::vector<LoggedLock> all() = 0;
};

}  // namespace hpe3par::replication
