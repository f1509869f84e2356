#include "set_keeper.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/catalog/record.h"
#include "hpe3par/journal/crash_point.h"
#include "plan.h"

namespace hpe3par::volumes {

using journal::UnfinishedVolume;
using State = UnfinishedVolume::State;

namespace {

bool is_of_nobody_else(const array::VolumeSet& set, const std::string& volume) {
  return std::all_of(set.members.begin(), set.members.end(), [&](const auto& member) { return member == volume; });
}

}  // namespace

bool is_used(array::Array& array, const std::string& array_volume, const Deadline& deadline) {
  return array.find_mark(array_volume, kFormatMark, deadline) || !array.list_exports(array_volume, deadline).empty();
}

std::string flash_cache_set_name(const std::string& uuid) {
  const std::string coded = catalog::short_uuid(uuid);
  return coded.empty() ? "" : "vvs-" + coded;
}

std::vector<std::string> wanted_sets(const VolumeOptions& options, const std::string& uuid) {
  std::vector<std::string> sets;
  if (!options.qos_set.empty()) sets.push_back(options.qos_set);
  if (options.flash_cache) sets.push_back(flash_cache_set_name(uuid));
  return sets;
}

SetKeeper::SetKeeper(journal::Journal& journal, catalog::Catalog& catalog, Replicator& replicator, Clock& clock)
    : journal_(journal), catalog_(catalog), replicator_(replicator), clock_(clock) {
  for (UnfinishedVolume& each : journal.unfinished()) {
    known_since_[each.uuid] = clock.now();
    rows_.emplace(each.uuid, std::move(each));
  }
}

std::optional<UnfinishedVolume> SetKeeper::find(const std::string& volume) {
  const std::lock_guard hold(mutex_);
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& r) { return r.second.volume == volume; });
  return found == rows_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<UnfinishedVolume> SetKeeper::all() {
  const std::lock_guard hold(mutex_);
  std::vector<UnfinishedVolume> rows;
  for (const auto& [uuid, row] : rows_) rows.push_back(row);
  return rows;
}

void SetKeeper::rename_array(const std::string& from, const std::string& to) {
  const std::lock_guard hold(mutex_);
  addresses_.add(from, to);
  for (auto& [uuid, row] : rows_)
    for (std::string* array : {&row.array, &row.peer})
      if (*array == from) *array = to;
}

bool SetKeeper::hides(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const auto found = rows_.find(uuid);
  return found != rows_.end() && found->second.state != State::removing;
}

void SetKeeper::begin(UnfinishedVolume volume) {
  volume.since = clock_.wall();
  journal_.put(volume);
  const std::lock_guard hold(mutex_);
  known_since_[volume.uuid] = clock_.now();
  rows_.insert_or_assign(volume.uuid, std::move(volume));
}

void SetKeeper::end(const std::string& uuid) {
  {
    const std::lock_guard hold(mutex_);
    if (rows_.erase(uuid) == 0) return;
    known_since_.erase(uuid);
    unerased_.insert(uuid);
  }
  try {
    retry_erasures();
  } catch (const Error& error) {
    log(LogLevel::warning, "journal not written", {{"reason", error.what()}});
  }
}

// A row that stays in the journal does no harm: the next start finds nothing left to do for it.
void SetKeeper::retry_erasures() {
  const std::set<std::string> uuids = [this] {
    const std::lock_guard hold(mutex_);
    return unerased_;
  }();
  for (const std::string& uuid : uuids) {
    journal_.erase_unfinished(uuid);
    const std::lock_guard hold(mutex_);
    unerased_.erase(uuid);
  }
}

void SetKeeper::end_others(const std::string& volume, const std::string& uuid) {
  for (const UnfinishedVolume& each : all())
    if (each.volume == volume && each.uuid != uuid) end(each.uuid);
}

void SetKeeper::put_anyway(UnfinishedVolume volume) {
  {
    const std::lock_guard hold(mutex_);
    volume.array = addresses_.of(volume.array);
    volume.peer = addresses_.of(volume.peer);
    rows_.insert_or_assign(volume.uuid, volume);
  }
  try {
    journal_.put(volume);
  } catch (const Error& error) {
    log(LogLevel::warning, "journal not written", {{"volume", volume.volume}, {"reason", error.what()}});
  }
}

array::Array& SetKeeper::array_of(const UnfinishedVolume& volume) {
  return catalog_.array(volume.array).array();
}

