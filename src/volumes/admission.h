#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace hpe3par::volumes {

/// Counts the calls that work on each array, so that those of an array that hangs cannot take every thread.
/// Thread-safe.
class Admission {
 public:
  /// A call that was let in; it counts until this is destroyed.
  class Pass {
   public:
    Pass(Admission& admission, std::string array) : admission_(&admission), array_(std::move(array)) {}
    ~Pass() {
      if (admission_ != nullptr) admission_->leave(array_);
    }
    Pass(Pass&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)), array_(std::move(other.array_)) {}
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    Pass& operator=(Pass&&) = delete;

   private:
    Admission* admission_;
    std::string array_;
  };

  /// @param most calls per array
  explicit Admission(std::size_t most) : most_(most) {}

  /// Nothing if there are too many for this array already.
  std::optional<Pass> try_enter(const std::string& array);

  std::size_t most() const { return most_; }

 private:
  void leave(const std::string& array);

  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> calls_;
};

}  // namespace hpe3par::volumes
