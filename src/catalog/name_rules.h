#pragma once

#include <string>
#include <vector>

namespace hpe3par::catalog {

/// What is known of one array when a volume with a new name is to be made.
struct NameWitness {
  bool is_target = false;      ///< the volume is to be made there
  bool listed = false;         ///< since this daemon started
  bool listed_before = false;  ///< in an earlier life of this daemon
  bool holds_name = false;     ///< its index has a volume of that name
  bool given_up = false;       ///< it refuses us, or a whole attempt to reach it has failed
  bool has_legacy = false;     ///< its index has a volume of HPE's plugin, so that plugin may be at work there
  bool listed_now = false;     ///< not longer than three seconds before the name was asked for
};

enum class NameVerdict {
  settled,        ///< its listing tells, one way or the other
  presumed_free,  ///< nobody saw the name there, but that is not from today
  taken,          ///< by what was last seen, and more cannot be had now
  wait,           ///< ask again
  unknown,        ///< it may be taken, and nobody can tell
};

/// May a volume of that name be made, as far as this array is concerned? Only a listing excludes a volume of HPE's
/// plugin, because those are not named after their Docker names; so the target must have been listed, and where there
/// are such volumes already, a moment ago.
/// @param backend_named by whoever asked: then the other arrays are not waited for
/// @param time_left for waiting
NameVerdict judge_name(const NameWitness& array, bool backend_named, bool time_left);

/// Where an index has a volume.
struct Place {
  std::string array;  ///< as people know it
  std::string backend;
  std::string array_volume;
};

/// Why nothing may be done to a volume that is in all of these places; empty: there is one at most. Those on one array
/// stand together.
std::string why_ambiguous(const std::string& name, const std::vector<Place>& places);

}  // namespace hpe3par::catalog
