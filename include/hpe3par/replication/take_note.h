#pragma once

#include <optional>
#include <string>

#include "hpe3par/base/clock.h"

namespace hpe3par::replication {

/// What a host writes down on an array that calls itself the primary of a set, and does not know that the other array
/// has taken the set over: the comment of an empty volume set. At most 255 bytes.
struct TakeNote {
  std::string group;             ///< as the array of the note calls it
  std::string by;                ///< the array that took it over
  std::string host;              ///< who saw that
  std::optional<WallTime> seen;  ///< by the clock of the array of the note; whole seconds
  bool operator==(const TakeNote&) const = default;
};

std::string encode_take(const TakeNote& note);
/// Empty if it is none.
std::optional<TakeNote> decode_take(const std::string& comment);

/// The name of the volume set: 22 characters.
/// @param group as the array of the note calls it
std::string take_set_name(const std::string& group);

}  // namespace hpe3par::replication
