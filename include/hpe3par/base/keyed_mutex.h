#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "hpe3par/base/deadline.h"

namespace hpe3par {

/// One lock per key, e.g. per volume: operations on one volume queue up, different volumes run in parallel.
///
/// Not recursive. Keys that nobody holds or wants cost nothing.
class KeyedMutex {
 public:
  /// Releases its key when destroyed.
  class Guard {
   public:
    Guard(KeyedMutex& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    ~Guard();
    Guard(Guard&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    Guard& operator=(Guard&&) = delete;

   private:
    KeyedMutex* owner_;
    std::string key_;
  };

  /// Waits for the key until the deadline.
  /// @throws Error deadline_exceeded or aborted, naming the key; nothing is held then
  Guard lock(const std::string& key, const Deadline& deadline);

  /// Takes the key only if it is free now.
  std::unique_ptr<Guard> try_lock(const std::string& key);

 private:
  struct Slot {
    bool held = false;
    int waiting = 0;
  };

  void unlock(const std::string& key);

  std::mutex mutex_;
  std::condition_variable released_;
  std::map<std::string, Slot> slots_;
};

}  // namespace hpe3par
