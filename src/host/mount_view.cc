#include "hpe3par/host/mount_view.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"
#include "mount_table.h"

namespace hpe3par::host {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPropagated = "/propagated-mount/";

bool is_at_or_below(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

const MountEntry* find_parent(const std::vector<MountEntry>& entries, const MountEntry& entry) {
  const auto parent = std::find_if(entries.begin(), entries.end(), [&](const MountEntry& each) {
    return each.id == entry.parent && each.id != entry.id;
  });
  return parent == entries.end() ? nullptr : &*parent;
}

// The way to a path leaves a mount through the first mount on it, not always through the one that leads to `entry`.
bool is_reachable(const std::vector<MountEntry>& entries, const MountEntry& entry) {
  const MountEntry* way = nullptr;
  const MountEntry* mount = &entry;
  for (std::size_t steps = 0; mount != nullptr && steps < entries.size(); ++steps) {
    const std::string& place = way == nullptr ? entry.mountpoint : way->mountpoint;
    const bool leads_elsewhere = std::any_of(entries.begin(), entries.end(), [&](const MountEntry& other) {
      return other.parent == mount->id && other.id != mount->id && (way == nullptr || other.id != way->id) &&
             is_at_or_below(place, other.mountpoint);
    });
    if (leads_elsewhere) return false;
    way = mount;
    mount = find_parent(entries, *mount);
  }
  return true;
}

// The engine puts what follows its plugin's propagated mount behind its own directory for that.
bool is_place_of_plugin(const std::string& place, const std::string& mountpoint) {
  const auto found = place.rfind(kPropagated);
  return found != std::string::npos && mountpoint.ends_with(place.substr(found + kPropagated.size() - 1));
}

}  // namespace

bool shows_mount(const std::vector<MountEntry>& theirs, const std::vector<MountEntry>& ours,
                 const std::string& mountpoint) {
  const std::optional<MountEntry> mount = topmost_at(ours, mountpoint);
  if (!mount) return false;
  return std::any_of(theirs.begin(), theirs.end(), [&](const MountEntry& entry) {
    const bool same =
        entry.mountpoint == mountpoint && entry.device_number == mount->device_number && entry.root == mount->root;
    const bool propagated = is_place_of_plugin(entry.mountpoint, mountpoint) && is_copy_of(entry, *mount);
    return (same || propagated) && is_reachable(theirs, entry);
  });
}

MountView view_mount(int process, const std::string& mountpoint) {
  if (process <= 0) return MountView::unknown;
  const fs::path directory = fs::path("/proc") / std::to_string(process);
  std::error_code problem;
  const fs::path ours = fs::read_symlink("/proc/self/ns/mnt", problem);
  if (!problem && fs::read_symlink(directory / "ns" / "mnt", problem) == ours) return MountView::seen;
  const std::string file = (directory / "mountinfo").string();
  try {
    return shows_mount(read_mount_info(file), read_mount_info(), mountpoint) ? MountView::seen : MountView::hidden;
  } catch (const Error&) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd && (errno == EACCES || errno == EPERM)) return MountView::unknown;
    if (!fd && (errno == ENOENT || errno == ESRCH || errno == EINVAL))
      return MountView::gone;  // EINVAL: not buried yet
    throw;
  }
}

}  // namespace hpe3par::host
