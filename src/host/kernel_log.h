#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::host {

/// What the kernel logs from the making of this object on. mount(2) says little more than EINVAL; the reason is logged.
/// For error sentences only: where /dev/kmsg cannot be read, nothing was said.
class KernelLog {
 public:
  KernelLog();

  /// The first line since then with which a file system driver explains why it cannot mount this device, or empty.
  std::string first_complaint(const std::string& device_path, const std::string& fs_type);

 private:
  UniqueFd fd_;
};

/// Pure: the text of one record of /dev/kmsg if that is such a line.
/// @param device_name as the kernel calls it, e.g. "loop0" or "dm-3"
std::optional<std::string> parse_complaint(std::string_view record, const std::string& device_name,
                                           const std::string& fs_type);

}  // namespace hpe3par::host
