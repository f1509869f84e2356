#include "hpe3par_test/mounts.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

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
  std::ifstream lines("/proc/self/mountinfo");
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

}  // namespace hpe3par::test
