#pragma once

#include <chrono>
#include <thread>

namespace hpe3par::host {

/// Repeats for a second what failed because something is busy: a descriptor that was closed here lives on in
/// the child of another thread until that has come to its exec, and with it an exclusive claim or a use of a mount.
/// `attempt` returns whether it is done; the answer is that of the last one.
template <typename Attempt>
bool repeat_while_busy(Attempt attempt) {
  constexpr int kAttempts = 101;
  constexpr std::chrono::milliseconds kPause{10};
  for (int i = 1; i < kAttempts; ++i) {
    if (attempt()) return true;
    std::this_thread::sleep_for(kPause);
  }
  return attempt();
}

}  // namespace hpe3par::host
