#pragma once

#include <string>
#include <string_view>

namespace hpe3par::config {

// What oslo.config, the parser of HPE's plugin, did to values.

/// Without one pair of equal quotes around the whole.
std::string_view without_quotes(std::string_view value);

/// Reads `$$` and `\$` as `$`. Returns whether there was one. A `$` alone stays: oslo.config took it for a reference.
bool unescape_dollars(std::string& value);

/// The warning about that, which never holds the value.
std::string unescaped_text(const std::string& key);

}  // namespace hpe3par::config
