#include "values.h"

#include <algorithm>
#include <utility>

#include "checks.h"
#include "keys.h"

namespace hpe3par::config {
namespace {

constexpr const char* kContinued = "; an indented line continues the value before it";

// One line of limited length, so that a message stays one.
std::string shown(std::string value) {
  constexpr std::size_t kMost = 200;
  std::replace(value.begin(), value.end(), '\n', ' ');
  return value.size() <= kMost ? value : value.substr(0, kMost) + "…";
}

}  // namespace

Values::Values(Origin origin) : origin_(std::move(origin)) {}

int Values::put(const std::string& key, const std::string& text, int line) {
  const auto known = values_.find(key);
  const int first = known == values_.end() ? 0 : known->second.first_line;
  values_[key] = {text, line, first == 0 ? line : first};
  return first;
}

bool Values::has(const std::string& key) const {
  const auto found = values_.find(key);
  return found != values_.end() && !found->second.text.empty();
}

int Values::line_of(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? origin_.line : found->second.line;
}

std::string Values::text(const std::string& key, const std::string& fallback) const {
  if (!has(key)) return fallback;
  const std::string& value = values_.at(key).text;
  if (value.find('\n') != std::string::npos)
    fail_at(key, "the value of " + key + " goes on for more than one line" + kContinued);
  return value;
}

void Values::require(const std::string& key) const {
  if (!has(key)) fail_missing(key, key);
}

std::string Values::required(const std::string& key) const {
  require(key);
  return text(key);
}

int Values::integer(const std::string& key, int fallback, int low, int high) const {
  if (!has(key)) return fallback;
  const std::optional<int> number = parse_number(text(key), low, high);
  if (!number) refuse(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return *number;
}

bool Values::boolean(const std::string& key, bool fallback) const {
  if (!has(key)) return fallback;
  const std::string value = lower(text(key));
  if (value == "true" || value == "yes" || value == "1" || value == "on") return true;
  if (value == "false" || value == "no" || value == "0" || value == "off") return false;
  refuse(key, "true or false");
}

std::vector<std::string> Values::list(const std::string& key, std::string_view separators) const {
  return has(key) ? split(values_.at(key).text, std::string(separators) + "\n") : std::vector<std::string>{};
}

void Values::refuse(const std::string& key, const std::string& allowed) const {
  const std::string& text = values_.at(key).text;
  const bool hidden = is_secret(key) || lower(text).find("password") != std::string::npos;
  fail_at(key, origin_.prefix + (hidden ? "what stands in " + key : key + " = " + shown(text)) +
                   " is not allowed; allowed: " + allowed +
                   (text.find('\n') == std::string_view::npos ? "" : kContinued));
}

void Values::fail_at(const std::string& key, const std::string& text) const {
  fail(origin_.file, line_of(key), text);
}

void Values::fail_missing(const std::string& key, const std::string& keys) const {
  fail_at(key, origin_.where + " needs a value for " + keys + origin_.if_missing);
}

}  // namespace hpe3par::config
