#include "place.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "shown.h"

namespace hpe3par::config {

std::string place(const std::string& file, int line) {
  return file + ":" + std::to_string(line);
}

namespace {

// A name in it may have any length.
std::string one_line(const std::string& text) {
  constexpr std::size_t kMost = 1000;
  return cut(printable(text), kMost);
}

}  // namespace

void fail(const std::string& file, int line, const std::string& text) {
  throw Error(ErrorKind::invalid_argument, one_line(place(file, line) + ": " + text));
}

void Warnings::add(int line, const std::string& text) {
  warnings_.push_back({line, text});
}

std::vector<std::string> Warnings::take() {
  std::stable_sort(warnings_.begin(), warnings_.end(),
                   [](const Warning& a, const Warning& b) { return a.line < b.line; });
  std::vector<std::string> texts;
  for (const Warning& warning : warnings_) texts.push_back(one_line(place(file_, warning.line) + ": " + warning.text));
  warnings_.clear();
  return texts;
}

}  // namespace hpe3par::config