void SetKeeper::join(const UnfinishedVolume& volume, const std::string& cpg, const Deadline& deadline) {
  array::Array& array = array_of(volume);
  const std::string own = flash_cache_set_name(volume.uuid);
  for (const std::string& set : volume.sets) {
    if (set == own) {
      join_own(volume, set, cpg, deadline);
    } else {
      array.add_to_set(set, volume.array_volume, deadline);
    }
    journal::crash_point("create.joined");
  }
}

// A volume that was to be removed left its set behind if somebody had put others into it.
void SetKeeper::join_own(const UnfinishedVolume& volume, const std::string& set, const std::string& cpg,
                         const Deadline& deadline) {
  array::Array& array = array_of(volume);
  try {
    array.create_flash_cache_set(set, volume.array_volume, cpg, deadline);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::already_exists || volume.state != State::removing) throw;
    array.add_to_set(set, volume.array_volume, deadline);
  }
}

void SetKeeper::leave(const UnfinishedVolume& volume, const std::vector<array::VolumeSet>& seen,
                      const Deadline& deadline) {
  const std::string own = flash_cache_set_name(volume.uuid);
  for (const std::string& set : volume.sets) {
    if (set == own) {
      leave_own(volume, set, seen, deadline);
    } else {
      array_of(volume).remove_from_set(set, volume.array_volume, deadline);
    }
  }
}

// Its name tells whose it is, and still an administrator may have put others into it, or made a rule for it.
void SetKeeper::leave_own(const UnfinishedVolume& volume, const std::string& set,
                          const std::vector<array::VolumeSet>& seen, const Deadline& deadline) {
  array::Array& array = array_of(volume);
  const auto known = std::find_if(seen.begin(), seen.end(), [&](const auto& each) { return each.name == set; });
  const std::optional<array::VolumeSet> found =
      known == seen.end() ? array.find_set(set, deadline) : std::optional(*known);
  if (!found) return;
  if (is_of_nobody_else(*found, volume.array_volume)) {
    try {
      return array.remove_set(set, deadline);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::failed_precondition) throw;
    }
  }
  array.remove_from_set(set, volume.array_volume, deadline);
}

SetKeeper::Undone SetKeeper::undo(UnfinishedVolume volume, const Deadline& deadline) {
  volume.state = State::undoing;
  put_anyway(volume);
  try {
    return settle(volume, deadline) == UnfinishedAction::keep ? Undone::kept : Undone::removed;
  } catch (const Error& error) {
    log(LogLevel::warning, "a volume that was not finished is not removed yet; this will be retried",
        {{"volume", volume.volume}, {"reason", error.what()}});
    return Undone::later;
  }
}

UnfinishedAction SetKeeper::settle(UnfinishedVolume volume, const Deadline& deadline) {
  try {
    return settle_now(volume, deadline);
  } catch (const Error& error) {
    volume.last_error = error.what();
    put_anyway(volume);
    throw;
  }
}

void SetKeeper::finish_removal(UnfinishedVolume volume, const std::vector<array::VolumeSet>& seen,
                               const Deadline& deadline) {
  try {
    remove_from_array(volume, seen, deadline);
    journal::crash_point("remove.primary_deleted");
    replicator_.remove_known_copy(volume.peer, volume.array_volume, deadline);
  } catch (const Error& error) {
    volume.last_error = error.what();
    put_anyway(volume);
    throw;
  }
  end(volume.uuid);
}

void SetKeeper::remove_from_array(const UnfinishedVolume& volume, const std::vector<array::VolumeSet>& seen,
                                  const Deadline& deadline) {
  leave(volume, seen, deadline);
  array_of(volume).remove_volume(volume.array_volume, array::VolumeStore::InUse::wait, deadline);
  catalog_.array(volume.array).erase(volume.array_volume);
}

// As long as this process knows of it: the wall clock may jump.
std::chrono::nanoseconds SetKeeper::age_of(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const auto known = known_since_.find(uuid);
  return known == known_since_.end() ? std::chrono::nanoseconds(0) : clock_.now() - known->second;
}

