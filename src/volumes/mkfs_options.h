#pragma once

#include <string>
#include <vector>

namespace hpe3par::volumes {

/// Checks what a user wants mkfs to be given, word by word, against a table of what is allowed for that file system.
/// What could touch another device, skip a check, or make a file system without a journal is not in that table.
///
/// `-b4096` comes back as `-b 4096`. Whether the values go together is known to mkfs only, at the first mount.
/// @throws Error invalid_argument naming the word, why, and what is allowed
std::vector<std::string> check_mkfs_options(const std::string& fs_type, const std::vector<std::string>& words);

}  // namespace hpe3par::volumes
