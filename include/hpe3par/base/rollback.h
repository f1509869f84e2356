#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace hpe3par {

/// Runs its steps in reverse order when destroyed, unless dismissed. Steps must not throw: a step that can fail
/// journals what is left to do and returns.
class Rollback {
 public:
  Rollback() = default;
  ~Rollback() {
    for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (*step)();
  }
  Rollback(const Rollback&) = delete;
  Rollback& operator=(const Rollback&) = delete;

  void add(std::function<void()> step) { steps_.push_back(std::move(step)); }
  void dismiss() { steps_.clear(); }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace hpe3par
