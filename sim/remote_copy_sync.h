#pragma once

#include "remote_copy_pair.h"

namespace hpe3par::sim {

/// Lets happen what time and the links bring about by now, in all groups of all arrays: progress, periodic copies, lost
/// arrays, take-overs, restarts. To be called before anything looks at groups, and around each change of links, sites
/// and clock: what happened is judged by the circumstances at the time of the call.
void settle(Fabric& fabric);

// The following are called at the primary end of a pair.

/// Before the ends are started: begins to copy. What was synced once is not in step any more.
/// @param skip the ends hold the same already
void begin_copying(const CopyPair& pair, bool skip = false);
/// The same for one volume that was admitted to a started group.
void begin_copying(const CopyPair& pair, GroupMember& member);
/// One more copy of a periodic or streaming group, now.
void copy_once(const CopyPair& pair);

/// Before the ends are stopped on request: what is in step is the same on both from here on.
void end_copying(const CopyPair& pair);

/// The roles were exchanged while all was synced: the other end carries on.
void hand_over(const CopyPair& pair);

}  // namespace hpe3par::sim