UnfinishedAction SetKeeper::settle_now(UnfinishedVolume& volume, const Deadline& deadline) {
  array::Array& array = array_of(volume);
  std::optional<array::ArrayVolume> found = array.find_volume(volume.array_volume, deadline);
  if (found) {
    const std::optional<catalog::VolumeRecord> record = catalog::decode_record(found->comment);
    if (!record || record->uuid != volume.uuid) found.reset();
  }
  UnfinishedLook look{volume.state, found.has_value(), false, age_of(volume.uuid), !volume.group.empty()};
  look.used = found && volume.state == State::undoing && is_used(array, volume.array_volume, deadline);
  look.attached =
      found && look.replicated && replicator_.is_attached(volume.array, volume.group, volume.array_volume, deadline);
  const auto action = plan_unfinished(look);
  act(action, volume, found, look.attached, deadline);
  return action;
}

catalog::Volume SetKeeper::volume_of(const UnfinishedVolume& volume, const Deadline& deadline) {
  std::optional<catalog::Volume> found = catalog_.array(volume.array).fetch(volume.array_volume, deadline);
  if (!found || found->record.uuid != volume.uuid)
    throw Error(ErrorKind::unavailable, "volume " + volume.volume + " was replaced by another one; retry");
  return std::move(*found);
}

void SetKeeper::act(UnfinishedAction action, UnfinishedVolume& volume, const std::optional<array::ArrayVolume>& found,
                    bool attached, const Deadline& deadline) {
  switch (action) {
    case UnfinishedAction::wait: return;
    case UnfinishedAction::forget: return forget(volume, deadline);
    case UnfinishedAction::keep:
      log(LogLevel::warning, "a volume that was not finished is kept because it is in use; it is not in all its sets",
          {{"volume", volume.volume}, {"reason", volume.last_error}});
      return show(volume, deadline);
    case UnfinishedAction::complete: return complete(volume, *found, attached, deadline);
    case UnfinishedAction::remove: return remove_unused(volume, attached, deadline);
    case UnfinishedAction::remove_copy:
      replicator_.remove_copy(volume.peer, volume.array_volume, volume.uuid, deadline);
      return forget(volume, deadline);
    case UnfinishedAction::restore: return show(volume, deadline);
  }
}

// Nothing of this name is there any more. Its own set can be.
void SetKeeper::forget(const UnfinishedVolume& volume, const Deadline& deadline) {
  const std::string own = flash_cache_set_name(volume.uuid);
  if (std::find(volume.sets.begin(), volume.sets.end(), own) != volume.sets.end()) leave_own(volume, own, {}, deadline);
  end(volume.uuid);
}

void SetKeeper::complete(UnfinishedVolume& volume, const array::ArrayVolume& found, bool attached,
                         const Deadline& deadline) {
  try {
    join(volume, found.cpg, deadline);
    if (!volume.group.empty()) attach(volume, attached, deadline);
  } catch (const Error& error) {
    if (!is_final(error.kind())) throw;
    if (volume.state == State::creating) {
      volume.state = State::undoing;
      volume.last_error = error.what();
      put_anyway(volume);
      log(LogLevel::warning, "a volume whose creation was cut off is undone, because its array refuses a volume set",
          {{"volume", volume.volume}, {"reason", volume.last_error}});
      settle_now(volume, deadline);
      return;
    }
    // It was to be removed, so it can hold data: it stays, and somebody has to look at its sets.
    log(LogLevel::warning, "a volume whose removal was cut off is not in all its sets again",
        {{"volume", volume.volume}, {"reason", error.what()}});
  }
  show(volume, deadline);
}

void SetKeeper::attach(const UnfinishedVolume& volume, bool attached, const Deadline& deadline) {
  const catalog::Volume now = volume_of(volume, deadline);
  if (!attached) return replicator_.attach(now, deadline);
  replicator_.record_copy(now, deadline);
}

// From now on it is a volume like any other.
void SetKeeper::show(const UnfinishedVolume& volume, const Deadline& deadline) {
  catalog_.array(volume.array).fetch(volume.array_volume, deadline);
  end(volume.uuid);
}

void SetKeeper::remove_unused(const UnfinishedVolume& volume, bool attached, const Deadline& deadline) {
  if (attached) replicator_.withdraw(volume_of(volume, deadline), deadline);
  remove_from_array(volume, {}, deadline);
  if (!volume.peer.empty()) replicator_.remove_copy(volume.peer, volume.array_volume, volume.uuid, deadline);
  log(LogLevel::info, "what was left of a volume that was not finished is removed", {{"volume", volume.volume}});
  end(volume.uuid);
}

}  // namespace hpe3par::volumes
