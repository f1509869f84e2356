#pragma once

#include <filesystem>

#include "tests/property/observation.h"

namespace hpe3par::test {

/// 0: there is no such file.
Inode inode_of(const std::filesystem::path& file);

/// The file behind the loop device that is mounted there, as /proc/self/mountinfo has it; 0: none is.
Inode inode_mounted_at(const std::filesystem::path& directory);

}  // namespace hpe3par::test
