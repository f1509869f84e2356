#pragma once

#include "tests/property/observation.h"

namespace hpe3par::test {

/// Volume v1 on both arrays, each copy in a file of its own number, exported to the hosts named.
inline Observation observed(Inode on_a, const std::set<std::string>& hosts_of_a, Inode on_b,
                            const std::set<std::string>& hosts_of_b) {
  Observation now;
  now.arrays["A"].group = {.exists = true, .name = "g1", .role = 1, .state = GroupSide::kStarted};
  now.arrays["B"].group = {.exists = true, .name = "g1.r1", .role = 2, .state = GroupSide::kStarted};
  now.arrays["A"].volumes["v1"] = {.uuid = "u", .inode = on_a, .hosts = hosts_of_a};
  now.arrays["B"].volumes["v1"] = {.uuid = "u", .inode = on_b, .hosts = hosts_of_b};
  return now;
}

}  // namespace hpe3par::test
