#pragma once

#include <optional>

#include "hpe3par/catalog/catalog.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::volumes {

/// What is known of the array that a volume lies on.
struct ArrayFacts {
  std::string name;            ///< as people know it
  std::string silent_reason;   ///< not empty: it does not answer
  WallTime silent_since = {};  ///< since when; not set: since it last told of the volume
};

/// For a volume of which the array was not asked just now.
/// @param listed it was listed, or need not be because that was a moment ago
ArrayFacts facts_of(const array::ArrayStatus& status, const std::string& address, bool listed);

/// The one word for a volume. What endangers data, and what this host has to put right, is never hidden by the silence
/// of an array: the first of these that holds. Pure.
///
/// | word          | the row of this host                                   | its mount |
/// |---------------|--------------------------------------------------------|-----------|
/// | `fenced`      | is fenced                                              | any       |
/// | `detaching`   | is right of `mounted`, or `mounted` without any id     | any       |
/// | `mounting`    | is left of `mounted`                                   | any       |
/// | `mount gone`  | is `mounted`: somebody unmounted it, or covered it     | not there |
/// | `unreachable` | is `mounted`, or there is none; and the array is silent | there    |
/// | `mounted`     | is `mounted`                                           | there     |
/// | `available`   | there is none                                          |           |
std::string_view state_of(const std::optional<journal::MountRecord>& row, bool mounted, bool silent);

/// Puts together what `inspect` shows. Pure.
/// @param row this host's row of the volume, if any; `mounted`: its mount is really there
VolumeInfo describe_volume(const catalog::Volume& volume, const ArrayFacts& array,
                           const std::optional<journal::MountRecord>& row, bool mounted);

}  // namespace hpe3par::volumes
