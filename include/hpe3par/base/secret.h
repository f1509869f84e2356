#pragma once

#include <string>

namespace hpe3par {

/// A password or session key. It has no stream operator, no JSON conversion and no implicit conversion to a string:
/// the only way to its text is reveal(), which is easy to grep for. The memory is overwritten when it dies.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  ~Secret();
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

}  // namespace hpe3par
