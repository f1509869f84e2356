#pragma once

#include <string>
#include <vector>

namespace hpe3par::config {

/// `FILE:LINE`
std::string place(const std::string& file, int line);

/// @throws Error invalid_argument: `FILE:LINE: text`
[[noreturn]] void fail(const std::string& file, int line, const std::string& text);

/// Collects warnings, to be told in the order of the file.
class Warnings {
 public:
  explicit Warnings(std::string file) : file_(std::move(file)) {}

  void add(int line, const std::string& text);

  /// `FILE:LINE: text`, sorted by line.
  std::vector<std::string> take();

 private:
  struct Warning {
    int line = 0;
    std::string text;
  };

  std::string file_;
  std::vector<Warning> warnings_;
};

}  // namespace hpe3par::config
