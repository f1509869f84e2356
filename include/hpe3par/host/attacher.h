#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/base/deadline.h"

namespace hpe3par::host {

/// What to look for: an export, as this machine can see it.
struct AttachTarget {
  std::string wwn;         ///< 32 upper-case hex digits
  std::string array_host;  ///< our name on that array
  int lun = 0;
  std::filesystem::path loop_dir;  ///< transport loop: the directory that has exports/<array host>/<WWN>

  /// Where another array shows the same volume (Peer Persistence): what one of them writes, all have.
  struct Twin {
    std::string array_host;
    std::filesystem::path loop_dir;
  };
  std::vector<Twin> twins = {};

  /// The device as it was when it was attached; empty: not known.
  std::string known_device = {};
  std::uint64_t known_sequence = 0;
  /// Find the known device even if the array shows other data by now: to take it away.
  bool even_if_replaced = false;
};

/// A block device of this machine.
struct Device {
  std::string path;                 ///< /dev/loop3
  std::string number;               ///< major:minor as in mountinfo, e.g. "7:3"
  std::uint64_t disk_sequence = 0;  ///< /sys/block/<name>/diskseq: never used twice between two boots
  bool operator==(const Device&) const = default;
};

/// Makes exported volumes appear as block devices on this machine, and disappear again.
///
/// Identity is the WWN only, never a device name: a device is returned only after it was proven to be that volume.
///
/// Touches this host, never the array: export before attach(), detach() before unexporting.
///
/// Thread-safe for different WWNs; callers hold the volume's lock.
class Attacher {
 public:
  virtual ~Attacher() = default;

  /// Waits until the device is there. Idempotent: an attached volume is returned as it is.
  /// @throws Error deadline_exceeded: it did not appear in time; what was set up meanwhile is removed again
  virtual Device attach(const AttachTarget& target, const Deadline& deadline) = 0;

  /// The device that this volume has here now, if any; also when its export is already gone. Not one behind which the
  /// array has replaced the data, unless that is asked for.
  virtual std::optional<Device> find(const AttachTarget& target) = 0;

  enum class Detached { gone, claimed };

  /// Flushes the device and removes it, after proving with an exclusive open that nobody claims it: not a mount in any
  /// namespace, not a holder. A claimed device is not touched. Idempotent: an absent device is `gone`. Waits a little
  /// (half a second, within the deadline) for claims that end asynchronously, such as a dying mount namespace.
  virtual Detached detach(const AttachTarget& target, const Deadline& deadline) = 0;
};

}  // namespace hpe3par::host
