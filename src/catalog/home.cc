#include "home.h"

#include <algorithm>

namespace hpe3par::catalog {

namespace {

enum class Side { own, copy, foreign };

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The pair in the record tells, once it is known which array this is; before that, the backend that made the volume.
Side side_of(const VolumeRecord& record, const std::string& serial, const std::string& named, const ArrayUse& use) {
  if (!serial.empty() && record.pair.size() == 2) {
    if (record.pair[0] == serial) return Side::own;
    return record.pair[1] == serial ? Side::copy : Side::foreign;
  }
  const bool of_own = contains(use.backends, named);
  const bool of_peer = use.peer_of.contains(named);
  if (of_own != of_peer) return of_own ? Side::own : Side::copy;
  return use.backends.empty() ? Side::copy : Side::own;
}

std::optional<Home> own_home(const std::string& named, const ArrayUse& use) {
  if (use.backends.empty()) return std::nullopt;
  return Home{contains(use.backends, named) ? named : use.backends.front(), ""};
}

std::optional<Home> home_of_copy(const std::string& named, const ArrayUse& use) {
  if (use.peer_of.empty()) return std::nullopt;
  const auto exact = use.peer_of.find(named);
  const auto& [backend, array] = exact != use.peer_of.end() ? *exact : *use.peer_of.begin();
  return Home{backend, array};
}

}  // namespace

std::optional<Home> home_of(const VolumeRecord& record, const std::string& serial, const ArrayUse& use) {
  const auto option = record.options.find("backend");
  const std::string named = option == record.options.end() ? "" : option->second;
  if (record.group.empty()) return own_home(named, use);
  switch (side_of(record, serial, named, use)) {
    case Side::own: return own_home(named, use);
    case Side::copy: return home_of_copy(named, use);
    case Side::foreign: break;
  }
  return std::nullopt;
}

}  // namespace hpe3par::catalog
