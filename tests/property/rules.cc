#include "tests/property/rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hpe3par::test {
namespace {

constexpr std::size_t kLongestErr = 1024;

// Could not be known to who came later.
bool is_hidden(const Observation& before, const Observation& now, const HostMount& first, const HostMount& second) {
  if (before.find_mount(first.host, first.volume) == nullptr) return false;
  const std::set<std::string> arrays = before.exporting(first);
  return !arrays.empty() && std::all_of(arrays.begin(), arrays.end(), [&](const std::string& array) {
    return before.is_silent(array, second.host) || now.is_silent(array, second.host);
  });
}

// No array that answered showed a path of the first host to the volume, and one of them showed that it has none.
bool looked_dead(const Observation& before, const Observation& now, const HostMount& first, const HostMount& second) {
  if (before.find_mount(first.host, first.volume) == nullptr) return false;
  bool seen_without_path = false;
  for (const std::string& array : before.exporting(first)) {
    const bool without_path =
        before.at(array).cut_off.contains(first.host) || now.at(array).cut_off.contains(first.host);
    const bool silent = before.is_silent(array, second.host) || now.is_silent(array, second.host);
    if (!without_path && !silent) return false;
    seen_without_path = seen_without_path || without_path;
  }
  return seen_without_path;
}

}  // namespace

// The first one lost the volume to the second one just now.
bool Exclusivity::was_fenced(const Observation& before, const Observation& now, const HostMount& first,
                             const HostMount& second) {
  if (!fences_dead_ || !looked_dead(before, now, first, second)) return false;
  lost_.insert({first.host, first.volume});
  fenced_.push_back(first);
  return true;
}

void Exclusivity::forget_returned(const Observation& now) {
  std::erase_if(lost_, [&](const auto& each) { return now.find_mount(each.first, each.second) == nullptr; });
}

Findings Exclusivity::check(const Observation& before, const Observation& now, bool roles_ever_changed) {
  Findings findings;
  std::set<std::string> excused;
  fenced_.clear();
  forget_returned(now);
  for (const HostMount& first : now.mounts)
    for (const HostMount& second : now.mounts) {
      if (first.volume != second.volume || first.host >= second.host) continue;
      const std::string who = first.volume + " by " + first.host + " and " + second.host;
      if (is_lost(first) || is_lost(second)) continue;
      if (was_fenced(before, now, first, second) || was_fenced(before, now, second, first)) continue;
      const bool hidden = is_hidden(before, now, first, second) || is_hidden(before, now, second, first);
      const bool is_one_copy = first.inode == second.inode;
      if (is_one_copy) spoiled_.insert(first.volume);
      if (is_one_copy && now.is_connected(first) && now.is_connected(second))
        findings.push_back("two hosts can write to one copy of a volume: " + who);
      else if (excused_.contains(who) || (roles_ever_changed && hidden))
        excused.insert(who);
      else
        findings.push_back("two hosts have a volume mounted: " + who);
    }
  excused_ = std::move(excused);
  for (const auto& [host, volume] : lost_)
    if (now.is_served(*now.find_mount(host, volume)))
      findings.push_back("a host that lost a volume can write to it again: " + volume + " by " + host);
  return findings;
}

Findings Copies::check(const nlohmann::json& invariants, bool excused) {
  Findings findings;
  for (const char* kind : {"writable_twice", "exported_secondaries"})
    for (const nlohmann::json& entry : invariants.at(kind)) {
      const std::string by = entry.at("by");
      const bool is_new = seen_.insert(kind + entry.dump()).second;
      const bool may_be = excused && kind == std::string("writable_twice");
      if (is_new && by.starts_with("hpe3pard") && !may_be) findings.push_back(std::string(kind) + ": " + entry.dump());
    }
  return findings;
}

Findings check_refusal(const std::string& err, const std::string& volume, const std::string& secret) {
  Findings findings;
  const auto complain = [&](const std::string& what) { findings.push_back("a refusal " + what + ": " + err); };
  if (err.find_first_of("\r\n") != std::string::npos) complain("has more than one line");
  if (err.size() > kLongestErr) complain("is longer than 1 KB");
  if (err.find(volume) == std::string::npos) complain("does not name its volume");
  if (err.find(secret) != std::string::npos) complain("tells the password");
  if (err.find(' ') == std::string::npos) complain("is no sentence");
  return findings;
}

}  // namespace hpe3par::test
