#include "replicator.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"
#include "hpe3par/replication/group_lock.h"
#include "hpe3par/replication/serving.h"
#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {

using journal::crash_point;
using replication::LoggedLock;

namespace {

constexpr Millis kUndoBudget{15'000};
constexpr Millis kJustNow{10'000};

/// The peer cannot be the one to write to.
bool is_active_here(const replication::SetView& view) {
  const replication::Composite composite = replication::fold(view);
  return composite.state == replication::SetState::active && composite.owner == replication::Site::own &&
         !composite.reversed;
}

std::string why_not_removable(const replication::SetView& view) {
  const std::string reason = replication::why_not_changeable(view);
  return reason.empty() ? "" : replication::describe(view) + "; " + reason;
}

}  // namespace

JournaledLocks::JournaledLocks(journal::Journal& journal) : journal_(journal) {
  for (const journal::HeldGroupLock& each : journal.group_locks())
    locks_[each.token] = {each.array, each.group, each.token};
}

void JournaledLocks::add(const LoggedLock& lock) {
  LoggedLock now = lock;
  {
    const std::lock_guard hold(mutex_);
    now.array = addresses_.of(lock.array);
  }
  journal_.put(journal::HeldGroupLock{now.token, now.array, now.group});
  const std::lock_guard hold(mutex_);
  now.array = addresses_.of(lock.array);
  locks_[lock.token] = now;
}

void JournaledLocks::rename_array(const std::string& from, const std::string& to) {
  const std::lock_guard hold(mutex_);
  addresses_.add(from, to);
  for (auto& [token, lock] : locks_)
    if (lock.array == from) lock.array = to;
}

// A row that stays in the journal does no harm: the next start finds its lock gone.
void JournaledLocks::remove(const std::string& token) {
  {
    const std::lock_guard hold(mutex_);
    if (locks_.erase(token) == 0) return;
  }
  journal_.erase_group_lock(token);
}

std::vector<LoggedLock> JournaledLocks::all() {
  const std::lock_guard hold(mutex_);
  std::vector<LoggedLock> all;
  for (const auto& [token, lock] : locks_) all.push_back(lock);
  return all;
}

Replicator::Replicator(const config::Config& config, catalog::Catalog& catalog, GroupSight& sight,
                       journal::Journal& journal, std::string host, Clock& clock)
    : config_(config),
      catalog_(catalog),
      sight_(sight),
      copies_(config, catalog),
      locks_(journal),
      groups_(locks_, std::move(host), clock),
      clock_(clock) {}

replication::GroupWish Replicator::wish_of(const catalog::Volume& volume) {
  const config::BackendConfig& backend = sight_.backend_of(volume);
  const VolumeOptions options = from_record_options(volume.record.options, config_);
  replication::GroupWish wish = replication::wish_of(backend, volume.record.group, options.cpg, options.snap_cpg);
  wish.array = catalog_.array(backend.array).array().name();
  return wish;
}

array::Array& Replicator::peer_of(const catalog::Volume& volume) {
  return catalog_.array(sight_.backend_of(volume).replication->array).array();
}

std::vector<std::string> Replicator::pair_of(const config::BackendConfig& backend) {
  std::vector<std::string> serials;
  for (const std::string& key : {backend.array, backend.replication->array}) {
    const array::ArrayStatus status = catalog_.array(key).array().status();
    if (status.serial_number.empty())
      throw Error(ErrorKind::unavailable, "backend " + backend.name + ": array " + key +
                                              " was not reached yet, and a replicated volume needs both of its arrays" +
                                              (status.reason.empty() ? "" : " (" + status.reason + ")") +
                                              "; retry when it answers");
    catalog_.refuse_lost(key);
    serials.push_back(status.serial_number);
  }
  return serials;
}

void Replicator::attach(const catalog::Volume& volume, const Deadline& deadline) {
  const replication::GroupWish wish = wish_of(volume);
  array::Admission admission;
  admission.volume = admission.remote_volume = volume.array_volume;
  admission.target = wish.target;
  // Two copies that went apart can then never be taken for two paths to one.
  admission.different_wwn = !wish.peer_persistence;
  array::Array& own = catalog_.array(volume.array).array();
  groups_.admit(own, wish, admission, deadline);
  crash_point("create.admitted");
  try {
    record_copy(volume, deadline);
  } catch (const Error& error) {
    withdraw(volume, Deadline::after(clock_, kUndoBudget));
    throw;
  }
}

void Replicator::record_copy(const catalog::Volume& volume, const Deadline& deadline) {
  peer_of(volume).write_comment(volume.array_volume, volume.comment, deadline);
  {
    const std::lock_guard hold(mutex_);
    recorded_.insert(volume.record.uuid);
  }
  crash_point("create.copy_recorded");
}

void Replicator::withdraw(const catalog::Volume& volume, const Deadline& deadline) {
  forget_copy(volume.record.uuid);
  groups_.withdraw(catalog_.array(volume.array).array(), wish_of(volume), volume.array_volume, deadline);
}

void Replicator::forget_copy(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  recorded_.erase(uuid);
}

// The record of HPE's plugin names no group: out of it the volume would pass for a plain one, and somebody would mount
// what is being removed.
bool Replicator::detach(const catalog::Volume& volume, const RemovalOutlook& outlook, const Deadline& deadline) {
  const replication::GroupWish wish = wish_of(volume);
  array::Array& own = catalog_.array(volume.array).array();
  if (volume.record.legacy) own.write_comment(volume.array_volume, copies_.record_of(volume), deadline);
  replication::Departure departure{volume.array_volume, outlook.seen_started};
  if (!outlook.peer_asked) departure.why_not = [&] { return why_not_removable(sight_.look(volume, deadline).view); };
  const auto left = groups_.dismiss(own, wish, departure, deadline);
  forget_copy(volume.record.uuid);
  return left && outlook.copy_known &&
         std::any_of(left->copies.begin(), left->copies.end(), [&](const array::GroupCopy& copy) {
           return copy.target == wish.target && copy.volume == volume.array_volume;
         });
}

void Replicator::remove_copy(const std::string& peer, const std::string& array_volume, const std::string& uuid,
                             const Deadline& deadline) {
  array::Array& array = catalog_.array(peer).array();
  const std::optional<array::ArrayVolume> copy = array.find_volume(array_volume, deadline);
  const std::optional<catalog::VolumeRecord> record = copy ? catalog::decode_record(copy->comment) : std::nullopt;
  if (!record || record->uuid != uuid) return;
  remove_known_copy(peer, array_volume, deadline);
}

void Replicator::remove_known_copy(const std::string& peer, const std::string& array_volume, const Deadline& deadline) {
  catalog_.array(peer).array().remove_volume(array_volume, array::VolumeStore::InUse::wait, deadline);
  catalog_.array(peer).erase(array_volume);
}

bool Replicator::identify_copy(const catalog::Volume& volume, const Deadline& deadline) {
  return copies_.complete(volume, deadline);
}

// We wrote its record, or the array has shown it since we started.
bool Replicator::knows_copy(const catalog::Volume& volume) {
  {
    const std::lock_guard hold(mutex_);
    if (recorded_.contains(volume.record.uuid)) return true;
  }
  const auto copy = catalog_.array(sight_.backend_of(volume).replication->array).find_copy(volume.record.name);
  return copy && copy->confirmed && copy->record.uuid == volume.record.uuid &&
         copy->array_volume == volume.array_volume;
}

// An array that is silent by now is asked, so that it is told which one.
bool Replicator::was_active_just_now(const catalog::Volume& volume) {
  const config::BackendConfig& backend = sight_.backend_of(volume);
  for (const std::string& key : {backend.array, backend.replication->array})
    if (catalog_.array(key).lost() || catalog_.array(key).silent()) return false;
  const std::optional<GroupSighting> seen = sight_.find(volume.record.uuid);
  return seen && clock_.now() - seen->at <= kJustNow && is_active_here(seen->view);
}

RemovalOutlook Replicator::prepare_removal(const catalog::Volume& volume, const Deadline& deadline) {
  RemovalOutlook outlook;
  outlook.seen_started = was_active_just_now(volume);
  bool attached = true;
  if (!outlook.seen_started) {
    const replication::SetView view = sight_.look(volume, deadline).view;
    outlook.refusal = why_not_removable(view);
    if (!outlook.refusal.empty()) return outlook;
    outlook.peer_asked = true;
    outlook.seen_started = is_active_here(view);
    attached = view.own.answer == replication::Side::Answer::group;
  }
  outlook.copy_known = attached && (knows_copy(volume) || identify_copy(volume, deadline));
  return outlook;
}

void Replicator::take_up_group(const catalog::Volume& volume, const Deadline& deadline) {
  array::Array& own = catalog_.array(sight_.backend_of(volume).array).array();
  const auto set = own.find_set(replication::note_set_name(volume.record.group), deadline);
  const auto note = set ? replication::decode_note(set->comment) : std::nullopt;
  const std::optional<WallTime> now = own.array_time();
  if (note && now && *now >= note->expires) groups_.take_up(own, volume.record.group, deadline);
}

bool Replicator::is_attached(const std::string& array, const std::string& group, const std::string& array_volume,
                             const Deadline& deadline) {
  const auto found = catalog_.array(array).array().find_group(group, deadline);
  return found && found->find_member(array_volume) != nullptr;
}

}  // namespace hpe3par::volumes
