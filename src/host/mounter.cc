#include "mounter.h"

#include <fcntl.h>
#include <libmount/libmount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "busy.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"
#include "kernel_log.h"
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

struct Attempt {
  int error = 0;
  std::string reason;  ///< empty: it is mounted
};

std::string comma_joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

Attempt try_mount(const Device& device, const MountRequest& request, const std::string& place) {
  const Context context = make_context();
  if (mnt_context_set_fstype(context.get(), request.type.c_str()) != 0 ||
      mnt_context_set_options(context.get(), comma_joined(request.options).c_str()) != 0 ||
      mnt_context_set_source(context.get(), device.path.c_str()) != 0 ||
      mnt_context_set_target(context.get(), place.c_str()) != 0) {
    throw std::bad_alloc();
  }
  const int code = mnt_context_mount(context.get());
  std::array<char, 512> reason{};
  if (mnt_context_get_excode(context.get(), code, reason.data(), reason.size()) == MNT_EX_SUCCESS) return {};
  const std::string text = single_line(reason.data());
  return {mnt_context_get_syscall_errno(context.get()), text.empty() ? "libmount gave no reason" : text};
}

}  // namespace

void mount_device(const Device& device, const MountRequest& request, const std::string& place) {
  std::string reason;
  std::string kernel_said;
  int code = 0;
  repeat_while_busy([&] {
    KernelLog kernel_log;
    const Attempt attempt = try_mount(device, request, place);
    reason = attempt.reason;
    code = attempt.error;
    if (!reason.empty()) kernel_said = kernel_log.first_complaint(device.path, request.type);
    return attempt.error != EBUSY;
  });
  if (reason.empty()) return;
  const std::string options = comma_joined(request.options);
  const bool refused = code == EINVAL || code == ENODEV;  // ENODEV: no such type of file system
  throw Error(refused ? ErrorKind::unimplemented : ErrorKind::unavailable,
              "cannot mount " + device.path + " at " + place + " as " + request.type +
                  (options.empty() ? "" : " with " + options) + ": " +
                  (kernel_said.empty() ? reason + "; the kernel log of this host (dmesg) may say more" : kernel_said));
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
  int error = 0;
  const bool free = repeat_while_busy([&] {
    error = ::umount2(place.c_str(), UMOUNT_NOFOLLOW) == 0 ? 0 : errno;
    return error != EBUSY;
  });
  if (!free) {
    throw Error(ErrorKind::failed_precondition, place + " is busy: a process has a file or a directory of it open");
  }
  if (error != 0) throw_unavailable("unmount " + place, error);
}

}  // namespace hpe3par::host
