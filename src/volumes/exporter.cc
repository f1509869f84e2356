#include "exporter.h"

#include "group_takes.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"
#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {

using journal::crash_point;
using journal::MountRecord;
using journal::MountState;
using replication::PairAction;
using replication::Site;

namespace {

constexpr Millis kSecond{10'000};    // an array that takes longer is left out
constexpr Millis kTryAgain{15'000};  // after a second export was not to be had

void check_same_volume(const MountRecord& row, const std::string& wwn, const array::Export& own) {
  if (wwn.empty() || own.wwn.empty() || own.wwn == wwn) return;
  throw Error(ErrorKind::aborted,
              "volume " + row.volume + " was replaced by another one while it was being mounted; retry");
}

}  // namespace

ExclusiveExport::Request Exporter::request_for(const MountRecord& row, const catalog::Volume& volume) const {
  ExclusiveExport::Request request;
  request.volume = row.volume;
  request.uuid = row.uuid;
  request.array_volume = row.array_volume;
  request.array_host = row.array_host;
  request.initiators = rows_.parts().identity.initiators;
  request.policy = rows_.parts().config.host.mount_conflict_policy;
  request.conflict_delay = from_record_options(volume.record.options, rows_.parts().config).mount_conflict_delay;
  return request;
}

ExclusiveExport::Result Exporter::acquire(MountRecord& row, ExclusiveExport::Request request,
                                          const Deadline& deadline) {
  ExclusiveExport exclusive(rows_.array_of(row), conflicts_);
  try {
    return exclusive.acquire(request, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != array::kNoSuchHost) throw;
  }
  // Somebody removed our host since we last looked.
  rows_.learn_host(rows_.array_of(row), row.array, deadline);
  row.array_host = request.array_host = rows_.array_host(row.array, deadline);
  rows_.table().put(row);
  return exclusive.acquire(request, deadline);
}

bool Exporter::export_alone(MountRecord& row, const ServingPlace& place, const Deadline& deadline) {
  const bool took_over = get_first(row, place, deadline);
  if (place.second_array.empty()) return took_over;
  try {
    get_second(
        row, request_for(row, place.volume), place.second_array, [] {}, deadline.sooner(kSecond));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::failed_precondition) throw;
    log(LogLevel::warning, "a volume is mounted with an export from one of its arrays only",
        {{"volume", row.volume}, {"missing", place.second_array}, {"reason", error.what()}});
  }
  return took_over;
}

bool Exporter::get_first(MountRecord& row, const ServingPlace& place, const Deadline& deadline) {
  ExclusiveExport::Request request = request_for(row, place.volume);
  request.unseen = place.living_but_silent;
  if (!place.second_array.empty()) {
    request.other_array = &rows_.catalog().array(place.second_array).array();
    request.other_array_host = rows_.array_host(place.second_array, deadline);
  }
  const ExclusiveExport::Result result = acquire(row, request, deadline);
  crash_point("mount.looked");
  row.wwn = result.own.wwn.empty() ? row.wwn : result.own.wwn;  // what we exported, and have to take back
  check_same_volume(row, place.volume.wwn, result.own);
  row.lun = result.own.lun;
  return result.took_over;
}

// Its row stays whatever becomes of it, until it was seen that there is no export.
void Exporter::get_second(const MountRecord& row, ExclusiveExport::Request request, const std::string& array,
                          const std::function<void()>& check, const Deadline& deadline) {
  const config::BackendConfig& backend = *backend_of(row);
  MountRecord second = row;
  second.uuid = aside_uuid(row.uuid, array);
  second.array = array;
  second.array_host = request.array_host = rows_.array_host(array, deadline);
  second.lun = -1;
  second.loop_dir = array == backend.array ? backend.loop_dir : backend.replication->loop_dir;
  second.device.clear();
  second.disk_sequence = 0;
  second.ids.clear();
  second.last_error.clear();
  rows_.enter(second, MountState::exporting);
  crash_point("mount.second_journaled");
  try {
    const ExclusiveExport::Result result = acquire(second, request, deadline);
    check_same_volume(second, row.wwn, result.own);
    check();
    second.lun = result.own.lun;
    rows_.enter(second, MountState::mounted);
  } catch (const NotOurs&) {
    rows_.table().erase(second.uuid);
    throw;
  } catch (const Error&) {
    rows_.enter(second, MountState::unexporting);
    throw;
  }
  crash_point("mount.second_exported");
}

const config::BackendConfig* Exporter::backend_of(const MountRecord& row) const {
  const config::BackendConfig* const backend = rows_.parts().config.find_backend(row.backend);
  return backend != nullptr && backend->replication ? backend : nullptr;
}

bool Exporter::may_try(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const SteadyTime now = rows_.parts().clock.now();
  SteadyTime& not_before = not_before_[uuid];
  if (now < not_before) return false;
  not_before = now + kTryAgain;
  return true;
}

PairAction Exporter::plan(const MountRecord& row, const replication::SetView& view) {
  const config::BackendConfig* const backend = backend_of(row);
  if (backend == nullptr || row.fenced) return PairAction::nothing;
  return plan_pair(view, site_of(*backend, row.array), rows_.second_of(row).has_value());
}

void Exporter::tend(MountRecord row, const catalog::Volume& volume, const replication::SetView& view,
                    const Deadline& deadline) {
  const PairAction action = plan(row, view);
  if (action == PairAction::nothing) return;
  const config::BackendConfig& backend = *backend_of(row);
  const Site first = site_of(backend, row.array);
  const std::optional<MountRecord> second = rows_.second_of(row);
  const std::string& other_array = key_of(backend, replication::other(first));
  switch (action) {
    case PairAction::nothing: return;
    case PairAction::export_other:
    case PairAction::give_way:
      if (!may_try(row.uuid)) return;
      if (action == PairAction::export_other && heal(row, volume, other_array, deadline)) return;
      if (fold(view).owner != first) return give_way(std::move(row), other_array, deadline);
      if (action == PairAction::export_other && remove_left(row, other_array, deadline))
        heal(row, volume, other_array, deadline);
      return;
    case PairAction::change_over:
      if (follows(row, *second)) return change_over(std::move(row), *second);
      [[fallthrough]];
    case PairAction::drop_other:
      log(LogLevel::warning, "the export from an array with another copy than the one in use is given up",
          {{"volume", row.volume}, {"array", second->array}, {"in_use_from", row.array}});
      return releaser_.release_aside(*second, deadline, true);
  }
}

bool Exporter::follows(const MountRecord& row, const MountRecord& second) {
  host::AttachTarget target{row.wwn, second.array_host, second.lun, second.loop_dir};
  target.known_device = row.device;
  target.known_sequence = row.disk_sequence;
  return rows_.parts().attacher.find(target).has_value();
}

// Whoever took the volume away from this host has it from the first array, and perhaps not from the second one yet.
void Exporter::check_first(MountRecord& row, const Deadline& deadline) {
  const Look look = fold_look(rows_.array_of(row).list_exports(row.array_volume, deadline), row.array_host);
  if (look.own && look.others.empty()) return;
  if (!look.own) row.fenced = true;
  throw Error(ErrorKind::failed_precondition,
              "volume " + row.volume + (look.own ? " is exported to " : " was taken away from this host by ") +
                  (look.holder.empty() ? "somebody" : look.holder) + " on array " + rows_.array_of(row).name() +
                  "; stop the containers that use it here");
}

// Another host that is there has a right to it, or none; either way it is a person who has to find out.
bool Exporter::heal(MountRecord& row, const catalog::Volume& volume, const std::string& array,
                    const Deadline& deadline) {
  ExclusiveExport::Request request = request_for(row, volume);
  request.policy = config::ConflictPolicy::refuse;
  request.conflict_delay = Millis(0);
  request.refusal = "volume " + row.volume + " has no export from array " + rows_.catalog().array(array).array().name();
  try {
    get_second(
        row, request, array, [&] { check_first(row, deadline); }, deadline.sooner(kSecond));
  } catch (const Error& error) {
    if (row.last_error != error.what())
      log(LogLevel::error, "a mounted volume has an export from one of its arrays only",
          {{"volume", row.volume}, {"missing", array}, {"reason", error.what()}});
    rows_.note_failure(row, error.what());
    return false;
  }
  log(LogLevel::info, "a mounted volume has exports from both of its arrays again",
      {{"volume", row.volume}, {"array", array}});
  rows_.note_failure(row, "");
  return true;
}

// A host may have been taken for dead while the second array was silent. It can be back, but the volume is this one's,
// which is alone on the array that serves. Should the other array take over, both could write.
bool Exporter::remove_left(MountRecord& row, const std::string& array, const Deadline& deadline) {
  const config::ConflictPolicy policy = rows_.parts().config.host.mount_conflict_policy;
  if (policy == config::ConflictPolicy::refuse) return false;
  array::Array& other = rows_.catalog().array(array).array();
  const Look look = fold_look(other.list_exports(row.array_volume, deadline), rows_.array_host(array, deadline));
  if (look.others.empty() || !look.fenceable) return false;
  try {
    check_first(row, deadline);
  } catch (const Error& error) {
    rows_.note_failure(row, error.what());
    return false;
  }
  fence(other, row.volume, look, policy, deadline);
  return true;
}

// It could not see us when it took the volume. As soon as our array follows that one, both could write.
void Exporter::give_way(MountRecord row, const std::string& taker, const Deadline& deadline) {
  array::Array& array = rows_.catalog().array(taker).array();
  const Look look = fold_look(array.list_exports(row.array_volume, deadline), rows_.array_host(taker, deadline));
  if (look.others.empty()) return;
  log(LogLevel::error, "a mounted volume belongs to another host; the export from the array that lost it is given up",
      {{"volume", row.volume}, {"array", row.array}, {"holder", look.holder}, {"taken_over_by", taker}});
  releaser_.give_up_export(row, deadline);
  row.fenced = true;
  row.lun = -1;
  row.last_error = "array " + array.name() + " took over, and the volume is in use by " + look.holder +
                   "; stop the containers that use it here";
  rows_.table().put_anyway(row);
}

// A crash in between leaves the first row as it was, or one aside that only says what is still to be removed.
void Exporter::change_over(MountRecord row, const MountRecord& second) {
  log(LogLevel::warning, "a mounted volume was taken over by its other array; the export from the first is given up",
      {{"volume", row.volume}, {"array", row.array}, {"taken_over_by", second.array}});
  MountRecord first = row;
  first.uuid = aside_uuid(row.uuid, row.array);
  first.ids.clear();
  first.state = MountState::unexporting;
  rows_.table().put(first);
  crash_point("pair.first_aside");
  row.array = second.array;
  row.array_host = second.array_host;
  row.lun = second.lun;
  row.loop_dir = second.loop_dir;
  rows_.table().put(row);
  crash_point("pair.changed_over");
  rows_.table().erase(second.uuid);
}

}  // namespace hpe3par::volumes
