#include "releaser.h"

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kUnexport{10'000};  // what an array does not do by then is done later

}  // namespace

using host::Device;
using journal::crash_point;
using journal::MountRecord;
using journal::MountState;

void Releaser::settle(MountRecord& row, const Deadline& deadline) {
  try {
    const std::optional<Device> device = rows_.parts().attacher.find(rows_.leftover_of(row));
    if (device) {
      row.device = device->path;
      row.disk_sequence = device->disk_sequence;
    }
    switch (plan_settle(row, device.has_value())) {
      case SettleAction::keep: return;
      case SettleAction::settle_format: formatter_.settle(row, *device, deadline); break;
      case SettleAction::release: row.fs_uuid.clear(); break;
    }
    release(row, deadline, true);
  } catch (const Error& error) {
    rows_.note_failure(row, error.what());
    throw;
  }
}

bool Releaser::release(MountRecord& row, const Deadline& deadline, bool verify_export) {
  if (row.state <= MountState::mounted) {
    row.since = rows_.parts().clock.wall();
    rows_.enter(row, MountState::unmounting);
    crash_point("unmount.journaled");
  }
  if (row.state == MountState::unmounting) {
    take_down_mount(row);
    crash_point("unmount.unmounted");
    rows_.enter(row, MountState::detaching);
    crash_point("unmount.detach_journaled");
  }
  if (row.state == MountState::detaching) {
    take_down_mount(row);  // in case it was hidden below a mount of somebody else before
    if (!take_down_device(row, deadline)) return false;
    crash_point("unmount.detached");
    rows_.enter(row, MountState::unexporting);
    crash_point("unmount.unexport_journaled");
  }
  take_down_others(row, deadline, verify_export);
  take_down_export(row, verify_export || row.lun < 0, deadline);
  crash_point("unmount.unexported");
  rows_.table().erase(row.uuid);
  crash_point("unmount.erased");
  return true;
}

void Releaser::take_down_mount(MountRecord& row) {
  // Without a device nothing of ours is mounted; unmount() then only removes an empty directory.
  const std::optional<Device> device = rows_.parts().attacher.find(rows_.leftover_of(row));
  const std::optional<std::string> number = rows_.parts().file_systems.mounted_at(row.mountpoint);
  // What somebody else mounted there stays. If our mount is hidden below it, the device cannot be detached either.
  if (number && (!device || device->number != *number)) return;
  rows_.parts().file_systems.unmount(device.value_or(Device{}), row.mountpoint);
}

bool Releaser::take_down_device(MountRecord& row, const Deadline& deadline) {
  if (rows_.parts().attacher.detach(rows_.leftover_of(row), deadline) == host::Attacher::Detached::gone) {
    row.device.clear();
    row.disk_sequence = 0;
    return true;
  }
  rows_.note_failure(row,
                     "its device " + row.device +
                         " is still in use on this host, by a container or another mount namespace; stop what uses it");
  return false;
}

// An array that is away keeps its export until it is back; that is in nobody's way.
void Releaser::take_down_others(const MountRecord& row, const Deadline& deadline, bool verify) {
  for (const MountRecord& each : rows_.table().aside_of(row)) {
    const bool has_own_device = each.state == MountState::unmounting || each.state == MountState::detaching;
    if (has_own_device) continue;
    try {
      release_aside(each, deadline, verify);
    } catch (const Error& error) {
      log(LogLevel::warning, "an export is not removed yet, will be retried",
          {{"volume", row.volume}, {"array", each.array}, {"reason", error.what()}});
    }
  }
}

void Releaser::release_aside(MountRecord row, const Deadline& deadline, bool verify_export) {
  if (row.state != MountState::unexporting) {
    rows_.enter(row, MountState::unexporting);
    crash_point("unmount.second_journaled");
  }
  take_down_export(row, verify_export || row.lun < 0, deadline);
  crash_point("unmount.second_unexported");
  rows_.table().erase(row.uuid);
}

// A repeated or late removal looks first: the LUN may belong to somebody else by now.
void Releaser::take_down_export(MountRecord& row, bool verify, const Deadline& deadline) {
  rows_.catalog().refuse_lost(row.array);
  const Deadline patience = deadline.sooner(kUnexport);
  array::Array& array = rows_.array_of(row);
  array::Export own;
  own.volume = row.array_volume;
  own.array_host = row.array_host;
  own.lun = row.lun;
  if (verify) {
    const Look look = fold_look(array.list_exports(row.array_volume, patience), row.array_host);
    if (!look.own || (!row.wwn.empty() && look.own->wwn != row.wwn)) return;
    if (row.lun < 0 && !is_ours(row, patience)) return;
    own = *look.own;
  }
  array.unexport_volume(own, patience);
}

// An export whose making was never seen may be that of another machine with our initiator name, which mounts it.
bool Releaser::is_ours(const MountRecord& row, const Deadline& deadline) {
  array::Array& array = rows_.array_of(row);
  const std::string reason =
      why_not_ours(array.find_host(row.array_host, deadline), rows_.parts().identity.initiators, array.local_address());
  if (!reason.empty())
    log(LogLevel::warning, "an export is left alone",
        {{"volume", row.volume}, {"array", row.array}, {"reason", reason}});
  return reason.empty();
}

}  // namespace hpe3par::volumes
