#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hpe3par::test {

/// Lines of /proc/self/mountinfo whose mount point lies at or below one of the directories.
std::vector<std::string> mounts_below(const std::vector<std::filesystem::path>& directories);

/// "/dev/loop3 on <file>" for each loop device of the machine whose file lies below one of the directories, deleted
/// files included.
std::vector<std::string> loop_devices_below(const std::vector<std::filesystem::path>& directories);

/// The same for each on this file. The path of a file that was reached through a mount namespace which has ended begins
/// somewhere in the middle.
std::vector<std::string> loop_devices_on(const std::filesystem::path& file);

/// Plain unmounts of what a failed test left mounted below `directory`, last mount first.
void unmount_below(const std::filesystem::path& directory);

/// Takes loop devices away that a failed test left below `directory`; a device in use goes when its user does.
void detach_loop_devices_below(const std::filesystem::path& directory);

}  // namespace hpe3par::test
