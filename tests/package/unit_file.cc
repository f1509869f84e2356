#include "unit_file.h"

#include <sstream>
#include <utility>

#include "hpe3par_test/process.h"

namespace hpe3par::test {

UnitFile read_unit_file(const std::filesystem::path& file) {
  UnitFile unit;
  std::string section;
  std::istringstream lines(read_file(file));
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (line.starts_with('[')) section = line.substr(1, line.find(']') - 1);
    if (line.starts_with('#') || line.starts_with('[') || equals == std::string::npos) continue;
    std::string& value = unit[section + "." + line.substr(0, equals)];
    value += (value.empty() ? "" : " ") + line.substr(equals + 1);
  }
  return unit;
}

UnitFile our_unit() {
  return read_unit_file(HPE3PAR_SOURCE_DIR "/packaging/hpe3pard.service");
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

}  // namespace hpe3par::test
