#include "hpe3par_test/leak_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/simulator.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

/// What identifies an object of an array, without counters and times that change by themselves.
std::string identity(const std::string& kind, const nlohmann::json& object) {
  if (!object.is_object()) return object.dump();
  if (kind == "vluns") {
    nlohmann::json key;
    for (const char* member : {"volumeName", "hostname", "lun"}) {
      if (object.contains(member)) key[member] = object[member];
    }
    return key.dump();
  }
  return object.contains("name") ? object["name"].dump() : object.dump();
}

void add_array_objects(Simulator& simulator, std::set<std::string>& inventory) {
  const nlohmann::json objects = simulator.objects();
  for (const auto& [array, kinds] : objects.at("arrays").items()) {
    for (const auto& [kind, list] : kinds.items()) {
      if (kind == "hosts" || kind == "cpgs") continue;
      for (const auto& object : list) inventory.insert("array " + array + " " + kind + " " + identity(kind, object));
    }
  }
}

}  // namespace

LeakCheck::LeakCheck(std::vector<fs::path> directories, Simulator* simulator)
    : directories_(std::move(directories)), simulator_(simulator), before_(inventory()) {}

std::set<std::string> LeakCheck::inventory() const {
  std::set<std::string> result;
  for (const auto& mount : mounts_below(directories_)) result.insert("mount " + mount);
  for (const auto& device : loop_devices_below(directories_)) result.insert("loop device " + device);
  if (simulator_ != nullptr) add_array_objects(*simulator_, result);
  return result;
}

void LeakCheck::check(std::chrono::milliseconds patience) const {
  if (const std::string report = difference(patience); !report.empty())
    ADD_FAILURE() << "not as before the test:" << report;
}

std::string LeakCheck::difference(std::chrono::milliseconds patience) const {
  std::set<std::string> after;
  const bool clean = eventually(patience, [&] {
    after = inventory();
    return after == before_;
  });
  if (clean) return "";
  std::vector<std::string> come, gone;
  std::set_difference(after.begin(), after.end(), before_.begin(), before_.end(), std::back_inserter(come));
  std::set_difference(before_.begin(), before_.end(), after.begin(), after.end(), std::back_inserter(gone));
  std::ostringstream report;
  for (const auto& line : come) report << "\n  + " << line;
  for (const auto& line : gone) report << "\n  - " << line;
  return report.str();
}

}  // namespace hpe3par::test
