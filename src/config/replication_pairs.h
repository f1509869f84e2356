#pragma once

#include <string>
#include <vector>

#include "ini.h"

namespace hpe3par::config {

/// `key:value` or `key=value` inside a replication_device.
struct ReplicationPair {
  std::string key;         ///< in its usual spelling
  std::string value;       ///< blanks and the comma at its end removed; lines of a list are joined with '\n'
  int line = 0;            ///< of the key
  std::vector<int> lines;  ///< of each '\n'-separated part of the value
};

/// Takes one replication_device apart.
///
/// A pair ends at a comma, at the end of a line, or where a blank is followed by a known key with its ':' or '=': the
/// examples in HPE's documentation lack commas. In a password, only keys of replication_device end it so. A part after
/// a comma that does not begin like a key belongs to the value before it, comma included, as HPE's plugin had it
/// (passwords). A line that does not begin like a key may only continue a list of addresses, or the pairs of a map
/// without a comma at its end.
///
/// Keys of a section are pairs as well, as HPE's plugin took them; the caller tells that they have no effect.
///
/// What cannot be told apart from a password is not shown in an error.
///
/// @throws Error invalid_argument: `FILE:LINE: text`, the line being that of the part that is not understood
std::vector<ReplicationPair> split_replication_device(const IniEntry& entry, const std::string& file);

}  // namespace hpe3par::config
