#pragma once

#include <mutex>
#include <vector>

#include "hpe3par/replication/lock_log.h"

namespace hpe3par::test {

/// A LockLog in memory. Thread-safe.
class FakeLockLog final : public replication::LockLog {
 public:
  void add(const replication::LoggedLock& lock) override {
    const std::lock_guard hold(mutex_);
    locks_.push_back(lock);
  }
  void remove(const std::string& token) override {
    const std::lock_guard hold(mutex_);
    std::erase_if(locks_, [&](const auto& each) { return each.token == token; });
  }
  std::vector<replication::LoggedLock> all() override {
    const std::lock_guard hold(mutex_);
    return locks_;
  }

 private:
  std::mutex mutex_;
  std::vector<replication::LoggedLock> locks_;
};

}  // namespace hpe3par::test
