#include "continuations.h"

#include <algorithm>
#include <string_view>

#include "checks.h"
#include "heads.h"
#include "place.h"
#include "shown.h"
#include "suggestions.h"

namespace hpe3par::config {
namespace {

constexpr const char* kRemoveBlanks = "remove the blanks in front of it";

bool is_section(std::string_view line) {
  return line.size() > 2 && line.starts_with('[') && line.ends_with(']') && !is_ipv6(line.substr(1, line.size() - 2));
}

bool is_peer_key(std::string_view word) {
  return !find_key(word) && !find_replication_key(word).empty();
}

// What a line is that stands alone, with the remedy; empty if it is nothing of the kind.
std::string own_line_text(std::string_view line) {
  const std::string_view word = head_of(line).word;
  if (is_section(line)) return std::string("looks like a [section]; ") + kRemoveBlanks;
  if (is_peer_key(word))
    return "looks like " + std::string(word) +
           " of replication_device; look whether the line that begins with replication_device is missing or a comment";
  if (find_key(word)) return "looks like the key " + std::string(word) + "; " + kRemoveBlanks;
  return "";
}

std::string indented_text(const IniEntry& entry) {
  return "this line is indented, so it continues " + entry.key + " in line " + std::to_string(entry.line);
}

void check_line(const IniEntry& entry, const Key& key, std::string_view line, int number, const std::string& file) {
  const bool pairs = key.shape == KeyShape::pairs;
  const std::string own = pairs && !is_section(line) ? "" : own_line_text(line);
  if (!own.empty()) fail(file, number, indented_text(entry) + ", but it " + own);
  if (key.shape == KeyShape::line)
    fail(file, number,
         indented_text(entry) + ", which takes one line; " + kRemoveBlanks + ", or write the value on one line");
}

bool is_suspicious(std::string_view word) {
  return find_key(word) || !nearest_replication_key(word).empty() || shown_value(word).empty();
}

}  // namespace

void check_continuations(const IniEntry& entry, const Key& key, const std::string& file) {
  std::string_view rest = entry.value;
  for (const int number : entry.value_lines) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (number != entry.line) check_line(entry, key, rest.substr(0, end), number, file);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void check_for_second_key(const IniEntry& entry, const Key& key, const std::string& file) {
  const bool unread = key.use == KeyUse::obsolete || key.use == KeyUse::silent;
  if (key.shape != KeyShape::line || unread || is_secret(key.name)) return;
  for (const std::string_view word : words_behind_blanks(entry.value))
    if (is_suspicious(word))
      fail(file, entry.line,
           entry.key + " is followed by what looks like a second key; each key has a line of its own");
}

}  // namespace hpe3par::config
