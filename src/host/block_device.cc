#include "block_device.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "hpe3par/base/error.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

[[noreturn]] void throw_other_device(const Device& device) {
  throw Error(ErrorKind::failed_precondition, device.path + " is another device now");
}

void check_identity(const Device& device, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_unavailable("look at " + device.path);
  if (!S_ISBLK(status.st_mode)) throw_other_device(device);
  if (device.number != std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev))) {
    throw_other_device(device);
  }
  std::uint64_t sequence = 0;
  const bool known = ::ioctl(fd, BLKGETDISKSEQ, &sequence) == 0;  // since Linux 5.15
  if (known && device.disk_sequence != 0 && sequence != device.disk_sequence) throw_other_device(device);
}

UniqueFd open_checked(const Device& device, int flags) {
  UniqueFd fd(::open(device.path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW));
  if (fd) check_identity(device, fd.get());
  return fd;
}

}  // namespace

UniqueFd open_block_device(const Device& device, int flags) {
  UniqueFd fd = open_checked(device, flags);
  if (!fd) throw_unavailable("open " + device.path);
  return fd;
}

UniqueFd claim_block_device(const Device& device, int flags) {
  UniqueFd fd = open_checked(device, flags | O_EXCL);
  if (!fd && errno != EBUSY) throw_unavailable("open " + device.path);
  return fd;
}

void flush_block_device(const Device& device, int fd) {
  if (::fsync(fd) != 0 || ::ioctl(fd, BLKFLSBUF, 0) != 0) throw_unavailable("write out " + device.path);
}

std::uint64_t block_device_size(const Device& device, int fd) {
  std::uint64_t size = 0;
  if (::ioctl(fd, BLKGETSIZE64, &size) != 0) throw_unavailable("read the size of " + device.path);
  if (size == 0) throw Error(ErrorKind::unavailable, device.path + " has no size: it is not attached any more");
  return size;
}

}  // namespace hpe3par::host
