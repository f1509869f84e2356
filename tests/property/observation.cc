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

bool Observation::is_connected(const HostMount& mount) const {
  return std::any_of(std::begin(kBoth), std::end(kBoth), [&](const char* array) {
    const auto copy = at(array).volumes.find(mount.volume);
    return copy != at(array).volumes.end() && copy->second.inode == mount.inode &&
           copy->second.hosts.contains(mount.host);
  });
}

}  // namespace hpe3par::test
