#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/base/deadline.h"
#include "hpe3par/base/subprocess.h"
#include "hpe3par/host/attacher.h"
#include "hpe3par/host/mount_view.h"

namespace hpe3par::host {

/// What a device holds.
struct Content {
  enum class Kind {
    blank,        ///< no signature of any kind, and the first 4 MiB and the last 1 MiB are zero
    file_system,  ///< exactly one file system
    half_made,  ///< what a format() that was killed left, with or without a signature (`type`); `uuid` is its request's
    foreign,    ///< something else: partition table, LVM, LUKS, RAID, swap, several signatures, or unknown bytes
  };
  Kind kind = Kind::foreign;
  std::string type;  ///< "ext4", "xfs"; for foreign what was found, in words
  std::string uuid;  ///< of the file system, in lower case
  bool operator==(const Content&) const = default;
};

struct FormatRequest {
  std::string type;   ///< "ext4" or "xfs"
  std::string uuid;   ///< becomes the file system's
  std::string label;  ///< cut to what the type allows
  /// Further words of mkfs, already checked; nothing that forces, or that chooses uuid or device. `-E` and `-O` are
  /// added to what mkfs gets anyway.
  std::vector<std::string> options = {};
};

struct MountRequest {
  std::string type;                       ///< "ext4" or "xfs"
  std::vector<std::string> options = {};  ///< as for mount(8), e.g. "noatime", "commit=30"
};

struct Ownership {
  std::optional<unsigned> uid;
  std::optional<unsigned> gid;
  std::optional<unsigned> mode;  ///< 07777 at most
};

/// File systems on devices of this machine. Never decides: what may be formatted is the caller's question.
///
/// Thread-safe for different devices; callers hold the volume's lock.
class FileSystems {
 public:
  virtual ~FileSystems() = default;

  /// Looks for every kind of signature (file systems, partitions, RAID, bad checksums included) with libblkid, then
  /// reads both ends of the device with O_DIRECT.
  /// @throws Error unavailable: the device could not be read; never reported as blank
  virtual Content probe(const Device& device) = 0;

  /// Makes a file system; afterwards the device is probed again, and type and uuid must match.
  /// Does not overwrite: mkfs runs without a force flag, and only if the device is blank and nobody claims it.
  /// @throws Error failed_precondition: it is not blank, or claimed; nothing was written
  /// @throws Error unavailable with what mkfs said, deadline_exceeded (mkfs was killed); the device may be half made:
  ///         probe() then says half_made, and wipe_unfinished() makes it blank again
  virtual void format(const Device& device, const FormatRequest& request, const Deadline& deadline) = 0;

  /// Makes a device blank again that a killed format() left half made. Zeroes both ends of the device.
  /// @throws Error failed_precondition unless the device is half_made with this uuid, and nobody claims it
  virtual void wipe_unfinished(const Device& device, const std::string& fs_uuid) = 0;

  /// Mounts at `mountpoint`, creating the directory (0755). Idempotent: if that device is mounted there already,
  /// nothing happens, whatever options it was mounted with.
  /// @throws Error failed_precondition: the place is taken by another mount, or is a non-empty directory
  /// @throws Error unimplemented: the kernel does not take what is there, or an option; unavailable: it failed. Both
  ///         with the options and what the kernel said, and nothing is left behind
  virtual void mount(const Device& device, const MountRequest& request, const std::string& mountpoint) = 0;

  /// Writes the file system out, unmounts (plainly: never lazily, never by force) and removes the directory with rmdir;
  /// a directory that is not empty stays. Idempotent. Only a mount of `device` is undone; a mount of something else on
  /// top at that place is left alone and an error.
  /// @throws Error failed_precondition: busy, or taken; unavailable: data could not be written (told once), still
  /// mounted
  virtual void unmount(const Device& device, const std::string& mountpoint) = 0;

  /// The device number ("7:3") of the topmost mount at exactly this place, if one is mounted there. From mountinfo.
  virtual std::optional<std::string> mounted_at(const std::string& mountpoint) = 0;

  /// Whether another mount namespace than ours has it mounted, as far as /proc shows them, at another place than
  /// `mountpoint`: what is there came from ours by propagation, and goes with it. False proves nothing: then an
  /// exclusive open has to.
  virtual bool is_mounted_elsewhere(const Device& device, const std::string& mountpoint) = 0;

  /// What the process finds where our mount should be, see mount_view.h.
  virtual MountView view_from(int process, const std::string& mountpoint) = 0;

  /// Makes the root of a new file system what a container expects: removes lost+found if it is empty (the Docker engine
  /// fills only an empty volume from the image; e2fsck makes a new one when it needs it), and applies the ownership to
  /// the directory itself. Idempotent, synced.
  virtual void prepare_root(const std::string& mountpoint, const Ownership& ownership) = 0;
};

std::unique_ptr<FileSystems> make_file_systems(CommandRunner& runner);

}  // namespace hpe3par::host
