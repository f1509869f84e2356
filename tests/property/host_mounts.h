#pragma once

#include <filesystem>

#include "tests/property/observation.h"

namespace hpe3par::test {

/// 0: there is no such file.
Inode inode_of(const std::filesystem::path& file);

/// The file behind the loop device that is mounted there, as /proc/self/mountinfo has it; 0: none is.
Inode inode_mounted_at(const std::filesystem::path& directory);

void sync_file_system(const std::filesystem::path& directory);

/// What is in memory of that file system and not on its device is lost, and nothing is written to it any more.
void shut_down_file_system(const std::filesystem::path& directory);

}  // namespace hpe3par::test
