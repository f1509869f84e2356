#pragma once

#include "formatter.h"
#include "host_rows.h"

namespace hpe3par::volumes {

/// Takes a volume away from this host again: mount, device, export, row, in this order and each journaled first. Starts
/// from whatever state the row is in.
class Releaser {
 public:
  Releaser(HostRows& rows, Formatter& formatter) : rows_(rows), formatter_(formatter) {}

  /// @param verify_export look at the exports before ours is removed: for a repeated or late try, when the LUN may
  ///        belong to somebody else
  /// @return true when nothing of the volume is left here; false when its device is still in use by somebody
  /// @throws Error: a step failed; `row` tells how far it came
  bool release(journal::MountRecord& row, const Deadline& deadline, bool verify_export);

  /// Removes the export of a row aside, which nobody uses (any more), and the row.
  /// @throws Error: it could not be done now, and is to be tried again
  void release_aside(journal::MountRecord row, const Deadline& deadline, bool verify_export);

  /// Removes the export of a row whatever still uses its device, which is cut off by that. Leaves the row as it is.
  /// @throws Error: as release_aside()
  void give_up_export(journal::MountRecord row, const Deadline& deadline) { take_down_export(row, true, deadline); }

  /// Finishes what a died or failed operation left of the row, and releases it. Does nothing to a mount in use.
  /// @throws Error as release(); the reason is kept with the row
  void settle(journal::MountRecord& row, const Deadline& deadline);

 private:
  void take_down_mount(journal::MountRecord& row);
  bool take_down_device(journal::MountRecord& row, const Deadline& deadline);
  void take_down_others(const journal::MountRecord& row, const Deadline& deadline, bool verify);
  void take_down_export(journal::MountRecord& row, bool verify, const Deadline& deadline);
  bool is_ours(const journal::MountRecord& row, const Deadline& deadline);

  HostRows& rows_;
  Formatter& formatter_;
};

}  // namespace hpe3par::volumes
