#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::host {

/// One line of /proc/<pid>/mountinfo (proc(5)), octal escapes decoded.
struct MountEntry {
  int id = 0;
  int parent = 0;
  std::string device_number;  ///< "7:3"
  std::string root;
  std::string mountpoint;
  std::string options;
  int peer_group = 0;  ///< mounts made and taken away in here show in all peers; 0: private
  int master = 0;      ///< the peer group that it receives from; 0: none
  std::string type;
  std::string source;
  std::string super_options;
};

/// Lines that do not have the documented form are left out.
std::vector<MountEntry> parse_mount_info(std::string_view text);

/// Reads /proc/self/mountinfo in one go. @throws Error unavailable
std::vector<MountEntry> read_mount_info(const std::string& path = "/proc/self/mountinfo");

/// True if a mount namespace other than ours, of any process that /proc shows, has a mount of this device number that
/// does not go with ours at `mountpoint`: neither at that place nor one that came from ours by propagation.
bool is_mounted_in_another_namespace(const std::string& device_number, const std::string& mountpoint);

}  // namespace hpe3par::host
