#include "directories.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "hpe3par/base/log.h"
#include "hpe3par/base/unique_fd.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

UniqueFd open_directory(const std::string& place) {
  UniqueFd fd(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd) return fd;
  if (errno == ELOOP || errno == ENOTDIR) {
    throw Error(ErrorKind::failed_precondition, place + " is not a directory; move it away");
  }
  throw_unavailable("open " + place);
}

bool make_directory(const fs::path& place) {
  if (::mkdir(place.c_str(), 0755) == 0) {
    if (::chmod(place.c_str(), 0755) != 0)
      throw_unavailable("change the mode of " + place.string());  // whatever the umask
    return true;
  }
  if (errno == EEXIST) return false;
  if (errno != ENOENT || !place.has_relative_path()) throw_unavailable("make the directory " + place.string());
  make_directory(place.parent_path());
  return make_directory(place);
}

}  // namespace

std::string resolve_place(const std::string& mountpoint) {
  fs::path path = fs::path(mountpoint).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (!path.is_absolute() || !path.has_relative_path()) {
    throw Error(ErrorKind::invalid_argument, "\"" + mountpoint + "\" is not the absolute path of a mount point");
  }
  std::error_code problem;
  const auto parent = fs::weakly_canonical(path.parent_path(), problem);
  if (problem) throw Error(ErrorKind::unavailable, "cannot resolve " + mountpoint + ": " + problem.message());
  return (parent / path.filename()).string();
}

bool ensure_empty_directory(const std::string& place) {
  if (make_directory(place)) return true;
  open_directory(place);
  std::error_code problem;
  const bool empty = fs::is_empty(place, problem);
  if (problem) throw Error(ErrorKind::unavailable, "cannot read " + place + ": " + problem.message());
  if (!empty) {
    throw Error(ErrorKind::failed_precondition, place + " has files in it that a mount would hide; move them away");
  }
  return false;
}

void remove_directory(const std::string& place) {
  if (::rmdir(place.c_str()) == 0 || errno == ENOENT) return;
  log(LogLevel::warning, "a mount directory stays",
      {{"directory", place}, {"reason", std::generic_category().message(errno)}});
}

void prepare_new_root(const std::string& place, const Ownership& ownership) {
  constexpr auto kKeep = static_cast<unsigned>(-1);
  if (ownership.mode.value_or(0) > 07777) throw Error(ErrorKind::invalid_argument, "a mode has at most 4 octal digits");
  const UniqueFd fd = open_directory(place);
  if (::unlinkat(fd.get(), "lost+found", AT_REMOVEDIR) != 0 && errno != ENOENT && errno != ENOTEMPTY &&
      errno != ENOTDIR)
    throw_unavailable("remove lost+found in " + place);
  // In this order: chown takes set-id bits away.
  if (::fchown(fd.get(), ownership.uid.value_or(kKeep), ownership.gid.value_or(kKeep)) != 0) {
    throw_unavailable("change the owner of " + place);
  }
  if (ownership.mode && ::fchmod(fd.get(), *ownership.mode) != 0) throw_unavailable("change the mode of " + place);
  if (::fsync(fd.get()) != 0) throw_unavailable("write out " + place);
}

}  // namespace hpe3par::host
