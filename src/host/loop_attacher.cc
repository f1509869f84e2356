#include "hpe3par/host/loop_attacher.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <vector>

#include "block_device.h"
#include "hpe3par/base/error.h"
#include "loop_device.h"
#include "loop_table.h"
#include "system_error.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

constexpr Millis kPoll{50};
constexpr Millis kRaceDelay{5};
constexpr Millis kClaimPatience{500};

/// The LUN file, opened.
struct LunFile {
  UniqueFd fd;
  FileIdentity identity;
};

FileIdentity identity_of(const struct stat& status) {
  return {status.st_dev, status.st_ino};
}

std::optional<FileIdentity> identity_at(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) return identity_of(status);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw_unavailable("look at " + path.string());
}

// Absent: not there yet, or not of its size yet.
std::optional<LunFile> open_lun_file(const fs::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
  if (!fd) throw_unavailable("open the LUN file " + path.string());
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_unavailable("look at " + path.string());
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::failed_precondition, path.string() + " is not a regular file");
  }
  if (status.st_size == 0) return std::nullopt;
  return LunFile{std::move(fd), identity_of(status)};
}

// What another namespace has will not appear here.
void check_loop_dir(const fs::path& directory) {
  std::error_code problem;
  if (fs::exists(directory, problem) || problem) return;
  throw Error(
      ErrorKind::failed_precondition,
      "loop_dir " + directory.string() +
          " does not exist for this process; it is ARRAY below the --data-dir of wsapi-sim, and a managed plugin "
          "or a container sees only what it was given, for instance what lies below /var/lib/hpe3pard");
}

LunFile wait_for_lun_file(const fs::path& path, const Deadline& deadline) {
  while (true) {
    if (auto file = open_lun_file(path)) return std::move(*file);
    deadline.check("waiting for the LUN file " + path.string() + " to appear");
    deadline.sleep_for(kPoll);
  }
}

std::optional<LoopStatus> status_of(const Device& device) {
  try {
    return loop_status(open_block_device(device, O_RDONLY).get());
  } catch (const Error&) {
    return std::nullopt;  // it vanished since sysfs was read
  }
}

class LoopAttacher final : public Attacher {
 public:
  explicit LoopAttacher(fs::path sysfs) : sysfs_(std::move(sysfs)) {}

  Device attach(const AttachTarget& target, const Deadline& deadline) override {
    const auto path = lun_file(target);
    check_loop_dir(target.loop_dir);
    const LunFile file = wait_for_lun_file(path, deadline);
    while (true) {
      const auto found = search(target, path, file.identity);
      for (const auto& device : found.ours) {
        if (keep(device)) return device;
      }
      if (!found.stale.empty()) throw_stale(found.stale.front(), path);
      if (const auto number = set_up_loop(file.fd.get(), loop_name(target, path))) {
        return verified("/dev/loop" + std::to_string(*number), file);
      }
      deadline.check("waiting for a free loop device");
      deadline.sleep_for(kRaceDelay);
    }
  }

  std::optional<Device> find(const AttachTarget& target) override {
    const auto path = lun_file(target);
    const auto found = search(target, path, identity_at(path));
    if (found.ours.empty()) return std::nullopt;
    return found.ours.back();
  }

  Detached detach(const AttachTarget& target, const Deadline& deadline) override {
    const auto path = lun_file(target);
    for (const auto& device : search(target, path, identity_at(path)).ours) {
      if (!detach_device(device, deadline)) return Detached::claimed;
    }
    return Detached::gone;
  }

 private:
  struct Found {
    std::vector<Device> ours;
    std::vector<Device> stale;  ///< set up on our path when it was another file
  };

  Found search(const AttachTarget& target, const fs::path& path, const std::optional<FileIdentity>& file) const {
    Found found;
    const std::string name = loop_name(target, path);
    for (const auto& entry : read_loops(sysfs_)) {
      if (backing_name(entry.backing_file) != target.wwn) continue;
      const auto status = status_of(entry.device);
      const bool named = status && status->name == name;
      const bool known = is_known(target, entry.device);
      if (!known && !named && !is_backed_by(entry.backing_file, path.string())) continue;
      const bool current = !file || (status && (status->file == *file || is_of_twin(target, status->file)));
      if (current || (known && target.even_if_replaced)) {
        found.ours.push_back(entry.device);
      } else if (status) {
        found.stale.push_back(entry.device);
      }
    }
    return found;
  }

  static bool is_known(const AttachTarget& target, const Device& device) {
    return device.path == target.known_device && device.disk_sequence == target.known_sequence;
  }

  static bool is_of_twin(const AttachTarget& target, const FileIdentity& file) {
    return std::any_of(target.twins.begin(), target.twins.end(), [&](const AttachTarget::Twin& twin) {
      AttachTarget there = target;
      there.array_host = twin.array_host;
      there.loop_dir = twin.loop_dir;
      return identity_at(lun_file(there)) == file;
    });
  }

  [[noreturn]] static void throw_stale(const Device& device, const fs::path& path) {
    throw Error(ErrorKind::failed_precondition,
                device.path + " still holds an earlier file of the name " + path.string() +
                    "; see that nothing uses it, then remove it with losetup --detach " + device.path);
  }

  // A detach that another opener delayed may still be pending on it; false if it is too late to stop that.
  static bool keep(const Device& device) {
    try {
      const UniqueFd fd = open_block_device(device, O_RDONLY);
      const auto status = loop_status(fd.get());
      return status && (!status->autoclear || keep_loop(fd.get()));
    } catch (const Error&) {
      return false;
    }
  }

  std::optional<Device> entry_of(const std::string& path) const {
    for (const auto& entry : read_loops(sysfs_)) {
      if (entry.device.path == path) return entry.device;
    }
    return std::nullopt;
  }

  Device verified(const std::string& path, const LunFile& file) const {
    const auto device = entry_of(path);
    const auto status = device ? status_of(*device) : std::nullopt;
    if (status && status->file == file.identity) return *device;
    throw Error(ErrorKind::unavailable, path + " was set up and taken away by another program; repeat");
  }

  // False: claimed by somebody.
  bool detach_device(const Device& device, const Deadline& deadline) const {
    try {
      UniqueFd fd = claim(device, deadline.sooner(kClaimPatience));
      if (!fd) return false;
      flush_block_device(device, fd.get());
      clear_loop(fd.get(), device.path);
    } catch (const Error&) {
      if (is_there(device)) throw;
    }
    wait_until_gone(device, deadline);
    return true;
  }

  static UniqueFd claim(const Device& device, const Deadline& patience) {
    UniqueFd fd = claim_block_device(device, O_RDONLY);
    while (!fd && patience.sleep_for(kPoll)) fd = claim_block_device(device, O_RDONLY);
    return fd;
  }

  bool is_there(const Device& device) const { return entry_of(device.path) == device; }

  void wait_until_gone(const Device& device, const Deadline& deadline) const {
    while (is_there(device)) {
      deadline.check("waiting for the last opener of " + device.path + " to close it");
      deadline.sleep_for(kPoll);
    }
  }

  const fs::path sysfs_;
};

}  // namespace

std::unique_ptr<Attacher> make_loop_attacher(fs::path sysfs) {
  return std::make_unique<LoopAttacher>(std::move(sysfs));
}

}  // namespace hpe3par::host
