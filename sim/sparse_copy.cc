#include "sparse_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <vector>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::sim {
namespace fs = std::filesystem;
namespace {

// Where copy_file_range() is not for these files. 0: done; else an errno.
int copy_by_hand(int from, int to, off_t at, off_t end) {
  constexpr std::size_t kChunk = 1024 * 1024;
  std::vector<char> buffer(kChunk);
  while (at < end) {
    const auto wanted = std::min<std::size_t>(kChunk, static_cast<std::size_t>(end - at));
    const ssize_t count = ::pread(from, buffer.data(), wanted, at);
    if (count < 0) return errno;
    if (count == 0) return 0;
    if (::pwrite(to, buffer.data(), static_cast<std::size_t>(count), at) != count) return errno;
    at += count;
  }
  return 0;
}

int copy_range(int from, int to, off_t at, off_t end) {
  off_t read_at = at, write_at = at;
  while (read_at < end) {
    const ssize_t count = ::copy_file_range(from, &read_at, to, &write_at, static_cast<std::size_t>(end - read_at), 0);
    if (count < 0) return copy_by_hand(from, to, read_at, end);
    if (count == 0) return 0;
  }
  return 0;
}

int copy_extents(int from, int to, off_t size) {
  off_t at = 0;
  while (at < size) {
    const off_t data = ::lseek(from, at, SEEK_DATA);
    if (data < 0) return errno == ENXIO ? 0 : errno;
    const off_t hole = ::lseek(from, data, SEEK_HOLE);
    if (hole < 0) return errno;
    if (const int error = copy_range(from, to, data, hole); error != 0) return error;
    at = hole;
  }
  return 0;
}

struct stat status_of(int fd) {
  struct stat info {};
  ::fstat(fd, &info);
  return info;
}

bool changed_since(const struct stat& before, int fd) {
  const struct stat now = status_of(fd);
  return now.st_mtim.tv_sec != before.st_mtim.tv_sec || now.st_mtim.tv_nsec != before.st_mtim.tv_nsec;
}

// A host may write meanwhile, and parts of different moments make no file system: so it is tried again for a while.
int copy(int from, int to) {
  if (::ioctl(to, FICLONE, from) == 0) return 0;
  constexpr std::chrono::milliseconds kPatience{500};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    const struct stat before = status_of(from);
    // From nothing, so that holes stay holes.
    if (::ftruncate(to, 0) != 0 || ::ftruncate(to, before.st_size) != 0) return errno;
    if (const int error = copy_extents(from, to, before.st_size); error != 0) return error;
    if (!changed_since(before, from) || std::chrono::steady_clock::now() > end) return 0;
  }
}

}  // namespace

void copy_sparse(const fs::path& source, const fs::path& target) {
  ::unlink(target.c_str());
  const UniqueFd from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  const UniqueFd to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const int error = from && to ? copy(from.get(), to.get()) : errno;
  if (error == 0) return;
  if (to) ::unlink(target.c_str());
  throw fs::filesystem_error("cannot copy", source, target, std::error_code(error, std::generic_category()));
}

}  // namespace hpe3par::sim
