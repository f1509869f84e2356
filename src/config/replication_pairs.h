#pragma once

#include <string>
#include <vector>

#include "ini.h"

namespace hpe3par::config {

/// `key:value` or `key=value` inside a replication_device.
struct ReplicationPair {
  std::string key;    ///< in its usual spelling
  std::string value;  ///< blanks and the comma at its end removed
  int line = 0;
};

/// Takes one replication_device apart.
///
/// A pair ends at a comma, at the end of a line, or where a blank is followed by a known key with its ':' or '=': the
/// examples in HPE's documentation lack commas. A part after a comma that does not begin like a key belongs to the
/// value before it, comma included, as HPE's plugin had it (passwords). A line that does not begin like a key may only
/// continue a list of addresses.
///
/// What cannot be told apart from a password is not shown in an error.
///
/// @throws Error invalid_argument: `FILE:LINE: text`, the line being that of the part that is not understood
std::vector<ReplicationPair> split_replication_device(const IniEntry& entry, const std::string& file);

}  // namespace hpe3par::config
