#pragma once

#include <filesystem>

#include "hpe3par/base/unique_fd.h"

namespace hpe3par::journal {

/// Takes `<directory>/journal.lock` for this process; released when the descriptor closes. Absent where nothing can be
/// written and there is no such file.
/// @throws HeldError: another process has it (named by pid); Error unavailable: no such directory, no access
UniqueFd lock_directory(const std::filesystem::path& directory);

/// Makes an empty file of mode 0600 if there is none, durably. An existing one gets mode 0600.
void ensure_private_file(const std::filesystem::path& file);

/// Renames the database with its -wal to `<file>.damaged-<time>`, never over another file, and removes its -shm.
/// @return the new name
std::filesystem::path move_aside(const std::filesystem::path& file);

}  // namespace hpe3par::journal
