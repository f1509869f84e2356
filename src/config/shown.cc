#include "shown.h"

#include <algorithm>
#include <array>

#include "checks.h"
#include "heads.h"

namespace hpe3par::config {
namespace {

constexpr std::size_t kMostOfAValue = 200;
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kSeparators = " \t,;";
constexpr std::array<std::string_view, 4> kSensitive = {"pass", "pw", "secret", "key"};

bool is_sensitive(std::string_view token) {
  const std::string text = lower(token);
  return text.find('@') != std::string::npos || std::any_of(kSensitive.begin(), kSensitive.end(), [&](auto word) {
           return text.find(word) != std::string::npos;
         });
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// The size of the UTF-8 character that `text` begins with, or 0. Overlong forms and surrogates are none.
std::size_t character_size(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80U) return 1;
  const std::size_t size = first >= 0xC2U && first < 0xE0U ? 2 : first >= 0xE0U && first < 0xF0U ? 3 : 4;
  if (first < 0xC2U || first > 0xF4U || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!continues_character(text[i])) return 0;
  const bool overlong = (first == 0xE0U && at(1) < 0xA0U) || (first == 0xF0U && at(1) < 0x90U);
  const bool outside = (first == 0xEDU && at(1) > 0x9FU) || (first == 0xF4U && at(1) > 0x8FU);
  return overlong || outside ? 0 : size;
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20U) || c == 0x7F;
}

// Where the part of `line` ends that may be shown.
std::size_t end_of_shown(std::string_view line) {
  for (std::size_t at = 0; at < line.size();) {
    const std::string_view rest = line.substr(at);
    const std::string_view token = rest.substr(0, rest.find_first_of(kSeparators));
    if (is_sensitive(token) || (at > 0 && !head_of(rest).word.empty())) return at;
    at += token.size();
    at = std::min(line.find_first_not_of(kSeparators, at), line.size());
  }
  return line.size();
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0 || is_control(text.front()))
      result += '?';
    else
      result += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return result;
}

std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && continues_character(text[most])) --most;
  return std::string(text.substr(0, most)) + std::string(kEllipsis);
}

std::string shown_value(std::string_view value) {
  const std::string_view line = value.substr(0, value.find('\n'));
  const std::size_t end = end_of_shown(line);
  if (end == line.size()) return cut(printable(line), kMostOfAValue);
  const std::size_t last = line.substr(0, end).find_last_not_of(kSeparators);
  if (last == std::string_view::npos) return "";
  return cut(printable(line.substr(0, last + 1)), kMostOfAValue) + " " + std::string(kEllipsis);
}

bool is_harmless(std::string_view word) {
  for (const std::string_view prefix : {"hpe3par_", "hp3par_"})
    if (word.starts_with(prefix)) word.remove_prefix(prefix.size());
  return std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

bool may_show_url(std::string_view url) {
  if (url.find_first_of("@?=") != std::string_view::npos) return false;
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const std::string_view authority = url.substr(0, url.find('/'));
  if (url.substr(authority.size()).find(':') != std::string_view::npos) return false;
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::size_t colon = authority.find(':', bracket);
  if (colon == std::string_view::npos || is_ipv6(authority)) return true;
  const std::string_view port = authority.substr(colon + 1);
  return port.size() <= 5 && port.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string shown_username(std::string_view username) {
  const std::size_t colon = username.find(':');
  return colon == std::string_view::npos ? std::string(username) : std::string(username.substr(0, colon)) + ":***";
}

std::string shown_path(const std::string& path) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '-' || c == '.'; };
  const bool named = path.find('/') != std::string::npos || std::all_of(path.begin(), path.end(), plain);
  return named ? path : "(not shown)";
}

}  // namespace hpe3par::config
