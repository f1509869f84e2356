#include "journal_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "hpe3par/base/clock.h"
#include "hpe3par/base/error.h"
#include "hpe3par/journal/journal.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_unavailable(const std::string& activity, const fs::path& path) {
  throw Error(ErrorKind::unavailable,
              "cannot " + activity + " " + path.string() + ": " + std::generic_category().message(errno));
}

UniqueFd open_private(const fs::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) throw_unavailable("open", path);
  return fd;
}

void sync_directory(const fs::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) throw_unavailable("sync", directory);
}

// Where nothing can be written, a lock file that is there serves as well; where there is none, none can be made.
UniqueFd open_lock(const fs::path& path) {
  try {
    return open_private(path);
  } catch (const Error&) {
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  }
}

std::string read_holder(int fd) {
  char text[32];
  const ssize_t size = ::pread(fd, text, sizeof text, 0);
  return size > 0 ? " (pid " + std::string(text, static_cast<std::size_t>(size)) + ")" : std::string();
}

// For the sentence that the next process gets; not being able to write it is no reason to stop.
void note_holder(int fd) {
  const std::string text = std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0) return;
}

}  // namespace

UniqueFd lock_directory(const fs::path& directory) {
  const fs::path path = directory / "journal.lock";
  UniqueFd fd = open_lock(path);
  if (!fd) {
    if (errno == ENOENT && fs::is_directory(directory)) return fd;
    throw_unavailable("open", path);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_unavailable("lock", path);
    throw HeldError(ErrorKind::failed_precondition, "the journal in " + directory.string() +
                                                        " is held by another process" + read_holder(fd.get()) +
                                                        "; give every daemon a --state-dir of its own");
  }
  note_holder(fd.get());
  return fd;
}

void ensure_private_file(const fs::path& file) {
  const UniqueFd fd = open_private(file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_unavailable("look at", file);
  if ((status.st_mode & 07777) != 0600 && ::fchmod(fd.get(), 0600) != 0) throw_unavailable("change the mode of", file);
  if (status.st_size == 0) sync_directory(file.parent_path());
}

fs::path move_aside(const fs::path& file) {
  const std::string base = file.string() + ".damaged-" + to_rfc3339(SystemClock().wall());
  fs::path target = base;
  for (int n = 2; fs::exists(fs::symlink_status(target)); ++n) target = base + "-" + std::to_string(n);
  std::error_code problem;
  fs::rename(file, target, problem);
  if (problem) {
    throw Error(ErrorKind::unavailable, "cannot set the damaged " + file.string() + " aside: " + problem.message());
  }
  fs::rename(file.string() + "-wal", target.string() + "-wal", problem);
  fs::remove(file.string() + "-shm", problem);
  sync_directory(file.parent_path());
  return target;
}

}  // namespace hpe3par::journal
