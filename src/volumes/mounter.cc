#include "mounter.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

using host::Device;
using journal::crash_point;
using journal::MountRecord;
using journal::MountState;

constexpr Millis kUndoBudget{4'000};  // the answer is still to be in time; the rest is queued
constexpr Millis kLookPatience{2'000};
constexpr Millis kRivalPatience{3'000};
constexpr Millis kRivalPause{300};
constexpr Millis kOwnArray{8'000};  // a silent one must leave time for its peer

bool has_id(const MountRecord& row, const std::string& id) {
  return std::any_of(row.ids.begin(), row.ids.end(), [&](const journal::MountId& each) { return each.id == id; });
}

std::string first_ids(const MountRecord& row) {
  std::string text;
  for (const journal::MountId& id : row.ids) text += (text.empty() ? "" : ", ") + id.id.substr(0, 12);
  return text;
}

}  // namespace

Mounter::Mounter(const Parts& parts, catalog::Catalog& catalog, GroupSight& groups)
    : rows_(parts, catalog),
      formatter_(rows_),
      releaser_(rows_, formatter_),
      exporter_(rows_, releaser_),
      serving_(parts.config, catalog, groups),
      takes_(groups.takes()),
      groups_(groups) {}

// ---- mount ----

Mounter::Mounted Mounter::mount(const std::string& volume, const MountUser& user, const Deadline& deadline) {
  try {
    return mount_or_join(volume, user, deadline);
  } catch (const Error& error) {
    const bool says_so = std::string_view(error.what()).starts_with("volume " + volume);
    if (says_so || error.kind() == ErrorKind::not_found) throw;
    throw error.within("volume " + volume + " is not mounted");
  }
}

Mounter::Mounted Mounter::mount_or_join(const std::string& volume, const MountUser& user, const Deadline& deadline) {
  std::optional<MountRecord> row = rows_.table().find(volume);
  if (row && rows_.second_of(*row)) {
    tend(volume, deadline);
    row = rows_.table().find(volume);
  }
  if (row && rows_.is_mounted(*row)) {
    check_not_fenced(*row, deadline);
    check_place(*row, deadline);
    check_seen(*row, user);
    return add_user(*row, user);
  }
  // What is left of its last use cannot be settled without its array, and only a replicated volume has another one.
  if (row && !is_replicated(volume)) rows_.catalog().expect_answer_for(volume, row->backend, row->array, deadline);
  const bool attached = row && row->state >= MountState::mounted && row->state < MountState::unexporting;
  if (attached && is_served_from(*row, deadline) && reuse(*row, deadline)) {
    try {
      check_seen(*row, user);
    } catch (const Error& error) {
      row->ids.clear();  // whoever still uses it holds its device
      undo(*row, error.what());
      throw;
    }
    return add_user(*row, user);
  }
  if (row) release_last_use(*row, deadline);
  return mount_anew(volume, user, deadline);
}

bool Mounter::is_replicated(const std::string& volume) {
  const std::optional<catalog::Volume> known = rows_.catalog().find_known(volume);
  return known && !known->record.group.empty();
}

// Of a replicated volume, an export on an array that is away must not stand in the way of a mount from the other one.
// It is removed when that array answers.
void Mounter::release_last_use(MountRecord row, const Deadline& deadline) {
  const std::string volume = row.volume;
  row.ids.clear();
  std::string reason;
  try {
    releaser_.settle(row, deadline);
  } catch (const Error& error) {
    if (!is_replicated(volume)) throw;
    reason = error.what();
  }
  const std::optional<MountRecord> left = rows_.table().find(volume);
  if (!left) return;
  if (left->state == MountState::unexporting && is_replicated(volume)) return rows_.table().set_aside(*left);
  throw Error(ErrorKind::unavailable, "volume " + volume + " is still being released from its last use on this host: " +
                                          (reason.empty() ? left->last_error : reason));
}

bool Mounter::settle_aside(const MountRecord& seen, const Deadline& deadline) {
  std::optional<MountRecord> row = rows_.table().find_row(seen.uuid);
  if (!row) return false;
  const std::optional<MountRecord> own = rows_.table().find(row->volume);
  const bool in_use = own && is_aside_of(*row, own->uuid);
  if (in_use && own->array == row->array) {
    rows_.table().erase(row->uuid);  // the export is that of the volume's own row
    return false;
  }
  if (in_use && row->state == MountState::mounted) return false;
  const bool may_have_device = row->state == MountState::unmounting || row->state == MountState::detaching;
  if (may_have_device) return releaser_.release(*row, deadline, true);
  releaser_.release_aside(*row, deadline, true);
  return true;
}

void Mounter::tend(const std::string& volume, const Deadline& deadline) {
  const std::optional<MountRecord> row = rows_.table().find(volume);
  const std::optional<catalog::Volume> known = rows_.catalog().find_known(volume);
  if (!row || !known || known->record.uuid != row->uuid || !rows_.is_mounted(*row)) return;
  exporter_.tend(*row, *known, groups_.look(*known, deadline).view, deadline);
}

// While a group is not as it was made, a host that has not noticed may still use the other copy: then there would be
// two writers, each with its own.
void Mounter::check_other_array(const ServingPlace& place, const Deadline& deadline) {
  if (place.other_array.empty()) return;
  catalog::ArrayCatalog& other = rows_.catalog().array(place.other_array);
  if (other.lost() && !place.other_answers) return;
  Look look;
  try {
    look = fold_look(other.array().list_exports(place.volume.array_volume, deadline.sooner(kLookPatience)),
                     rows_.array_host(place.other_array, deadline));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::failed_precondition || place.other_answers) throw;
    log(LogLevel::debug, "exports not looked at", {{"volume", place.volume.record.name}, {"reason", error.what()}});
    return;
  }
  if (look.others.empty()) return;
  throw Error(ErrorKind::failed_precondition,
              "volume " + place.volume.record.name + " is not mounted: its other copy, on array " +
                  other.array().name() + ", is still exported to " + look.holder +
                  "; stop the containers that use it there, or remove that export if the host is gone for good");
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
  rows_.table().put_anyway(row);
  throw Error(ErrorKind::failed_precondition,
              "volume " + row.volume +
                  (look.own ? " is exported to " + look.holder : " was taken away from this host") +
                  (look.own || look.holder.empty() ? "" : " by " + look.holder) +
                  " while it is still in use here; stop the containers that use it, then retry");
}

// Another host that tries to get the volume shows for a moment, until it has seen us; that takes nothing away.
Look Mounter::look_past_rivals(const MountRecord& row, const Deadline& deadline) {
  const Deadline patience = deadline.sooner(kRivalPatience);
  const std::optional<MountRecord> second = rows_.second_of(row);
  const MountRecord& asked = second && rows_.catalog().array(row.array).lost() ? *second : row;
  while (true) {
    Look look = fold_look(rows_.array_of(asked).list_exports(row.array_volume, deadline), asked.array_host);
    if (look.own && !row.wwn.empty() && look.own->wwn != row.wwn) look.own.reset();
    if (!look.own || look.others.empty() || patience.remaining() < kRivalPause) return look;
    patience.sleep_for(kRivalPause);
  }
}

std::string Mounter::why_not_seen(const MountRecord& row, std::optional<int> process) {
  if (!process) return "";
  const host::MountView view = rows_.parts().file_systems.view_from(*process, row.mountpoint);
  if (view == host::MountView::unknown && !told_blind_.exchange(true))
    log(LogLevel::warning,
        "cannot see whether mounts reach the Docker engine: this process has a pid namespace of its own, or may not "
        "read /proc of the engine; give the managed plugin \"pidhost\": true in its config.json",
        {{"process", *process}});
  return volumes::why_not_seen(view, row, *process);
}

// Containers would write to the host's own disk, and nobody would know.
void Mounter::check_seen(const MountRecord& row, const MountUser& user) {
  const std::string reason = why_not_seen(row, user.process);
  if (!reason.empty()) throw Error(ErrorKind::failed_precondition, reason);
}

// A new engine goes on with the id of an old one.
Mounter::Mounted Mounter::add_user(MountRecord row, const MountUser& user) {
  const auto known = std::find_if(row.ids.begin(), row.ids.end(), [&](const auto& each) { return each.id == user.id; });
  const bool is_new = known == row.ids.end();
  const bool is_other = !is_new && known->engine != user.engine;
  if (is_other) known->engine = user.engine;
  if (is_new || is_other || row.state != MountState::mounted) {
    if (is_new) row.ids.push_back({user.id, false, user.engine});
    row.state = MountState::mounted;
    rows_.table().put(row);
    crash_point("mount.recorded");
  }
  return {row.mountpoint, row.uuid, is_new};
}

// A volume that is still attached here, or whose mount somebody took away, is mounted again from its device: if our
// export is still the only one.
bool Mounter::reuse(MountRecord& row, const Deadline& deadline) {
  const std::optional<Device> device = rows_.parts().attacher.find(rows_.target_of(row));
  if (!device) return false;
  const Look look = look_past_rivals(row, deadline);
  if (!look.own) {
    // Nothing is mounted here any more: what is left is given back, then the volume can be got like any other.
    row.fenced = true;
    rows_.table().put_anyway(row);
    return false;
  }
  if (!look.others.empty())
    throw Error(ErrorKind::failed_precondition,
                "volume " + row.volume + " is not mounted: it is exported to " + look.holder + " as well; retry");
  const host::Content content = rows_.parts().file_systems.probe(*device);
  const FormatPlan plan = plan_format(content, {true, FormatMark{true, "", ""}});
  // Nothing to mount: the daemon may have died before it made the file system. Anew, the mark is asked before anything
  // is said or formatted.
  if (plan.action != FormatPlan::Action::mount) return false;
  const std::optional<VolumeOptions> options = options_of(row, deadline);
  if (!options) return false;
  row.device = device->path;
  row.disk_sequence = device->disk_sequence;
  row.last_error.clear();
  row.fenced = false;
  rows_.enter(row, MountState::mounting);
  formatter_.mount(row, *device, plan.type, *options);
  return true;
}

// A record never changes, so what was seen of it some time will do. Empty: the volume is not that of the row any more.
std::optional<VolumeOptions> Mounter::options_of(const MountRecord& row, const Deadline& deadline) {
  std::optional<catalog::Volume> volume = rows_.catalog().find_known(row.volume);
  if (!volume || volume->record.uuid != row.uuid)
    volume = rows_.catalog().array(row.array).fetch(row.array_volume, deadline);
  if (!volume || volume->record.uuid != row.uuid) return std::nullopt;
  return from_record_options(volume->record.options, rows_.parts().config);
}

Mounter::Mounted Mounter::mount_anew(const std::string& volume, const MountUser& user, const Deadline& deadline) {
  const ServingPlace place = find_place(volume, deadline);
  const catalog::Volume& current = place.volume;
  if (place.second_array.empty()) check_other_array(place, deadline);
  MountRecord row = begin(current, deadline);
  try {
    const bool took_over = exporter_.export_alone(row, place, deadline);
    rows_.enter(row, MountState::attaching);
    crash_point("mount.attach_journaled");
    const Device device = rows_.parts().attacher.attach(rows_.target_of(row), deadline);
    row.device = device.path;
    row.disk_sequence = device.disk_sequence;
    crash_point("mount.attached");
    formatter_.prepare(row, device, current, {took_over, place.may_format}, deadline);
    check_seen(row, user);
    row.ids.push_back({user.id, false, user.engine});
    row.since = rows_.parts().clock.wall();
    rows_.enter(row, MountState::mounted);
    crash_point("mount.recorded");
  } catch (const NotOurs&) {
    rows_.table().erase(row.uuid);  // nothing of it is ours, so there is nothing to undo
    throw;
  } catch (const std::exception& error) {
    row.ids.clear();
    undo(row, error.what());
    throw;
  }
  return {row.mountpoint, row.uuid, true};
}

ServingPlace Mounter::find_place(const std::string& volume, const Deadline& deadline) {
  std::optional<catalog::Volume> known = rows_.catalog().find_known(volume);
  if (known && known->record.legacy) known = ask_again(*known, deadline);
  if (!known || known->record.group.empty()) known = read_now(volume, deadline);
  if (known->record.group.empty()) return {std::move(*known)};
  return serving_.choose(*known, deadline);
}

// Of a volume of HPE's plugin, the group is what its own array says now, if that answers.
std::optional<catalog::Volume> Mounter::ask_again(const catalog::Volume& known, const Deadline& deadline) {
  catalog::ArrayCatalog* const home = rows_.catalog().find_array(known.home_array());
  if (home == nullptr || home->silent()) return known;
  try {
    return home->fetch(known.array_volume, deadline.sooner(kOwnArray));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable && error.kind() != ErrorKind::deadline_exceeded) throw;
    return known;
  }
}

// What is mounted here may be a copy by now that nobody must write to any more.
void Mounter::check_place(const MountRecord& row, const Deadline& deadline) {
  const std::optional<catalog::Volume> known = rows_.catalog().find_known(row.volume);
  if (!known || known->record.group.empty()) return;
  const std::optional<MountRecord> second = rows_.second_of(row);
  if (second && exporter_.follows(row, *second)) return;
  const std::string reason = serving_.why_not_from(row.array, *known, deadline);
  if (reason.empty()) return;
  throw Error(ErrorKind::failed_precondition, "volume " + row.volume + " is mounted on this host from array " +
                                                  row.array + ", but " + reason +
                                                  "; stop the containers that use it, then retry");
}

// What is still attached here is used again only if it would be chosen anew.
bool Mounter::is_served_from(const MountRecord& row, const Deadline& deadline) {
  const std::optional<catalog::Volume> known = rows_.catalog().find_known(row.volume);
  if (!known || known->record.group.empty()) return true;
  const ServingPlace place = serving_.choose(*known, deadline);
  const std::optional<MountRecord> second = rows_.second_of(row);
  if (place.volume.array != row.array && (!second || place.volume.array != second->array)) return false;
  if (place.second_array.empty()) check_other_array(place, deadline);
  return true;
}

const std::filesystem::path& Mounter::loop_dir_of(const catalog::Volume& volume) const {
  const config::BackendConfig* backend = rows_.parts().config.find_backend(volume.backend);
  return volume.is_copy() ? backend->replication->loop_dir : backend->loop_dir;
}

// The record as the array has it now, not a second ago: the name may belong to a new volume by then.
catalog::Volume Mounter::read_now(const std::string& volume, const Deadline& deadline) {
  const SteadyTime began = rows_.parts().clock.now();
  std::optional<catalog::Volume> found = rows_.catalog().read(volume, Millis(0), deadline);
  if (found && (!found->confirmed || *found->confirmed < began))
    found = rows_.catalog().array(found->array).fetch(found->array_volume, deadline);  // known from a listing only
  if (!found || found->record.name != volume) throw Error(ErrorKind::not_found, "there is no volume " + volume);
  return *found;
}

MountRecord Mounter::begin(const catalog::Volume& volume, const Deadline& deadline) {
  const config::BackendConfig* backend = rows_.parts().config.find_backend(volume.backend);
  if (!backend)
    throw Error(ErrorKind::failed_precondition,
                "backend " + volume.backend + " of volume " + volume.record.name + " is not in hpe.conf any more");
  const std::string reason = why_not_mountable(volume, backend->transport);
  if (!reason.empty())
    throw Error(ErrorKind::failed_precondition, "volume " + volume.record.name + " is not mounted: " + reason);
  MountRecord row = new_row(volume);
  row.array_host = rows_.array_host(volume.array, deadline);
  rows_.enter(row, MountState::exporting);
  crash_point("mount.export_journaled");
  return row;
}

MountRecord Mounter::new_row(const catalog::Volume& volume) const {
  MountRecord row;
  row.uuid = volume.record.uuid;
  row.volume = volume.record.name;
  row.backend = volume.backend;
  row.array = volume.array;
  row.array_volume = volume.array_volume;
  row.wwn = volume.wwn;
  row.loop_dir = loop_dir_of(volume);
  row.mountpoint = (rows_.parts().mount_dir / volume.record.name).string();
  row.since = rows_.parts().clock.wall();
  return row;
}

bool Mounter::adopt(const catalog::Volume& volume, const array::Export& orphan) {
  const std::optional<MountRecord> present = rows_.table().find(volume.record.name);
  if (present && present->array == volume.array) return false;
  const config::BackendConfig* backend = rows_.parts().config.find_backend(volume.backend);
  if (!backend || backend->transport != config::Transport::loop) return false;
  MountRecord row = new_row(volume);
  row.array_host = orphan.array_host;
  row.lun = orphan.lun;
  row.state = MountState::unmounting;
  if (present) {
    rows_.table().put_aside(row);
  } else {
    rows_.table().put(row);
  }
  return true;
}

void Mounter::undo(MountRecord row, const std::string& reason) {
  try {
    releaser_.settle(row, Deadline::after(rows_.parts().clock, kUndoBudget));
  } catch (const std::exception& error) {
    log(LogLevel::warning, "mount not undone completely, will be retried",
        {{"volume", row.volume}, {"mount_failed", reason}, {"reason", error.what()}});
  }
}

// ---- unmount ----

void Mounter::unmount(const std::string& volume, const std::string& id, const Deadline& deadline) {
  std::optional<MountRecord> row = rows_.table().find(volume);
  if (!row) return;
  const bool known = has_id(*row, id);
  std::erase_if(row->ids, [&](const journal::MountId& each) { return each.id == id; });
  const bool in_use = !are_void(row->ids, "", rows_.parts().engine_is_gone);
  if (row->state == MountState::mounted && in_use) {
    if (known) rows_.table().put_anyway(*row);
    return;
  }
  row->ids.clear();
  const bool first_try = row->state == MountState::mounted;
  try {
    if (!row->fs_uuid.empty()) return releaser_.settle(*row, deadline);
    releaser_.release(*row, deadline, !first_try);
  } catch (const Error& error) {
    rows_.note_failure(*row, error.what());
    if (row->state == MountState::unmounting)
      throw error.within("volume " + volume + " is not unmounted yet, retried in the background");
    log(LogLevel::warning, "release not finished, will be retried",
        {{"volume", volume}, {"state", journal::to_string(row->state)}, {"reason", error.what()}});
  }
}

// Ids that are void can belong to a container all the same: one that lives on without its engine, or that the engine
// forgot. It has a mount of its own.
void Mounter::check_unused(const MountRecord& row, const std::string& engine) {
  if (row.ids.empty() || !rows_.is_mounted(row)) return;
  const std::string refusal = "volume " + row.volume + " is mounted on this host (mount ids " + first_ids(row) +
                              "); stop the containers that use it first";
  if (!are_void(row.ids, engine, rows_.parts().engine_is_gone)) throw Error(ErrorKind::failed_precondition, refusal);
  const std::optional<Device> device = rows_.parts().attacher.find(rows_.target_of(row));
  if (device && rows_.parts().file_systems.is_mounted_elsewhere(*device, row.mountpoint))
    throw Error(ErrorKind::failed_precondition, refusal);
  log(LogLevel::info, "mounts that were never given back end with their volume",
      {{"volume", row.volume}, {"ids", first_ids(row)}});
}

void Mounter::release_for_removal(const std::string& volume, const std::string& engine, const Deadline& deadline) {
  const std::string is_not_removed = "volume " + volume + " is not removed";
  if (std::optional<MountRecord> row = rows_.table().find(volume)) {
    check_unused(*row, engine);
    row->ids.clear();
    rows_.catalog().expect_answer_for(volume, row->backend, row->array, deadline);
    try {
      releaser_.settle(*row, deadline);
    } catch (const Error& error) {
      throw error.within(is_not_removed + ", because it could not be released from its last use on this host");
    }
  }
  if (const auto left = rows_.table().find(volume))
    throw Error(ErrorKind::failed_precondition, is_not_removed + ": " + left->last_error);
  for (const MountRecord& row : rows_.table().all()) {
    if (!is_aside(row) || row.volume != volume) continue;
    try {
      settle_aside(row, deadline);
    } catch (const Error& error) {
      throw error.within(is_not_removed + ", because its export from array " + row.array + " is still there");
    }
  }
}

void Mounter::settle(const std::string& volume, const Deadline& deadline) {
  std::optional<MountRecord> row = rows_.table().find(volume);
  if (row) releaser_.settle(*row, deadline);
}

}  // namespace hpe3par::volumes
