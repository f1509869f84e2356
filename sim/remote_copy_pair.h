#pragma once

#include "model.h"
#include "remote_copy_state.h"

namespace hpe3par::sim {

/// A group with its other end, as seen from one of them.
struct CopyPair {
  Model& here;
  CopyGroup& group;
  Model* there = nullptr;      ///< null: an array that is not there any more
  CopyGroup* other = nullptr;  ///< null: it was deleted, or never made; else also when out of reach
  bool connected = false;
};

CopyPair pair_of(Model& model, CopyGroup& group);
/// The same from the other end, which exists.
CopyPair seen_from_there(const CopyPair& pair);

/// @throws Refusal TARGET_IS_NOT_READY unless the other end is there and can be asked
void demand_connection(const CopyPair& pair);

/// With the other end only if it can be asked.
Sides sides_of(const CopyPair& pair);
/// Takes over what became of the ends and shows hosts what they may see now.
void apply(const CopyPair& pair, const Sides& sides);

/// Makes the other end say the same about its volumes, and shows its hosts what they may see now.
void repeat_there(const CopyPair& pair);

/// The end of a group to which a volume was admitted; null: none.
CopyGroup* group_of(Model& model, int volume);
const CopyGroup* group_of(const Model& model, int volume);
GroupMember* find_member(CopyGroup& group, int volume);
const GroupMember* find_member(const CopyGroup& group, int volume);

/// What hosts can do with a volume that is exported to them.
enum class Access {
  none,   ///< a secondary whose paths the array manages, until it is in step; a primary in failsafe
  read,   ///< any other secondary
  write,  ///< the rest. A secondary that is in step is written through the primary: both are one
};
Access host_access(const Model& model, int volume);
/// Whether the array would take writes: never as a secondary.
bool is_writable_by_hosts(const Model& model, int volume);

}  // namespace hpe3par::sim
