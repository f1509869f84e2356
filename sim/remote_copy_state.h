#pragma once

#include <optional>

#include "remote_copy_model.h"

namespace hpe3par::sim {

/// Both ends of a group. `there` is absent when the other array cannot be asked, or is kept out of it by mirrorConfig.
///
///              start        stop          failover there       recover there       restore there
///   (1,-,1) ─────────► (1,-,3) ───► (1,-,5) ───────────► (1,-,5) ──────────► (2,R,3) ─────────► (1,-,3)
///   (2,-,1)            (2,-,3)      (2,-,5)              (1,R,5)             (1,R,3)            (2,-,3)
///
/// as (role, reversed, state), the upper line being the array on which the group was created. Every function says what
/// becomes of both ends after one event; nothing else changes them.
struct Sides {
  Side here{};
  std::optional<Side> there{};
  bool operator==(const Sides&) const = default;
};

// Asked for by requests. All throw Refusal.
Sides after_start(const Sides& sides);
/// Stopping what is not started changes nothing.
Sides after_stop(const Sides& sides);
/// @param mirrored the old primary steps back at once, if it can be asked
Sides after_failover(const Sides& sides, bool mirrored);
/// @param start false: both ends stay stopped
Sides after_recover(const Sides& sides, bool start);
/// Whether the group can be restored, and whether it takes a recover first.
void check_restore(const Sides& sides);
bool needs_recover(const Sides& sides);
/// What a restore ends with, when the natural primary has all data.
Sides after_restore(const Sides& sides, bool start);
/// Whether all is synced and hosts reach both ends is for the caller to know.
Sides after_switchover(const Sides& sides);
Sides after_reverse(const Sides& sides, bool local, bool stop);
Sides after_override(const Sides& sides);

// By themselves.
/// The arrays of a started group lost each other. `here` is the primary end.
/// @param isolated the other one is to take over: the primary stops serving before it does
Sides after_loss(const Sides& sides, bool isolated);
/// What an isolated primary comes to: the other end takes over, or it is in touch again before that.
Sides after_takeover(const Sides& sides);
Sides after_reprieve(const Sides& sides);
/// Both ends forget that roles were ever reversed.
Sides after_naturalising(const Sides& sides);

/// Who reaches whom. An array that is dead reaches nobody, one whose witness is dead not the witness.
struct Contact {
  bool links = false;              ///< the two arrays, each other
  bool primary_witness = false;    ///< the primary's, the witness
  bool secondary_witness = false;  ///< the secondary's
};

/// Whether the witness finds the primary's array cut off from everybody, and the other one not.
bool is_isolated(const Contact& contact);
/// Whether a primary that stopped for that knows that nobody takes over any more.
bool may_go_on(const Contact& contact);

}  // namespace hpe3par::sim
