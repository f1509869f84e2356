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

/// Whether other volumes have the same name.
struct NameFacts {
  std::vector<VolumePlace> others;
  std::string ambiguous_because;  ///< the sentence with which acts are refused; empty: there are none
};

/// What besides its row makes the state of a volume.
struct Circumstances {
  bool mounted = false;    ///< its mount is really there
  bool orphaned = false;   ///< it is mounted from an array that serves it no more
  bool ambiguous = false;  ///< another volume has its name
  bool silent = false;     ///< its array does not answer
};

/// The one word for a volume. What endangers data, and what this host has to put right, is never hidden by the silence
/// of an array: the first of these that holds. Pure.
///
/// | word          | the row of this host                                | and                                |
/// |---------------|-----------------------------------------------------|------------------------------------|
/// | `fenced`      | is fenced                                           |                                    |
/// | `detaching`   | is right of `mounted`, or `mounted` without any id  |                                    |
/// | `mounting`    | is left of `mounted`                                |                                    |
/// | `orphaned`    | is `mounted`                                        | another array serves it now        |
/// | `mount gone`  | is `mounted`                                        | somebody unmounted or covered it   |
/// | `ambiguous`   | is `mounted`, or there is none                      | another volume has its name        |
/// | `unreachable` | is `mounted`, or there is none                      | its array is silent                |
/// | `mounted`     | is `mounted`                                        |                                    |
/// | `available`   | there is none                                       |                                    |
std::string_view state_of(const std::optional<journal::MountRecord>& row, const Circumstances& around);

/// What besides the volume itself `inspect` is put together from.
struct HostFacts {
  std::optional<journal::MountRecord> row;  ///< of the volume on this host
  bool mounted = false;                     ///< its mount is really there
  std::string orphaned_because;             ///< not empty: it is mounted from an array that serves it no more
};

/// Puts together what `inspect` shows. Pure.
VolumeInfo describe_volume(const catalog::Volume& volume, const ArrayFacts& array, const NameFacts& name,
                           const HostFacts& here);

}  // namespace hpe3par::volumes
