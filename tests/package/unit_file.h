#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hpe3par::test {

/// A unit file: "Service.Type" -> its value. A key that stands there twice is joined by a blank.
using UnitFile = std::map<std::string, std::string>;

UnitFile read_unit_file(const std::filesystem::path& file);

/// The unit of hpe3pard in this source tree.
UnitFile our_unit();

std::vector<std::string> words_of(const std::string& text);

}  // namespace hpe3par::test
