#pragma once

#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "hpe3par/base/error.h"

namespace hpe3par::test {

/// Thrown out of every fake once the pretended process is dead. Not an Error, so that nobody handles it as one.
class ProcessDied : public std::exception {
 public:
  const char* what() const noexcept override { return "the process died here"; }
};

/// Counts the effects that one thread causes through the fakes, and spoils one of them. Thread-safe.
class Steps {
 public:
  enum class Spoil { nothing, error_before, error_after, die_before, die_after };

  /// From now on the calling thread's effects are counted from 0, and number `at` is spoilt.
  void arm(int at = -1, Spoil spoil = Spoil::nothing) {
    const std::lock_guard hold(mutex_);
    thread_ = std::this_thread::get_id();
    armed_ = true;
    names_.clear();
    at_ = at;
    spoil_ = spoil;
  }
  void disarm() {
    const std::lock_guard hold(mutex_);
    armed_ = false;
  }
  std::vector<std::string> names() const {
    const std::lock_guard hold(mutex_);
    return names_;
  }
  /// The process is back; what it had done is still there.
  void revive() {
    const std::lock_guard hold(mutex_);
    dead_ = false;
    armed_ = false;
  }
  bool dead() const {
    const std::lock_guard hold(mutex_);
    return dead_;
  }

  /// Around an effect: `before` may throw; the result goes to `after`, which may throw too.
  bool before(const std::string& name) {
    const std::lock_guard hold(mutex_);
    if (dead_) throw ProcessDied();
    if (!armed_ || thread_ != std::this_thread::get_id()) return false;
    names_.push_back(name);
    const bool hit = static_cast<int>(names_.size()) - 1 == at_;
    if (hit && spoil_ == Spoil::error_before) throw Error(ErrorKind::unavailable, name + " failed");
    if (hit && spoil_ == Spoil::die_before) die();
    return hit;
  }
  void after(const std::string& name, bool hit) {
    const std::lock_guard hold(mutex_);
    if (hit && spoil_ == Spoil::error_after) throw Error(ErrorKind::unavailable, "the answer to " + name + " was lost");
    if (hit && spoil_ == Spoil::die_after) die();
  }

 private:
  [[noreturn]] void die() {
    dead_ = true;
    throw ProcessDied();
  }

  mutable std::mutex mutex_;
  std::thread::id thread_;
  bool armed_ = false;
  bool dead_ = false;
  std::vector<std::string> names_;
  int at_ = -1;
  Spoil spoil_ = Spoil::nothing;
};

/// Runs `effect` as one step.
template <typename Effect>
auto as_step(Steps& steps, const std::string& name, Effect effect) {
  const bool hit = steps.before(name);
  if constexpr (std::is_void_v<decltype(effect())>) {
    effect();
    steps.after(name, hit);
  } else {
    auto result = effect();
    steps.after(name, hit);
    return result;
  }
}

}  // namespace hpe3par::test
