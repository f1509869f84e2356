#pragma once

#include "remote_copy_pair.h"

namespace hpe3par::sim {

/// What remote copy does to the files of a volume and its copy. All are called at the primary end; a volume that is no
/// longer there is passed over.
///
/// A synchronous copy that is in step is the primary's own file: one inode with names on both arrays. Hence it is equal
/// at every moment, and a host that has the file open does not notice a switchover.

/// Begins to send what the primary holds now.
void send(const CopyPair& pair, const GroupMember& member);
/// What was sent becomes the secondary's state.
void land(const CopyPair& pair, const GroupMember& member);
/// What was sent is thrown away.
void drop(const CopyPair& pair, const GroupMember& member);

/// Streaming: the secondary gets what the primary holds now, if that changed.
void catch_up(const CopyPair& pair, const GroupMember& member);

/// From now on both are one file.
void join(const CopyPair& pair, const GroupMember& member);
/// Ends that. `Keeper::primary`: the file stays with the primary, the secondary gets a copy.
enum class Keeper { primary, secondary };
void part(const CopyPair& pair, const GroupMember& member, Keeper keeper);
/// After the secondary kept it: the file goes back to the primary, the secondary gets a copy.
void take_back(const CopyPair& pair, const GroupMember& member);

/// What has been written to the primary.
double written_mib(const CopyPair& pair, const GroupMember& member);

}  // namespace hpe3par::sim
