#include "tests/property/observation.h"

#include <algorithm>
#include <iterator>

namespace hpe3par::test {

std::string to_text(const GroupSide& side) {
  if (!side.exists) return "-";
  return std::to_string(side.role) + (side.reversed ? "t" : "f") + std::to_string(side.state) +
         (side.synced ? "" : "~");
}

const HostMount* Observation::find_mount(const std::string& host, const std::string& volume) const {
  const auto found = std::find_if(mounts.begin(), mounts.end(),
                                  [&](const HostMount& each) { return each.host == host && each.volume == volume; });
  return found == mounts.end() ? nullptr : &*found;
}

bool Observation::is_silent(const std::string& array, const std::string& host) const {
  if (at(array).condition != "up") return true;
  const auto known = silent.find(host);
  return known != silent.end() && known->second.contains(array);
}

std::set<std::string> Observation::exporting(const HostMount& mount) const {
  std::set<std::string> found;
  for (const char* array : kBoth) {
    const auto copy = at(array).volumes.find(mount.volume);
    if (copy != at(array).volumes.end() && copy->second.hosts.contains(mount.host)) found.insert(array);
  }
  return found;
}

bool Observation::is_connected(const HostMount& mount) const {
  const std::set<std::string> there = exporting(mount);
  return std::any_of(there.begin(), there.end(),
                     [&](const std::string& array) { return at(array).volumes.at(mount.volume).inode == mount.inode; });
}

bool Observation::is_served(const HostMount& mount) const {
  const std::set<std::string> there = exporting(mount);
  return std::any_of(there.begin(), there.end(), [&](const std::string& array) {
    const GroupSide& group = at(array).group;
    return at(array).volumes.at(mount.volume).inode == mount.inode && group.is_primary() && !group.is_failsafe();
  });
}

bool Observation::can_write(const HostMount& mount) const {
  const std::set<std::string> there = exporting(mount);
  return std::any_of(there.begin(), there.end(), [&](const std::string& array) {
    return at(array).volumes.at(mount.volume).inode == mount.inode && !at(array).cut_off.contains(mount.host);
  });
}

}  // namespace hpe3par::test
