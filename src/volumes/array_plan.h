#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/journal/journal.h"

/// Decisions about arrays as a whole: pure, no I/O, table-tested.
namespace hpe3par::volumes {

/// What is known when an array has told its serial number.
struct IdentityFacts {
  struct Configured {
    std::string array;   ///< key
    std::string serial;  ///< as it told; empty: not yet
  };
  std::string array;  ///< key of the one that is asked about
  std::string serial;
  std::vector<Configured> configured;      ///< all arrays of hpe.conf, in its order, this one among them
  std::vector<journal::KnownArray> known;  ///< from earlier
  bool in_use = false;                     ///< this host has promises to keep on the array of this key
};

struct IdentityPlan {
  enum class Action {
    accept,  ///< the one it has always been, or new here
    move,    ///< it was known under the address `other`, which hpe.conf names no more
    change,  ///< another one than before, and nothing of this host was left on that
    refuse,  ///< another one than the one on which this host still has something
    twice,   ///< hpe.conf names it as `other` as well; the later of the two must not be used
  };
  Action action = Action::accept;
  std::string other;
  bool operator==(const IdentityPlan&) const = default;
};

/// An array is its serial number, not its address.
IdentityPlan plan_identity(const IdentityFacts& facts);

/// The exports to this host that no row accounts for: templates to the host itself, one for each volume.
/// @param exports to `array_host`, of the array `array`
std::vector<array::Export> find_orphans(const std::vector<array::Export>& exports, const std::string& array_host,
                                        const std::string& array, const std::vector<journal::MountRecord>& rows);

}  // namespace hpe3par::volumes
