#pragma once

#include <filesystem>

namespace hpe3par::sim {

/// Makes `target` (replaced if it exists) a file with the bytes of `source`, of its own. Takes as long as what is
/// written in the source, not as its size. Of a source that is being written to it tries for half a second to get what
/// was there at one moment.
/// @throws std::filesystem::filesystem_error, leaving no target
void copy_sparse(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace hpe3par::sim
