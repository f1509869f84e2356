#include "mounter.h"

#include <fcntl.h>
#include <libmount/libmount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "hpe3par/base/unique_fd.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

using Context = std::unique_ptr<libmnt_context, decltype(&mnt_free_context)>;

Context make_context() {
  Context context(mnt_new_context(), &mnt_free_context);
  if (!context) throw std::bad_alloc();
  mnt_context_disable_helpers(context.get(), 1);
  mnt_context_disable_mtab(context.get(), 1);
  mnt_context_disable_canonicalize(context.get(), 1);
  mnt_context_disable_swapmatch(context.get(), 1);
  mnt_context_enable_rwonly_mount(context.get(), 1);
  mnt_context_set_optsmode(context.get(), MNT_OMODE_NOTAB);
  return context;
}

std::string single_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

void mount_device(const Device& device, const std::string& type, const std::string& place) {
  const Context context = make_context();
  if (mnt_context_set_fstype(context.get(), type.c_str()) != 0 ||
      mnt_context_set_source(context.get(), device.path.c_str()) != 0 ||
      mnt_context_set_target(context.get(), place.c_str()) != 0) {
    throw std::bad_alloc();
  }
  const int code = mnt_context_mount(context.get());
  std::array<char, 512> reason{};
  if (mnt_context_get_excode(context.get(), code, reason.data(), reason.size()) == MNT_EX_SUCCESS) return;
  throw Error(ErrorKind::unavailable,
              "cannot mount " + device.path + " at " + place + ": " + single_line(reason.data()));
}

void sync_place(const Device& device, const std::string& place) {
  const std::string activity = "write out the data of " + place + ", which stays mounted";
  const UniqueFd fd(::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) throw_unavailable(activity);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_unavailable("look at " + place);
  const std::string number = std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  if (number != device.number) {
    throw Error(ErrorKind::failed_precondition, place + " is hidden below another mount");
  }
  if (::syncfs(fd.get()) != 0) throw_unavailable(activity);
}

void unmount_place(const std::string& place) {
  if (::umount2(place.c_str(), UMOUNT_NOFOLLOW) == 0) return;
  if (errno == EBUSY) {
    throw Error(ErrorKind::failed_precondition, place + " is busy: a process has a file or a directory of it open");
  }
  throw_unavailable("unmount " + place);
}

}  // namespace hpe3par::host
