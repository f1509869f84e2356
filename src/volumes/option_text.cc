#include "option_text.h"

#include <algorithm>
#include <cctype>

#include "hpe3par/base/error.h"

namespace hpe3par::volumes {
namespace {

constexpr std::size_t kLongestQuote = 100;
constexpr std::size_t kMostDigits = 18;
constexpr int kMostPercent = 50;
constexpr std::string_view kLabel = "LABEL";

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool is_size(std::string_view text) {
  constexpr std::string_view kUnits = "bskmgt";
  if (!text.empty() && kUnits.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  return is_number(text);
}

bool is_percent(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = parse_number<int>(text.substr(0, point));
  if (!whole || !is_number(text.substr(0, point)) || *whole > kMostPercent) return false;
  if (point == std::string_view::npos) return true;
  return *whole < kMostPercent && is_number(text.substr(point + 1)) && text.size() - point <= 3;
}

bool is_within(std::string_view range, std::string_view text) {
  const std::size_t dots = range.find("..");
  const auto low = parse_number<int>(range.substr(0, dots));
  const auto high = parse_number<int>(range.substr(dots + 2));
  const auto number = parse_number<int>(text);
  return is_number(text) && number && *number >= *low && *number <= *high;
}

bool is_one_of(std::string_view choices, std::string_view text) {
  const std::vector<std::string> words = split(choices, "|");
  return std::find(words.begin(), words.end(), text) != words.end();
}

}  // namespace

std::string printable(std::string_view text) {
  std::size_t end = std::min(text.size(), kLongestQuote);
  while (end < text.size() && end > 0 && is_continuation(text[end])) --end;
  std::string shown(text.substr(0, end));
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto c = static_cast<unsigned char>(shown[i]);
    const bool ends_c1 = i > 0 && c >= 0x80 && c < 0xA0 && static_cast<unsigned char>(shown[i - 1]) == 0xC2;
    if (ends_c1) shown[i - 1] = '?';
    if (c < ' ' || c == 0x7F || ends_c1) shown[i] = '?';
  }
  return shown + (end < text.size() ? "..." : "");
}

void refuse_value(std::string_view option, std::string_view value, const std::string& allowed) {
  throw Error(ErrorKind::invalid_argument,
              "option " + std::string(option) + "=" + printable(value) + " is not allowed; allowed: " + allowed);
}

void refuse_because(std::string_view option, const std::string& sentence) {
  throw Error(ErrorKind::invalid_argument, "option " + std::string(option) + ": " + sentence);
}

bool is_plain_name(std::string_view text, std::size_t most) {
  const auto legal = [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '.' || c == '_' || c == '-'); };
  return !text.empty() && text.size() <= most && text.front() != '-' && std::all_of(text.begin(), text.end(), legal);
}

bool fits(std::string_view pattern, const std::optional<std::string_view>& value) {
  if (pattern.empty() || !value) return pattern.empty() && !value;
  if (pattern == "N") return is_number(*value);
  if (pattern == "SIZE") return is_size(*value);
  if (pattern == "PERCENT") return is_percent(*value);
  if (pattern.starts_with(kLabel))
    return is_plain_name(*value, parse_number<std::size_t>(pattern.substr(kLabel.size())).value_or(0));
  if (pattern.find("..") != std::string_view::npos) return is_within(pattern, *value);
  return is_one_of(pattern, *value);
}

std::string show_pattern(std::string_view pattern) {
  if (pattern == "PERCENT") return "0.." + std::to_string(kMostPercent);
  if (!pattern.starts_with(kLabel)) return std::string(pattern);
  return "LABEL of up to " + std::string(pattern.substr(kLabel.size())) + " letters, digits, '.', '_' or '-'";
}

std::string with_pattern(std::string_view name, std::string_view pattern) {
  return std::string(name) + (pattern.empty() ? "" : "=") + show_pattern(pattern);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    words.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(separator)) + word;
  return text;
}

}  // namespace hpe3par::volumes
