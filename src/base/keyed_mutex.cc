#include "hpe3par/base/keyed_mutex.h"

#include <algorithm>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

// How often a waiter looks whether its caller has hung up.
constexpr Millis kSlice{50};

}  // namespace

KeyedMutex::Guard::~Guard() {
  if (owner_) owner_->unlock(key_);
}

KeyedMutex::Guard KeyedMutex::lock(const std::string& key, const Deadline& deadline) {
  std::unique_lock hold(mutex_);
  Slot& slot = slots_[key];
  ++slot.waiting;
  while (slot.held && !deadline.expired()) released_.wait_for(hold, std::min(kSlice, deadline.remaining()));
  --slot.waiting;
  if (!slot.held) {
    slot.held = true;
    return {*this, key};
  }
  hold.unlock();
  deadline.check("waiting for another operation on " + key);
  throw Error(ErrorKind::deadline_exceeded,
              "waiting for another operation on " + key + ": no time left for this call; retry");
}

std::unique_ptr<KeyedMutex::Guard> KeyedMutex::try_lock(const std::string& key) {
  const std::lock_guard hold(mutex_);
  Slot& slot = slots_[key];
  if (slot.held) return nullptr;
  slot.held = true;
  return std::make_unique<Guard>(*this, key);
}

void KeyedMutex::unlock(const std::string& key) {
  {
    const std::lock_guard hold(mutex_);
    const auto slot = slots_.find(key);
    slot->second.held = false;
    if (slot->second.waiting == 0) slots_.erase(slot);
  }
  released_.notify_all();
}

}  // namespace hpe3par
