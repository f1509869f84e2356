#include "suggestions.h"

#include <algorithm>
#include <vector>

#include "checks.h"
#include "keys.h"
#include "shown.h"

namespace hpe3par::config {
namespace {

constexpr std::size_t kMostOfAName = 100;

// Letters that are wrong, missing, too many, or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> table((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return table[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return at(a.size(), b.size());
}

bool is_near(std::string_view name, std::string_view known) {
  const std::size_t most = std::clamp<std::size_t>(known.size() / 4, 1, 3);
  const std::size_t longer = std::max(name.size(), known.size());
  const std::size_t shorter = std::min(name.size(), known.size());
  return longer - shorter <= most && edit_distance(name, known) <= most;
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& known) {
  const std::string wanted = modern_spelling(lower(name));
  std::string_view best;
  for (const std::string_view each : known) {
    if (!is_near(wanted, each)) continue;
    if (best.empty() || edit_distance(wanted, each) < edit_distance(wanted, best)) best = each;
  }
  return best;
}

std::string described(std::string_view name, std::string_view meant, Before before, const std::string& where) {
  const std::string suggestion = meant.empty() ? "" : "; did you mean " + std::string(meant) + "?";
  if (before == Before::plain && (!meant.empty() || is_harmless(name)))
    return "unknown key " + cut(name, kMostOfAName) + where + suggestion;
  const std::string_view whose = before == Before::secret ? "the password before it" : "a password";
  return "unknown key" + where + " (it is not shown, since it may be part of " + std::string(whose) + ")" + suggestion;
}

}  // namespace

std::string_view nearest_key(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Key& key : known_keys())
    if (!key.name.ends_with('*')) names.push_back(key.name);
  return nearest(name, names);
}

std::string_view nearest_replication_key(std::string_view name) {
  const std::string_view found = nearest(name, {replication_keys().begin(), replication_keys().end()});
  return found.empty() ? nearest_key(name) : found;
}

std::string unknown_key_text(std::string_view name, Before before) {
  if (!find_replication_key(name).empty())
    return "unknown key " + std::string(name) +
           "; it belongs to replication_device: indent the line, so that it continues the value before it";
  return described(name, nearest_key(name), before, "");
}

std::string unknown_replication_key_text(std::string_view name, Before before, const std::string& where) {
  if (find_key(name))
    return "unknown key " + std::string(name) + where +
           "; it belongs to the section itself, on a line that is not indented";
  return described(name, nearest_replication_key(name), before, where);
}

}  // namespace hpe3par::config
