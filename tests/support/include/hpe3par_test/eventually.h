#pragma once

#include <chrono>
#include <thread>

namespace hpe3par::test {

/// Calls `condition` every 20 ms until it is true; false when the time is over. For what other processes do; logic of
/// ours is tested with a Clock.
template <typename Condition>
bool eventually(std::chrono::milliseconds timeout, Condition condition) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace hpe3par::test
