#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "tests/integration/world.h"

namespace hpe3par::test {

/// Those of Create, Mount, Unmount and Remove.
inline std::vector<std::string> crash_points() {
  // Also asked when ctest only lists the tests; the table must then be there already.
  TempDir directory;
  const RunResult result = run({program("hpe3pard").string(), "--list-crash-points"}, directory / "list");
  std::vector<std::string> points;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);)
    if (!line.starts_with("sweep.") && !line.starts_with("pair.")) points.push_back(line);
  return points;
}

inline bool is_one_of(const std::string& point, const std::vector<std::string>& points) {
  return std::find(points.begin(), points.end(), point) != points.end();
}

/// Passed only by a volume that is in volume sets.
inline bool is_about_sets(const std::string& point) {
  return is_one_of(point, {"create.joined", "remove.sets_journaled", "remove.left"});
}

/// Passed only by a volume that is in a remote copy group.
inline bool is_about_groups(const std::string& point) {
  return is_one_of(point, {"create.admitted", "create.copy_recorded", "remove.group_journaled", "remove.detached",
                           "remove.primary_deleted"});
}

/// Passed only by a volume with Peer Persistence.
inline bool is_about_second(const std::string& point) {
  return point.find(".second_") != std::string::npos;
}

/// Passed only by a volume that is in no group.
inline bool is_about_plain(const std::string& point) {
  return is_about_sets(point) || point == "remove.deleted";
}

}  // namespace hpe3par::test
