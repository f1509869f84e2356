#include "tests/property/host_mounts.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "hpe3par_test/mounts.h"

namespace hpe3par::test {

Inode inode_of(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? status.st_ino : 0;
}

Inode inode_mounted_at(const std::filesystem::path& directory) {
  Inode inode = 0;
  for (const std::string& line : mounts_below({directory})) {
    const std::string number = line.substr(0, line.find(' '));
    const std::string device = "/dev/loop" + number.substr(number.find(':') + 1);
    const int fd = ::open(device.c_str(), O_RDONLY | O_CLOEXEC);
    loop_info64 info{};
    if (fd >= 0 && ::ioctl(fd, LOOP_GET_STATUS64, &info) == 0) inode = info.lo_inode;
    if (fd >= 0) ::close(fd);
  }
  return inode;
}

void sync_file_system(const std::filesystem::path& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::syncfs(fd);
  ::close(fd);
}

void shut_down_file_system(const std::filesystem::path& directory) {
  constexpr unsigned long kShutDown = _IOR('X', 125, std::uint32_t);  // of ext4 and xfs
  std::uint32_t without_log = 2;
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::ioctl(fd, kShutDown, &without_log);
  ::close(fd);
}

}  // namespace hpe3par::test
