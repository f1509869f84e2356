#include "mounter.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/base/uuid.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

using host::Device;
using journal::crash_point;
using journal::MountRecord;
using journal::MountState;

constexpr Millis kUndoBudget{4'000};  // the answer is still to be in time; the rest is queued
constexpr Millis kUnexportVerified{10'000};
constexpr Millis kLookPatience{2'000};
constexpr Millis kRivalPatience{3'000};
constexpr Millis kRivalPause{300};
constexpr int kNoSuchHost = 17;
constexpr const char* kFormatType = "ext4";

bool has_id(const MountRecord& row, const std::string& id) {
  return std::any_of(row.ids.begin(), row.ids.end(), [&](const journal::MountId& each) { return each.id == id; });
}

std::string first_ids(const MountRecord& row) {
  std::string text;
  for (const journal::MountId& id : row.ids) text += (text.empty() ? "" : ", ") + id.id.substr(0, 12);
  return text;
}

}  // namespace

Mounter::Mounter(const Environment& environment)
    : env_(environment), table_(environment.journal, environment.clock), conflicts_(environment.clock) {}

// ---- mount ----

Mounter::Mounted Mounter::mount(const std::string& volume, const std::string& id, const Deadline& deadline) {
  std::optional<MountRecord> row = table_.find(volume);
  if (row && row->state == MountState::mounted && is_mounted(*row)) {
    check_not_fenced(*row, deadline);
    return add_user(*row, id);
  }
  if (row && row->state >= MountState::mounted && row->state < MountState::unexporting && reuse(*row, deadline))
    return add_user(*row, id);
  if (row) {
    row->ids.clear();
    settle_row(*row, deadline);
    if (const auto left = table_.find(volume))
      throw Error(ErrorKind::unavailable,
                  "volume " + volume + " is still being released from its last use on this host: " + left->last_error);
  }
  return mount_anew(volume, id, deadline);
}

// An export that vanished without our act was taken away. A silent array proves nothing, and one site down is a normal
// day.
void Mounter::check_not_fenced(MountRecord& row, const Deadline& deadline) {
  Look look;
  try {
    look = look_past_rivals(row, deadline.sooner(kLookPatience));
  } catch (const Error& error) {
    log(LogLevel::debug, "exports not looked at", {{"volume", row.volume}, {"reason", error.what()}});
    return;
  }
  if (look.own && look.others.empty()) return;
  if (!look.own) row.fenced = true;
  table_.put_anyway(row);
  throw Error(ErrorKind::failed_precondition,
              "volume " + row.volume +
                  (look.own ? " is exported to " + look.holder : " was taken away from this host") +
                  (look.own || look.holder.empty() ? "" : " by " + look.holder) +
                  " while it is still in use here; stop the containers that use it, then retry");
}

// Another host that tries to get the volume shows for a moment, until it has seen us; that takes nothing away.
Look Mounter::look_past_rivals(const MountRecord& row, const Deadline& deadline) {
  const Deadline patience = deadline.sooner(kRivalPatience);
  while (true) {
    Look look = fold_look(array_of(row).list_exports(row.array_volume, deadline), row.array_host);
    if (look.own && !row.wwn.empty() && look.own->wwn != row.wwn) look.own.reset();
    if (!look.own || look.others.empty() || patience.remaining() < kRivalPause) return look;
    patience.sleep_for(kRivalPause);
  }
}

Mounter::Mounted Mounter::add_user(MountRecord row, const std::string& id) {
  const bool is_new = !has_id(row, id);
  if (is_new || row.state != MountState::mounted) {
    if (is_new) row.ids.push_back({id, false});
    row.state = MountState::mounted;
    table_.put(row);
    crash_point("mount.recorded");
  }
  return {row.mountpoint, row.uuid, is_new};
}

// A volume that is still attached here, or whose mount somebody took away, is mounted again from its device: if our
// export is still the only one.
bool Mounter::reuse(MountRecord& row, const Deadline& deadline) {
  const std::optional<Device> device = env_.attacher.find(target_of(row));
  if (!device) return false;
  const Look look = look_past_rivals(row, deadline);
  if (!look.own) {
    // Nothing is mounted here any more: what is left is given back, then the volume can be got like any other.
    row.fenced = true;
    table_.put_anyway(row);
    return false;
  }
  if (!look.others.empty())
    throw Error(ErrorKind::failed_precondition,
                "volume " + row.volume + " is not mounted: it is exported to " + look.holder + " as well; retry");
  const host::Content content = env_.file_systems.probe(*device);
  const FormatPlan plan = plan_format(content, {true, FormatMark{true, "", ""}});
  if (plan.action != FormatPlan::Action::mount)
    throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is not mounted: " + plan.reason);
  row.device = device->path;
  row.disk_sequence = device->disk_sequence;
  row.last_error.clear();
  row.fenced = false;
  enter(row, MountState::mounting);
  env_.file_systems.mount(*device, plan.type, row.mountpoint);
  return true;
}

Mounter::Mounted Mounter::mount_anew(const std::string& volume, const std::string& id, const Deadline& deadline) {
  const catalog::Volume current = read_now(volume, deadline);
  MountRecord row = begin(current, deadline);
  try {
    bool took_over = false;
    export_alone(row, current, took_over, deadline);
    const Device device = env_.attacher.attach(target_of(row), deadline);
    row.device = device.path;
    row.disk_sequence = device.disk_sequence;
    crash_point("mount.attached");
    prepare(row, device, current, took_over, deadline);
    row.ids.push_back({id, false});
    row.since = env_.clock.wall();
    enter(row, MountState::mounted);
    crash_point("mount.recorded");
  } catch (const NotOurs&) {
    table_.erase(row.uuid);  // nothing of it is ours, so there is nothing to undo
    throw;
  } catch (const std::exception& error) {
    row.ids.clear();
    undo(row, error.what());
    throw;
  }
  return {row.mountpoint, row.uuid, true};
}

// The record as the array has it now, not a second ago: the name may belong to a new volume by then.
catalog::Volume Mounter::read_now(const std::string& volume, const Deadline& deadline) {
  const SteadyTime began = env_.clock.now();
  std::optional<catalog::Volume> found = env_.catalog.read(volume, Millis(0), deadline);
  if (found && (!found->confirmed || *found->confirmed < began))
    found = env_.catalog.array(found->array).fetch(found->array_volume, deadline);  // known from a listing only
  if (!found || found->record.name != volume) throw Error(ErrorKind::not_found, "there is no volume " + volume);
  return *found;
}

MountRecord Mounter::begin(const catalog::Volume& volume, const Deadline& deadline) {
  const config::BackendConfig* backend = env_.config.find_backend(volume.backend);
  if (!backend)
    throw Error(ErrorKind::failed_precondition,
                "backend " + volume.backend + " of volume " + volume.record.name + " is not in hpe.conf any more");
  const std::string reason = why_not_mountable(volume, backend->transport);
  if (!reason.empty())
    throw Error(ErrorKind::failed_precondition, "volume " + volume.record.name + " is not mounted: " + reason);
  MountRecord row;
  row.uuid = volume.record.uuid;
  row.volume = volume.record.name;
  row.backend = volume.backend;
  row.array = volume.array;
  row.array_volume = volume.array_volume;
  row.wwn = volume.wwn;
  row.array_host = array_host(volume.array, deadline);
  row.loop_dir = backend->loop_dir;
  row.mountpoint = (env_.mount_dir / volume.record.name).string();
  row.since = env_.clock.wall();
  enter(row, MountState::exporting);
  crash_point("mount.export_journaled");
  return row;
}

void Mounter::export_alone(MountRecord& row, const catalog::Volume& volume, bool& took_over, const Deadline& deadline) {
  ExclusiveExport::Request request;
  request.volume = row.volume;
  request.uuid = row.uuid;
  request.array_volume = row.array_volume;
  request.array_host = row.array_host;
  request.initiators = env_.identity.initiators;
  request.policy = env_.config.host.mount_conflict_policy;
  request.conflict_delay = from_record_options(volume.record.options, env_.config).mount_conflict_delay;
  ExclusiveExport exclusive(array_of(row), conflicts_);
  ExclusiveExport::Result result;
  try {
    result = exclusive.acquire(request, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != kNoSuchHost) throw;
    // Somebody removed our host since we last looked.
    learn_host(array_of(row), row.array, deadline);
    row.array_host = request.array_host = array_host(row.array, deadline);
    table_.put(row);
    result = exclusive.acquire(request, deadline);
  }
  crash_point("mount.looked");
  if (!volume.wwn.empty() && !result.own.wwn.empty() && result.own.wwn != volume.wwn) {
    row.wwn = result.own.wwn;  // what we exported, and have to take back
    throw Error(ErrorKind::aborted,
                "volume " + row.volume + " was replaced by another one while it was being mounted; retry");
  }
  row.lun = result.own.lun;
  took_over = result.took_over;
  enter(row, MountState::attaching);
  crash_point("mount.attach_journaled");
}

// Decides between mounting what is there and making a file system, asking the array for the mark only when it matters:
// when there is no file system, or when the host that had the volume may have died while it made one.
void Mounter::prepare(MountRecord& row, const Device& device, const catalog::Volume& volume, bool took_over,
                      const Deadline& deadline) {
  const host::Content content = env_.file_systems.probe(device);
  MarkKnowledge mark;
  if (took_over) mark = read_mark(row, deadline);
  while (true) {
    const FormatPlan plan = plan_format(content, mark);
    switch (plan.action) {
      case FormatPlan::Action::mount:
        mount_existing(row, device, plan.type);
        if (mark.mark && !mark.mark->finished && mark.mark->fs_uuid == content.uuid)
          complete_format(row, content, from_record_options(volume.record.options, env_.config), deadline);
        return;
      case FormatPlan::Action::create_mark:
        if (begin_format(row, deadline)) return format(row, device, volume, deadline);
        [[fallthrough]];
      case FormatPlan::Action::read_mark: mark = read_mark(row, deadline); break;
      case FormatPlan::Action::format_again:
        begin_format_again(row, device, content, deadline);
        return format(row, device, volume, deadline);
      case FormatPlan::Action::refuse:
        throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is not mounted: " + plan.reason);
    }
  }
}

MarkKnowledge Mounter::read_mark(const MountRecord& row, const Deadline& deadline) {
  const std::optional<std::string> value = array_of(row).find_mark(row.array_volume, kFormatMark, deadline);
  return {true, value ? std::optional(parse_mark(*value)) : std::nullopt};
}

// A file system that could not be mounted after it was made would wait for its owner.
void Mounter::check_place(const MountRecord& row) {
  if (env_.file_systems.mounted_at(row.mountpoint))
    throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is not mounted: " + row.mountpoint +
                                                    " is taken by another mount; unmount that");
}

// False if the mark exists already: then the right to format is not ours.
bool Mounter::begin_format(MountRecord& row, const Deadline& deadline) {
  check_place(row);
  row.fs_uuid = make_uuid();
  enter(row, MountState::formatting);
  crash_point("mount.format_journaled");
  if (array_of(row).create_mark(row.array_volume, kFormatMark, encode_mark({false, "", row.fs_uuid}), deadline))
    return true;
  row.fs_uuid.clear();
  return false;
}

// The old mark stays until the old file system is gone, so that it always tells what may be wiped.
void Mounter::begin_format_again(MountRecord& row, const Device& device, const host::Content& content,
                                 const Deadline& deadline) {
  check_place(row);
  log(LogLevel::warning, "an earlier formatting did not end; formatting again",
      {{"volume", row.volume}, {"wwn", row.wwn}});
  if (content.kind != host::Content::Kind::blank) {
    row.fs_uuid = content.uuid;
    enter(row, MountState::formatting);
    env_.file_systems.wipe_unfinished(device, content.uuid);
  }
  row.fs_uuid = make_uuid();
  enter(row, MountState::formatting);
  crash_point("mount.format_journaled");
  array_of(row).update_mark(row.array_volume, kFormatMark, encode_mark({false, "", row.fs_uuid}), deadline);
}

void Mounter::format(MountRecord& row, const Device& device, const catalog::Volume& volume, const Deadline& deadline) {
  crash_point("mount.format_marked");
  log(LogLevel::info, "formatting",
      {{"volume", row.volume}, {"device", device.path}, {"wwn", row.wwn}, {"type", kFormatType}});
  env_.file_systems.format(device, {kFormatType, row.fs_uuid, row.volume.substr(0, 16)}, deadline);
  crash_point("mount.formatted");
  env_.file_systems.mount(device, kFormatType, row.mountpoint);
  prepare_root(row.mountpoint, from_record_options(volume.record.options, env_.config));
  crash_point("mount.ownership_set");
  enter(row, MountState::mounting);
  crash_point("mount.mount_journaled");
  array_of(row).update_mark(row.array_volume, kFormatMark, encode_mark({true, kFormatType, row.fs_uuid}), deadline);
  crash_point("mount.formatted_marked");
  row.fs_uuid.clear();
}

void Mounter::mount_existing(MountRecord& row, const Device& device, const std::string& type) {
  enter(row, MountState::mounting);
  crash_point("mount.mount_journaled");
  env_.file_systems.mount(device, type, row.mountpoint);
  crash_point("mount.mounted");
}

void Mounter::undo(MountRecord row, const std::string& reason) {
  try {
    settle_row(row, Deadline::after(env_.clock, kUndoBudget));
  } catch (const std::exception& error) {
    log(LogLevel::warning, "mount not undone completely, will be retried",
        {{"volume", row.volume}, {"mount_failed", reason}, {"reason", error.what()}});
  }
}

// ---- unmount ----

void Mounter::unmount(const std::string& volume, const std::string& id, const Deadline& deadline) {
  std::optional<MountRecord> row = table_.find(volume);
  if (!row) return;
  const bool known = has_id(*row, id);
  std::erase_if(row->ids, [&](const journal::MountId& each) { return each.id == id; });
  if (row->state == MountState::mounted && !row->ids.empty()) {
    if (known) table_.put_anyway(*row);
    return;
  }
  const bool first_try = row->state == MountState::mounted;
  try {
    if (!row->fs_uuid.empty()) return settle_row(*row, deadline);
    release(*row, deadline, !first_try);
  } catch (const Error& error) {
    note_failure(*row, error.what());
    if (row->state == MountState::unmounting)
      throw error.within("volume " + volume + " is not unmounted yet, retried in the background");
    log(LogLevel::warning, "release not finished, will be retried",
        {{"volume", volume}, {"state", journal::to_string(row->state)}, {"reason", error.what()}});
  }
}

void Mounter::release_for_removal(const std::string& volume, const Deadline& deadline) {
  std::optional<MountRecord> row = table_.find(volume);
  if (!row) return;
  if (row->state == MountState::mounted && !row->ids.empty() && is_mounted(*row))
    throw Error(ErrorKind::failed_precondition, "volume " + volume + " is mounted on this host (mount ids " +
                                                    first_ids(*row) + "); stop the containers that use it first");
  row->ids.clear();
  try {
    settle_row(*row, deadline);
  } catch (const Error& error) {
    throw error.within("volume " + volume +
                       " is not removed, because it could not be released from its last use on this host");
  }
  if (const auto left = table_.find(volume))
    throw Error(ErrorKind::failed_precondition, "volume " + volume + " is not removed: " + left->last_error);
}

// ---- undoing ----

void Mounter::settle(const std::string& volume, const Deadline& deadline) {
  std::optional<MountRecord> row = table_.find(volume);
  if (row) settle_row(*row, deadline);
}

void Mounter::settle_row(MountRecord& row, const Deadline& deadline) {
  try {
    const std::optional<Device> device = env_.attacher.find(target_of(row));
    if (device) {
      row.device = device->path;
      row.disk_sequence = device->disk_sequence;
    }
    switch (plan_settle(row, device.has_value())) {
      case SettleAction::keep: return;
      case SettleAction::settle_format: settle_format(row, *device, deadline); break;
      case SettleAction::release: row.fs_uuid.clear(); break;
    }
    release(row, deadline, true);
  } catch (const Error& error) {
    note_failure(row, error.what());
    throw;
  }
}

// Whoever took the volume meanwhile may be using that file system, so nothing is touched unless our export is still
// there and still the only one.
void Mounter::settle_format(MountRecord& row, const Device& device, const Deadline& deadline) {
  const Look look = fold_look(array_of(row).list_exports(row.array_volume, deadline), row.array_host);
  const std::optional<catalog::Volume> volume = env_.catalog.array(row.array).fetch(row.array_volume, deadline);
  const bool ours = look.own && look.others.empty() && volume && volume->record.uuid == row.uuid;
  const host::Content content = ours ? env_.file_systems.probe(device) : host::Content{};
  if (ours && content.uuid == row.fs_uuid) {
    if (content.kind == host::Content::Kind::half_made) {
      env_.file_systems.wipe_unfinished(device, row.fs_uuid);
    } else {
      env_.file_systems.mount(device, content.type, row.mountpoint);
      complete_format(row, content, from_record_options(volume->record.options, env_.config), deadline);
    }
  }
  row.fs_uuid.clear();
}

// What the host that made the file system did not come to.
void Mounter::complete_format(const MountRecord& row, const host::Content& content, const VolumeOptions& options,
                              const Deadline& deadline) {
  prepare_root(row.mountpoint, options);
  array_of(row).update_mark(row.array_volume, kFormatMark, encode_mark({true, content.type, content.uuid}), deadline);
}

// True when nothing of the volume is left here; false when its device is still in use by somebody.
bool Mounter::release(MountRecord& row, const Deadline& deadline, bool verify_export) {
  if (row.state <= MountState::mounted) {
    enter(row, MountState::unmounting);
    crash_point("unmount.journaled");
  }
  if (row.state == MountState::unmounting) {
    take_down_mount(row);
    crash_point("unmount.unmounted");
    enter(row, MountState::detaching);
    crash_point("unmount.detach_journaled");
  }
  if (row.state == MountState::detaching) {
    take_down_mount(row);  // in case it was hidden below a mount of somebody else before
    if (!take_down_device(row, deadline)) return false;
    crash_point("unmount.detached");
    enter(row, MountState::unexporting);
    crash_point("unmount.unexport_journaled");
  }
  take_down_export(row, verify_export || row.lun < 0, deadline);
  crash_point("unmount.unexported");
  table_.erase(row.uuid);
  crash_point("unmount.erased");
  return true;
}

void Mounter::take_down_mount(MountRecord& row) {
  // Without a device nothing of ours is mounted; unmount() then only removes an empty directory.
  const std::optional<Device> device = env_.attacher.find(target_of(row));
  const std::optional<std::string> number = env_.file_systems.mounted_at(row.mountpoint);
  // What somebody else mounted there stays. If our mount is hidden below it, the device cannot be detached either.
  if (number && (!device || device->number != *number)) return;
  env_.file_systems.unmount(device.value_or(Device{}), row.mountpoint);
}

bool Mounter::take_down_device(MountRecord& row, const Deadline& deadline) {
  if (env_.attacher.detach(target_of(row), deadline) == host::Attacher::Detached::gone) {
    row.device.clear();
    row.disk_sequence = 0;
    return true;
  }
  note_failure(row, "its device " + row.device +
                        " is still in use on this host, by a container or another mount namespace; stop what uses it");
  return false;
}

// A repeated or late removal looks first: the LUN may belong to somebody else by now.
void Mounter::take_down_export(MountRecord& row, bool verify, const Deadline& deadline) {
  array::Array& array = array_of(row);
  array::Export own;
  own.volume = row.array_volume;
  own.array_host = row.array_host;
  own.lun = row.lun;
  if (verify) {
    const Deadline bounded = deadline.sooner(kUnexportVerified);
    const Look look = fold_look(array.list_exports(row.array_volume, bounded), row.array_host);
    if (!look.own || (!row.wwn.empty() && look.own->wwn != row.wwn)) return;
    if (row.lun < 0 && !is_ours(row, bounded)) return;
    own = *look.own;
  }
  array.unexport_volume(own, deadline);
}

// An export whose making was never seen may be that of another machine with our initiator name, which mounts it.
bool Mounter::is_ours(const MountRecord& row, const Deadline& deadline) {
  array::Array& array = array_of(row);
  const std::string reason =
      why_not_ours(array.find_host(row.array_host, deadline), env_.identity.initiators, array.local_address());
  if (!reason.empty())
    log(LogLevel::warning, "an export is left alone",
        {{"volume", row.volume}, {"array", row.array}, {"reason", reason}});
  return reason.empty();
}

void Mounter::enter(MountRecord& row, MountState state) {
  const MountState before = row.state;
  row.state = state;
  if (state > MountState::mounted) {
    table_.put_anyway(row);
    return;
  }
  try {
    table_.put(row);
  } catch (...) {
    row.state = before;
    throw;
  }
}

void Mounter::note_failure(MountRecord& row, const std::string& reason) {
  if (row.last_error == reason) return;
  row.last_error = reason;
  table_.put_anyway(row);
}

// ---- facts ----

bool Mounter::is_mounted(const MountRecord& row) {
  const std::optional<std::string> number = env_.file_systems.mounted_at(row.mountpoint);
  if (!number) return false;
  const std::optional<Device> device = env_.attacher.find(target_of(row));
  return device && device->number == *number;
}

void Mounter::learn_host(array::Array& array, const std::string& array_key, const Deadline& deadline) {
  const std::string name = array.ensure_host(env_.identity, deadline);
  const std::lock_guard hold(names_mutex_);
  array_host_names_[array_key] = name;
}

std::string Mounter::array_host(const std::string& array_key, const Deadline& deadline) {
  {
    const std::lock_guard hold(names_mutex_);
    const auto known = array_host_names_.find(array_key);
    if (known != array_host_names_.end()) return known->second;
  }
  learn_host(env_.catalog.array(array_key).array(), array_key, deadline);
  const std::lock_guard hold(names_mutex_);
  return array_host_names_.at(array_key);
}

array::Array& Mounter::array_of(const MountRecord& row) {
  return env_.catalog.array(row.array).array();
}

host::AttachTarget Mounter::target_of(const MountRecord& row) const {
  return {row.wwn, row.array_host, row.lun, row.loop_dir};
}

void Mounter::prepare_root(const std::string& mountpoint, const VolumeOptions& options) {
  env_.file_systems.prepare_root(mountpoint, {options.owner_uid, options.owner_gid, options.mode});
}

}  // namespace hpe3par::volumes
