#pragma once

#include <filesystem>

namespace hpe3par::sim {

/// Makes `target` (replaced if it exists) a file with the bytes of `source`, of its own. Takes as long as what is
/// written in the source, not as its size.
/// @throws std::filesystem::filesystem_error, leaving no target
void copy_sparse(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace hpe3par::sim
