#pragma once

#include <filesystem>
#include <string>

namespace hpe3par::test {

/// Packs the programs of this build tree. @throws std::runtime_error it does not work; with the reason
/// @return the .deb, below `directory`
std::filesystem::path build_package(const std::filesystem::path& directory);

/// The same package under another version, as if one more release had been made.
std::filesystem::path with_version(const std::filesystem::path& package, const std::string& version,
                                   const std::filesystem::path& directory);

}  // namespace hpe3par::test
