#pragma once

#include <string>

#include "ini.h"
#include "keys.h"

namespace hpe3par::config {

/// Whether the indented lines below `entry` may belong to it: a value that takes one line has none, and a list has none
/// that look like a key or a section of their own, indented by accident.
///
/// @throws Error invalid_argument: `FILE:LINE: text`, the line being the first that may not
void check_continuations(const IniEntry& entry, const Key& key, const std::string& file);

/// Whether a value that takes one line holds a second key, whose line end got lost.
///
/// @throws Error invalid_argument: `FILE:LINE: text`
void check_for_second_key(const IniEntry& entry, const Key& key, const std::string& file);

}  // namespace hpe3par::config
