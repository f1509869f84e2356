#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::config {

/// `key = value` of an INI file, with the place it came from.
struct IniEntry {
  std::string section;
  std::string key;
  std::string value;                  ///< continuation lines joined with '\n', blanks trimmed
  int line = 0;                       ///< of the key
  std::vector<int> value_lines = {};  ///< of each '\n'-separated part of the value
};

struct IniSection {
  std::string name;
  int line = 0;  ///< of its first appearance
};

struct IniFile {
  std::vector<IniSection> sections;  ///< in order of first appearance, also those without keys
  std::vector<IniEntry> entries;
};

/// Reads the INI dialect of oslo.config: `#` and `;` begin a comment only at the start of a line, a line that begins
/// with blanks continues the value before it, `=` or `:` (whichever is first) ends the key, a value that stands in
/// quotes on the key's line loses them.
///
/// A line that is not understood is named by its number and never quoted: it may be part of a password.
///
/// Own code rather than inih: Debian's build cuts lines at 200 bytes and values at " ;", and tells no line numbers.
///
/// @throws Error invalid_argument: `FILE:LINE: text`
IniFile parse_ini(std::string_view text, const std::string& file);

}  // namespace hpe3par::config
