#include "loop_device.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cstring>

#include "hpe3par/base/unique_fd.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

constexpr std::uint32_t kSectorSize = 512;  // the same on every machine: xfs depends on it

bool configure(int loop, int file, const std::string& name, std::uint32_t flags) {
  loop_config config{};
  config.fd = static_cast<std::uint32_t>(file);
  config.block_size = kSectorSize;
  config.info.lo_flags = flags;
  std::memcpy(config.info.lo_file_name, name.data(), std::min<std::size_t>(name.size(), LO_NAME_SIZE - 1));
  return ::ioctl(loop, LOOP_CONFIGURE, &config) == 0;
}

}  // namespace

std::optional<LoopStatus> loop_status(int fd) {
  loop_info64 info{};
  if (::ioctl(fd, LOOP_GET_STATUS64, &info) != 0) return std::nullopt;
  LoopStatus status;
  status.file = {info.lo_device, info.lo_inode};
  const auto* const name = reinterpret_cast<const char*>(info.lo_file_name);
  status.name.assign(name, ::strnlen(name, LO_NAME_SIZE));
  status.autoclear = (info.lo_flags & LO_FLAGS_AUTOCLEAR) != 0;
  return status;
}

std::optional<int> set_up_loop(int file, const std::string& name) {
  const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control) throw_unavailable("open /dev/loop-control");
  const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
  if (number < 0) throw_unavailable("get a free loop device");
  const std::string path = "/dev/loop" + std::to_string(number);
  const UniqueFd loop(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!loop && (errno == ENXIO || errno == EBUSY)) return std::nullopt;
  if (!loop) throw_unavailable("open " + path);
  if (configure(loop.get(), file, name, LO_FLAGS_DIRECT_IO)) return number;
  if (errno == EINVAL && configure(loop.get(), file, name, 0)) return number;
  if (errno == EBUSY || errno == ENXIO) return std::nullopt;
  throw_unavailable("set up " + path);
}

bool keep_loop(int fd) {
  loop_info64 info{};
  if (::ioctl(fd, LOOP_GET_STATUS64, &info) != 0) return false;
  info.lo_flags &= ~static_cast<std::uint32_t>(LO_FLAGS_AUTOCLEAR);
  if (::ioctl(fd, LOOP_SET_STATUS64, &info) != 0) return false;
  const auto status = loop_status(fd);
  return status && !status->autoclear;
}

void clear_loop(int fd, const std::string& path) {
  if (::ioctl(fd, LOOP_CLR_FD, 0) != 0 && errno != ENXIO) throw_unavailable("detach " + path);
}

}  // namespace hpe3par::host
