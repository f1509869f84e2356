#include "values.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "checks.h"
#include "keys.h"
#include "shown.h"

namespace hpe3par::config {
Values::Values(Origin origin) : origin_(std::move(origin)) {}

int Values::put(const std::string& key, const std::string& text, int line, const std::vector<int>& lines) {
  const auto known = values_.find(key);
  const int first = known == values_.end() ? 0 : known->second.first_line;
  values_[key] = {text, line, first == 0 ? line : first, lines.empty() ? std::vector<int>{line} : lines};
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
  return has(key) ? values_.at(key).text : fallback;
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

std::vector<Part> Values::list(const std::string& key, std::string_view separators) const {
  std::vector<Part> parts;
  if (!has(key)) return parts;
  const Value& value = values_.at(key);
  std::string_view rest = value.text;
  for (const int line : value.lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    for (std::string& text : split(rest.substr(0, end), separators)) parts.push_back({std::move(text), line});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return parts;
}

void Values::refuse(const std::string& key, const std::string& allowed) const {
  std::string_view text = values_.at(key).text;
  // In a replication_device, a comma may be followed by what was meant as a part of a password.
  if (!origin_.prefix.empty() && !is_replication_list(key)) text = text.substr(0, text.find(','));
  const std::string shown = is_secret(key) ? "" : shown_value(text);
  fail_at(key, origin_.prefix + (shown.empty() ? "what stands in " + key : key + " = " + shown) +
                   " is not allowed; allowed: " + allowed);
}

void Values::refuse_part(const std::string& key, const Part& part, const std::string& allowed) const {
  if (part.line == line_of(key)) refuse(key, allowed);
  fail(origin_.file, part.line,
       origin_.prefix + "this line continues " + key + " in line " + std::to_string(line_of(key)) +
           ", and not all of it is allowed; allowed: " + allowed);
}

void Values::fail_at(const std::string& key, const std::string& text) const {
  fail(origin_.file, line_of(key), text);
}

void Values::fail_missing(const std::string& key, const std::string& keys) const {
  fail_at(key, origin_.where + " needs a value for " + keys + origin_.if_missing);
}

}  // namespace hpe3par::config
