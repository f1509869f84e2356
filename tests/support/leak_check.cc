#include "hpe3par_test/leak_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/process.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

bool below_any(const fs::path& path, const std::vector<fs::path>& directories) {
  return std::any_of(directories.begin(), directories.end(),
                     [&](const fs::path& directory) { return is_below(path, directory); });
}

struct MountLine {
  std::string mountpoint;
  std::string line;  ///< without the two ids in front, which are never the same twice
};

std::vector<MountLine> mounts() {
  std::vector<MountLine> result;
  std::istringstream lines(read_file("/proc/self/mountinfo"));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mountpoint;
    fields >> id >> parent >> device >> root >> mountpoint;
    result.push_back({mountpoint, line.substr(id.size() + parent.size() + 2)});
  }
  return result;
}

struct LoopDevice {
  std::string name;
  std::string file;
};

std::vector<LoopDevice> loop_devices() {
  std::vector<LoopDevice> result;
  for (const auto& entry : fs::directory_iterator("/sys/block")) {
    std::ifstream file(entry.path() / "loop/backing_file");
    std::string path;
    if (std::getline(file, path)) result.push_back({entry.path().filename(), path});
  }
  return result;
}

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

std::vector<std::string> mounts_below(const std::vector<fs::path>& directories) {
  std::vector<std::string> result;
  for (const auto& mount : mounts()) {
    if (below_any(mount.mountpoint, directories)) result.push_back(mount.line);
  }
  return result;
}

void unmount_below(const fs::path& directory) {
  auto all = mounts();
  std::reverse(all.begin(), all.end());
  for (const auto& mount : all) {
    if (is_below(mount.mountpoint, directory)) ::umount2(mount.mountpoint.c_str(), UMOUNT_NOFOLLOW);
  }
}

std::vector<std::string> loop_devices_below(const std::vector<fs::path>& directories) {
  std::vector<std::string> result;
  for (const auto& device : loop_devices()) {
    if (below_any(device.file, directories)) result.push_back("/dev/" + device.name + " on " + device.file);
  }
  return result;
}

std::vector<std::string> loop_devices_on(const fs::path& file) {
  std::vector<std::string> result;
  for (const auto& device : loop_devices()) {
    const std::string path = device.file.substr(0, device.file.find(" (deleted)"));
    if (file.string().ends_with(path)) result.push_back("/dev/" + device.name + " on " + device.file);
  }
  return result;
}

void detach_loop_devices_below(const fs::path& directory) {
  for (const auto& device : loop_devices()) {
    if (!is_below(device.file, directory)) continue;
    const int fd = ::open(("/dev/" + device.name).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ::ioctl(fd, LOOP_CLR_FD, 0);
    ::close(fd);
  }
}

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
  std::set<std::string> after;
  const bool clean = eventually(patience, [&] {
    after = inventory();
    return after == before_;
  });
  if (clean) return;
  std::vector<std::string> come, gone;
  std::set_difference(after.begin(), after.end(), before_.begin(), before_.end(), std::back_inserter(come));
  std::set_difference(before_.begin(), before_.end(), after.begin(), after.end(), std::back_inserter(gone));
  std::ostringstream report;
  for (const auto& line : come) report << "\n  + " << line;
  for (const auto& line : gone) report << "\n  - " << line;
  ADD_FAILURE() << "not as before the test:" << report.str();
}

}  // namespace hpe3par::test
