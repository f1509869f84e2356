#include "hpe3par/volumes/volume_service.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "admission.h"
#include "array_keeper.h"
#include "creator.h"
#include "group_watch.h"
#include "half_made.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/keyed_mutex.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"
#include "hpe3par/replication/serving.h"
#include "info.h"
#include "mounter.h"
#include "remover.h"
#include "replication_info.h"
#include "replicator.h"
#include "set_keeper.h"
#include "status.h"

namespace hpe3par::volumes {
namespace {

using journal::crash_point;
using journal::MountRecord;

constexpr Millis kCleanUpBudget{20'000};
constexpr Millis kSessionPeriod{20'000};
constexpr Millis kLogOut{1'500};
constexpr Millis kGreet{10'000};
constexpr Millis kGroupPatience{700};  // Get is to answer within two seconds
// Docker sends Get before Remove: what the array said then is not asked again.
constexpr Millis kJustNow{10'000};
constexpr int kMostMarks = 4;  // that one List reads

std::vector<std::unique_ptr<catalog::ArrayCatalog>> make_array_catalogs(const Parts& parts,
                                                                        std::vector<catalog::ArrayConfig> arrays) {
  std::vector<std::unique_ptr<catalog::ArrayCatalog>> catalogs;
  for (catalog::ArrayConfig& each : arrays)
    catalogs.push_back(std::make_unique<catalog::ArrayCatalog>(std::move(each), parts.config.host.volume_namespace,
                                                               parts.journal, parts.clock));
  return catalogs;
}

class VolumeServiceImpl final : public VolumeService {
 public:
  VolumeServiceImpl(const Parts& parts, std::vector<catalog::ArrayConfig> arrays)
      : config_(parts.config),
        clock_(parts.clock),
        catalog_(make_array_catalogs(parts, std::move(arrays)), parts.config.host.volume_namespace, parts.clock),
        takes_(parts.journal, catalog_, parts.identity.name, parts.clock),
        groups_(parts.config, catalog_, takes_, parts.clock),
        mounter_(parts, catalog_, groups_),
        replicator_(parts.config, catalog_, groups_, parts.journal, parts.identity.name, parts.clock),
        sets_(parts.journal, catalog_, replicator_, parts.clock),
        creator_(parts.config, catalog_, sets_, replicator_, parts.clock),
        remover_(parts.config, catalog_, sets_, replicator_),
        half_made_(catalog_),
        admission_(parts.calls_per_array),
        keeper_(parts, catalog_, mounter_, sets_, replicator_, locks_),
        watch_(
            groups_, parts.clock, [this] { return watched_mounts(); },
            [this](const catalog::Volume& volume, const Deadline& deadline) { take_up_group(volume, deadline); }),
        clean_up_period_(parts.clean_up_period) {}

  ~VolumeServiceImpl() override { stop(Deadline::after(clock_, Millis(0))); }

  void start() override {
    for (const auto& each : catalog_.arrays())
      each->start([this, key = each->key()](array::Array& array) { keeper_.identify(array, key); },
                  [this, key = each->key()](array::Array& array, const Deadline& deadline) {
                    greet(array, key, deadline);
                    sweep(array, key, deadline);
                    watch_.look_again();
                    wake_cleaner();
                  });
    watch_.start();
    cleaner_ = std::thread([this] { clean_up_until_stopped(); });
  }

  void stop(const Deadline& deadline) override {
    if (stopping_.exchange(true)) return;
    wake_cleaner();
    watch_.stop();
    if (cleaner_.joinable()) cleaner_.join();
    for (const auto& each : catalog_.arrays()) each->stop();
    log_out(deadline.sooner(kLogOut));
  }

  void create(const std::string& name, const RawOptions& options, const Deadline& deadline) override;
  void remove(const std::string& name, const std::string& engine, const Deadline& deadline) override;
  MountTicket mount(const std::string& name, const MountUser& user, const Deadline& deadline) override;
  void unmount(const std::string& name, const std::string& id, const Deadline& deadline) override;
  std::string find_path(const std::string& name, const Deadline& deadline) override;
  VolumeInfo get(const std::string& name, std::optional<int> process, const Deadline& deadline) override;
  VolumeList list(const Deadline& deadline) override;
  std::string array_of(const std::string& name) override;
  std::vector<BackendInfo> backends() override;
  ServiceStatus status() override;

 private:
  KeyedMutex::Guard lock(const std::string& name, const Deadline& deadline) {
    return locks_.lock("volume " + name, deadline);
  }
  void log_out(const Deadline& deadline);
  std::optional<Admission::Pass> admit(const std::string& array_key);
  std::optional<Admission::Pass> admit_to_array_of(const std::string& name);
  void greet(array::Array& array, const std::string& key, const Deadline& deadline);
  std::string array_name(const std::string& key);
  void finish(const std::string& name, const Deadline& deadline);
  bool outlived_removal(const journal::UnfinishedVolume& row, const Deadline& deadline);
  void open_ticket(const std::string& uuid, const std::string& id, bool new_id);
  bool close_ticket(const std::string& uuid, const std::string& id, bool delivered);
  void settle_ticket(const std::string& name, const std::string& uuid, const std::string& id, bool delivered);
  std::vector<WatchedMount> watched_mounts();
  void take_up_group(const catalog::Volume& volume, const Deadline& deadline);
  std::optional<MountRecord> row_of(const catalog::Volume& volume);
  bool is_half_made(const catalog::Volume& volume, const Deadline& deadline);
  void show_ours_first(std::vector<catalog::Volume>& all);
  std::vector<std::string> exports_of(const MountRecord& row);
  VolumeInfo describe(const std::vector<catalog::Volume>& all, ArrayFacts array, std::optional<MountRecord> row,
                      std::optional<int> process);

  void clean_up_until_stopped();
  void clean_up();
  void clean_up_mount(const MountRecord& row);
  void clean_up_aside(const MountRecord& row);
  void tend(const MountRecord& row);
  void clean_up_creation(const journal::UnfinishedVolume& row);
  bool mounts_from(const std::string& array_key) const;
  void sweep(array::Array& array, const std::string& key, const Deadline& deadline);
  bool answers(const std::string& array_key);
  Deadline clean_up_deadline() {
    return Deadline::after(clock_, kCleanUpBudget, CancelToken([this] { return stopping_.load(); }));
  }
  void wake_cleaner() {
    {
      const std::lock_guard hold(cleaner_mutex_);
      cleaner_wanted_ = true;
    }
    cleaner_wake_.notify_all();
  }

  const config::Config& config_;
  Clock& clock_;
  catalog::Catalog catalog_;
  GroupTakes takes_;
  GroupSight groups_;
  Mounter mounter_;
  Replicator replicator_;
  SetKeeper sets_;
  Creator creator_;
  Remover remover_;
  HalfMade half_made_;
  Admission admission_;
  KeyedMutex locks_;
  ArrayKeeper keeper_;
  GroupWatch watch_;

  /// Answers to Mounts of one id that are still on their way.
  struct Ticket {
    int open = 0;
    bool undo = false;  ///< the id is new, and nobody knows of it yet
  };
  std::mutex tickets_mutex_;
  std::map<std::pair<std::string, std::string>, Ticket> tickets_;  // by uuid and id

  const Millis clean_up_period_;
  std::atomic<bool> stopping_ = false;
  std::mutex cleaner_mutex_;
  std::condition_variable cleaner_wake_;
  bool cleaner_wanted_ = false;
  std::thread cleaner_;
};

// At the same time, so that an array that hangs does not take the others' share.
void VolumeServiceImpl::log_out(const Deadline& deadline) {
  std::vector<std::future<void>> ends;
  for (const auto& each : catalog_.arrays())
    ends.push_back(std::async(std::launch::async,
                              [&deadline, &array = each->array()] { array.close_idle_sessions(true, deadline); }));
  for (std::future<void>& end : ends) end.wait();
}

// Threads are shared by all arrays; with one there is nobody to keep some for.
std::optional<Admission::Pass> VolumeServiceImpl::admit(const std::string& array_key) {
  catalog::ArrayCatalog* const array = catalog_.find_array(array_key);
  if (array == nullptr || catalog_.arrays().size() < 2) return std::nullopt;
  std::optional<Admission::Pass> pass = admission_.try_enter(array_key);
  if (pass) return pass;
  const array::ArrayStatus status = array->status();
  throw Error(ErrorKind::resource_exhausted,
              "array " + display_name(status, array_key) + " (" + array->role() +
                  ") is busy: " + std::to_string(admission_.most()) + " calls wait for it already" +
                  (status.reason.empty() ? "" : " (" + status.reason + ")") + "; retry later");
}

std::optional<Admission::Pass> VolumeServiceImpl::admit_to_array_of(const std::string& name) {
  if (const std::optional<MountRecord> row = mounter_.find(name)) return admit(row->array);
  const std::optional<catalog::Volume> known = catalog_.find_known(name);
  return known ? admit(known->array) : std::nullopt;
}

bool VolumeServiceImpl::mounts_from(const std::string& array_key) const {
  return std::any_of(config_.backends.begin(), config_.backends.end(), [&](const auto& backend) {
    const bool uses_it = backend.array == array_key || (backend.replication && backend.replication->array == array_key);
    return uses_it && backend.transport == config::Transport::loop;
  });
}

// A host that cannot be set up on the array stands in the way of mounts, which will say so, and of nothing else.
// Only hosts of the transport that this version attaches with are made known.
void VolumeServiceImpl::greet(array::Array& array, const std::string& key, const Deadline& deadline) {
  if (!mounts_from(key)) return;
  try {
    mounter_.learn_host(array, key, deadline.sooner(kGreet));
  } catch (const Error& error) {
    log(LogLevel::warning, "this host is not known to the array yet; each mount tries to make it known",
        {{"array", array.name()}, {"reason", error.what()}});
  }
}

// ---- create and remove ----

void VolumeServiceImpl::create(const std::string& name, const RawOptions& raw, const Deadline& deadline) {
  if (asks_for_backends(raw)) {
    std::vector<BackendLine> lines;
    for (const BackendInfo& backend : backends()) lines.push_back(to_line(backend));
    throw Error(ErrorKind::invalid_argument, backends_text(lines));
  }
  const VolumeOptions options = parse_options(raw, config_);
  catalog::check_volume_name(name);
  const auto pass = admit(config_.find_backend(options.backend)->array);
  const auto guard = lock(name, deadline);
  creator_.create(name, raw, options, deadline);
}

void VolumeServiceImpl::remove(const std::string& name, const std::string& engine, const Deadline& deadline) {
  catalog::check_volume_name(name);
  const auto pass = admit_to_array_of(name);
  const auto guard = lock(name, deadline);
  mounter_.release_for_removal(name, engine, deadline);
  // Not from the cache: the array volume of that name may be somebody else's by now.
  const std::optional<catalog::Volume> volume = catalog_.read(name, kJustNow, deadline);
  if (!volume) return;
  remover_.remove(*volume, deadline);
  catalog_.array(volume->array).erase(volume->array_volume);
  crash_point("remove.forgotten");
}

// ---- mount and unmount ----

MountTicket VolumeServiceImpl::mount(const std::string& name, const MountUser& user, const Deadline& deadline) {
  catalog::check_volume_name(name);
  const std::string& id = user.id;
  if (id.empty()) throw Error(ErrorKind::invalid_argument, "the request has no mount ID");
  const auto pass = admit_to_array_of(name);
  const auto guard = lock(name, deadline);
  finish(name, deadline);
  const Mounter::Mounted mounted = mounter_.mount(name, user, deadline);
  open_ticket(mounted.uuid, id, mounted.new_id);
  mounter_.table().note_answer(mounted.uuid, id);
  crash_point("mount.answering");
  return {mounted.mountpoint,
          [this, name, id, uuid = mounted.uuid](bool delivered) { settle_ticket(name, uuid, id, delivered); }};
}

// A volume that is still being made, or unmade, is no volume yet.
void VolumeServiceImpl::finish(const std::string& name, const Deadline& deadline) {
  const std::optional<journal::UnfinishedVolume> row = sets_.find(name);
  if (!row) return;
  try {
    // Nothing of it is there, but another host's volume of that name may be.
    if (sets_.settle(*row, deadline) == UnfinishedAction::wait) return;
  } catch (const Error&) {
    if (!outlived_removal(*row, deadline)) throw;
    return sets_.end(row->uuid);
  }
  if (sets_.hides(row->uuid)) throw Error(ErrorKind::not_found, "there is no volume " + name);
}

// Its own array is away, and the other one took the group over with the volume in it: so the volume had not left the
// group, which is where a removal begins, and it is to be had there.
bool VolumeServiceImpl::outlived_removal(const journal::UnfinishedVolume& row, const Deadline& deadline) {
  const std::optional<catalog::Volume> known = catalog_.find_known(row.volume);
  if (row.state != journal::UnfinishedVolume::State::removing || row.group.empty() || !known ||
      known->record.uuid != row.uuid)
    return false;
  const replication::SetView view = groups_.look(*known, deadline).view;
  return view.own.answer == replication::Side::Answer::silent &&
         replication::taker_of(view, std::nullopt) == replication::Site::peer;
}

void VolumeServiceImpl::open_ticket(const std::string& uuid, const std::string& id, bool new_id) {
  const std::lock_guard hold(tickets_mutex_);
  Ticket& ticket = tickets_[{uuid, id}];
  ++ticket.open;
  ticket.undo = ticket.undo || new_id;
}

// True if nobody learned of the mount for this id, and nobody is about to: a repeated Mount has the same id.
bool VolumeServiceImpl::close_ticket(const std::string& uuid, const std::string& id, bool delivered) {
  const std::lock_guard hold(tickets_mutex_);
  const auto ticket = tickets_.find({uuid, id});
  if (delivered) ticket->second.undo = false;
  if (--ticket->second.open > 0) return false;
  const bool undo = ticket->second.undo;
  tickets_.erase(ticket);
  return undo;
}

void VolumeServiceImpl::settle_ticket(const std::string& name, const std::string& uuid, const std::string& id,
                                      bool delivered) {
  try {
    if (delivered) {
      close_ticket(uuid, id, true);
      mounter_.table().confirm(uuid, id);
      crash_point("mount.confirmed");
      return;
    }
    const Deadline deadline = Deadline::after(clock_, kCleanUpBudget);
    const auto guard = lock(name, deadline);  // no Mount can come in between
    if (!close_ticket(uuid, id, false)) return;
    mounter_.table().forget_answer(uuid, id);
    log(LogLevel::warning, "the caller of a mount hung up; undoing it", {{"volume", name}, {"id", id.substr(0, 12)}});
    mounter_.unmount(name, id, deadline);
  } catch (const std::exception& error) {
    log(LogLevel::warning, "mount not settled", {{"volume", name}, {"reason", error.what()}});
  }
}

void VolumeServiceImpl::unmount(const std::string& name, const std::string& id, const Deadline& deadline) {
  catalog::check_volume_name(name);
  if (id.empty()) throw Error(ErrorKind::invalid_argument, "the request has no mount ID");
  const auto guard = lock(name, deadline);
  mounter_.unmount(name, id, deadline);
}

// ---- looking ----

std::string VolumeServiceImpl::find_path(const std::string& name, const Deadline& deadline) {
  catalog::check_volume_name(name);
  const std::optional<MountRecord> row = mounter_.find(name);
  if (row && mounter_.is_mounted(*row)) return row->mountpoint;
  return get(name, std::nullopt, deadline).mountpoint;
}

VolumeInfo VolumeServiceImpl::get(const std::string& name, std::optional<int> process, const Deadline& deadline) {
  catalog::check_volume_name(name);
  catalog::Catalog::Found found = catalog_.look_up(name, deadline);
  std::vector<catalog::Volume> all = std::move(found.others);
  if (found.volume) all.insert(all.begin(), *found.volume);
  show_ours_first(all);
  if (all.empty() || is_half_made(all.front(), deadline))
    throw Error(ErrorKind::not_found, "there is no volume " + name);
  const catalog::Volume& shown = all.front();
  if (!shown.record.group.empty()) watch_.see(shown, kGroupPatience);
  const array::ArrayStatus status = catalog_.array(shown.array).array().status();
  const bool up = status.state == array::ArrayStatus::State::up;  // it was only too slow for this look
  const bool asked = shown.array == found.volume->array;
  return describe(
      all,
      {display_name(status, shown.array), asked ? found.stale_because : status.reason, up ? shown.seen : status.since},
      row_of(shown), process);
}

// Before it is said that there is none, the array is asked again: it may have been finished since.
bool VolumeServiceImpl::is_half_made(const catalog::Volume& volume, const Deadline& deadline) {
  int asks = 1;
  if (!half_made_.includes(volume, asks, deadline)) return false;
  try {
    const auto now = catalog_.array(volume.array).fetch(volume.array_volume, deadline.sooner(kGroupPatience));
    return !now || half_made_.includes(*now, asks, deadline);
  } catch (const Error&) {
    return false;
  }
}

VolumeList VolumeServiceImpl::list(const Deadline& deadline) {
  catalog::Catalog::Listing listing = catalog_.list(deadline);
  std::map<std::string, MountRecord> rows;
  for (MountRecord& row : mounter_.all()) rows.emplace(row.uuid, std::move(row));
  VolumeList list;
  std::map<std::string, ArrayFacts> arrays;
  for (const auto& each : catalog_.arrays()) {
    const array::ArrayStatus status = each->status();
    const auto& unlisted = listing.silent_arrays;
    const bool listed = std::find(unlisted.begin(), unlisted.end(), each->key()) == unlisted.end();
    const ArrayFacts facts = facts_of(status, each->key(), listed);
    arrays.emplace(each->key(), facts);
    if (facts.silent_reason.empty() || each->is_twin()) continue;
    ArrayInfo& silent = list.silent_arrays.emplace_back(describe_array(status, each->key(), each->backends()));
    silent.reason = facts.silent_reason;
  }
  int asks = kMostMarks;
  std::map<std::string, std::vector<catalog::Volume>> others;
  for (catalog::Volume& volume : listing.others) others[volume.record.name].push_back(std::move(volume));
  for (catalog::Volume& volume : listing.volumes) {
    std::vector<catalog::Volume> all;
    if (const auto more = others.find(volume.record.name); more != others.end()) all = std::move(more->second);
    all.insert(all.begin(), std::move(volume));
    show_ours_first(all);
    if (all.empty() || half_made_.includes(all.front(), asks, deadline)) continue;
    const auto row = rows.find(all.front().record.uuid);
    list.volumes.push_back(describe(all, arrays.at(all.front().array),
                                    row == rows.end() ? std::nullopt : std::optional(row->second), std::nullopt));
  }
  return list;
}

std::optional<MountRecord> VolumeServiceImpl::row_of(const catalog::Volume& volume) {
  std::optional<MountRecord> row = mounter_.find(volume.record.name);
  if (row && row->uuid != volume.record.uuid) row.reset();  // another volume of that name
  return row;
}

std::vector<WatchedMount> VolumeServiceImpl::watched_mounts() {
  std::vector<WatchedMount> mounts;
  for (const MountRecord& row : mounter_.all()) {
    if (!is_in_use(row)) continue;
    std::optional<catalog::Volume> known = catalog_.find_known(row.volume);
    if (!known || known->record.uuid != row.uuid || known->record.group.empty()) continue;
    const config::BackendConfig* const backend = config_.find_backend(known->backend);
    if (backend != nullptr && backend->replication) {
      const bool both = mounter_.second_of(row).has_value();
      mounts.push_back({std::move(*known), row.array, both});
    }
  }
  return mounts;
}

void VolumeServiceImpl::take_up_group(const catalog::Volume& volume, const Deadline& deadline) {
  try {
    replicator_.take_up_group(volume, deadline);
  } catch (const Error& error) {
    log(LogLevel::debug, "no look for who works on a group",
        {{"group", volume.record.group}, {"reason", error.what()}});
  }
}

// Of several volumes with one name, that of which this host has something is the one to be shown.
void VolumeServiceImpl::show_ours_first(std::vector<catalog::Volume>& all) {
  std::erase_if(all, [&](const catalog::Volume& volume) { return sets_.hides(volume.record.uuid); });
  if (all.size() < 2) return;
  std::stable_partition(all.begin(), all.end(), [&](const catalog::Volume& each) { return row_of(each).has_value(); });
}

/// @param all of one name; the first is shown
VolumeInfo VolumeServiceImpl::describe(const std::vector<catalog::Volume>& all, ArrayFacts array,
                                       std::optional<MountRecord> row, std::optional<int> process) {
  const catalog::Volume& volume = all.front();
  NameFacts name;
  if (all.size() > 1) name.ambiguous_because = catalog_.why_ambiguous(volume.record.name, all);
  for (const catalog::Volume& other : all)
    if (&other != &volume) name.others.push_back({array_name(other.array), other.backend, other.array_volume});
  bool mounted = row && mounter_.has_mount(*row);
  if (row && row->state == journal::MountState::mounted && !mounted) {
    // Somebody may be unmounting it just now: then its row said so before its mount went.
    row = row_of(volume);
    mounted = row && mounter_.has_mount(*row);
  }
  HostFacts here{row, mounted, ""};
  std::optional<ReplicationInfo> replication;
  if (!volume.record.group.empty()) {
    const config::BackendConfig* const backend = config_.find_backend(volume.backend);
    const std::optional<GroupSighting> seen = groups_.find(volume.record.uuid);
    replication = describe_replication(volume, backend, seen);
    if (is_served(seen)) array.silent_reason.clear();
    if (row) replication->exports = exports_of(*row);
    if (mounted && seen && replication->exports.size() < 2)
      here.orphaned_because = replication::why_orphaned(seen->view, groups_.site_of(volume, row->array));
  }
  VolumeInfo info = describe_volume(volume, array, name, here);
  info.replication = std::move(replication);
  if (!mounted) return info;
  if (info.last_error.empty() && info.replication) info.last_error = why_half(*info.replication);
  const std::string hidden = mounter_.why_not_seen(*row, process);
  if (!hidden.empty()) info.last_error = hidden;
  return info;
}

// The arrays from which this host has the volume.
std::vector<std::string> VolumeServiceImpl::exports_of(const MountRecord& row) {
  std::vector<std::string> names = {array_name(row.array)};
  if (const auto second = mounter_.second_of(row)) names.push_back(array_name(second->array));
  std::sort(names.begin(), names.end());
  return names;
}

std::string VolumeServiceImpl::array_of(const std::string& name) {
  if (const std::optional<MountRecord> row = mounter_.find(name)) return array_name(row->array);
  const std::optional<catalog::Volume> known = catalog_.find_known(name);
  if (!known) return "";
  const std::optional<GroupSighting> seen = groups_.find(known->record.uuid);
  const auto owner = seen ? replication::fold(seen->view).owner : std::nullopt;
  return owner ? seen->view.at(*owner).array : array_name(known->array);
}

// One that hpe.conf does not name any more has only its address.
std::string VolumeServiceImpl::array_name(const std::string& key) {
  catalog::ArrayCatalog* array = catalog_.find_array(key);
  return array ? display_name(array->array().status(), key) : key;
}

std::vector<BackendInfo> VolumeServiceImpl::backends() {
  std::vector<BackendInfo> infos;
  for (const config::BackendConfig& backend : config_.backends) {
    catalog::ArrayCatalog& array = catalog_.array(backend.array);
    BackendInfo& info = infos.emplace_back();
    info.name = backend.name;
    info.transport = config::to_string(backend.transport);
    info.is_default = backend.name == config_.default_backend().name;
    info.cpgs = backend.cpgs;
    info.array = describe_array(array.status(), array.key(), array.backends());
  }
  return infos;
}

ServiceStatus VolumeServiceImpl::status() {
  ServiceStatus status;
  status.state = "running";
  for (const auto& each : catalog_.arrays())
    status.arrays.push_back(describe_array(each->status(), each->key(), each->backends()));
  for (const MountRecord& row : mounter_.all()) {
    if (is_in_use(row)) {
      if (mounter_.has_mount(row)) ++status.mounted_volumes;
    } else if (!is_aside(row) || row.state != journal::MountState::mounted) {
      status.clean_up.push_back(describe_work(row, array_name(row.array)));
    }
  }
  for (const journal::UnfinishedVolume& row : sets_.all())
    status.clean_up.push_back(describe_work(row, array_name(row.array)));
  for (const replication::LoggedLock& lock : replicator_.held_locks()) status.clean_up.push_back(describe_work(lock));
  return status;
}

// ---- background ----

void VolumeServiceImpl::clean_up_until_stopped() {
  SteadyTime sessions_at = clock_.now() + kSessionPeriod;
  while (!stopping_) {
    try {
      clean_up();
      if (clock_.now() >= sessions_at) {
        sessions_at = clock_.now() + kSessionPeriod;
        for (const auto& each : catalog_.arrays())
          if (answers(each->key())) each->array().close_idle_sessions(false, Deadline::after(clock_, Millis(5'000)));
      }
    } catch (const std::exception& error) {
      log(LogLevel::error, "clean-up interrupted", {{"reason", error.what()}});
    }
    std::unique_lock hold(cleaner_mutex_);
    cleaner_wake_.wait_for(hold, clean_up_period_, [this] { return cleaner_wanted_ || stopping_.load(); });
    cleaner_wanted_ = false;
  }
}

void VolumeServiceImpl::clean_up() {
  try {
    mounter_.retry_writes();
    sets_.retry_erasures();
  } catch (const Error& error) {
    log(LogLevel::debug, "journal not written, will be retried", {{"reason", error.what()}});
  }
  for (const MountRecord& row : mounter_.all()) {
    if (stopping_) return;
    if (is_aside(row)) {
      clean_up_aside(row);
    } else if (!is_in_use(row)) {
      clean_up_mount(row);
    } else {
      tend(row);
    }
  }
  for (const auto& each : catalog_.arrays())
    if (!stopping_ && answers(each->key())) replicator_.settle(each->array(), clean_up_deadline());
  for (const journal::UnfinishedVolume& row : sets_.all()) {
    if (stopping_) return;
    if (answers(row.array)) clean_up_creation(row);
  }
  for (const auto& each : catalog_.arrays())
    if (answers(each->key())) sweep(each->array(), each->key(), clean_up_deadline());
}

bool VolumeServiceImpl::answers(const std::string& array_key) {
  catalog::ArrayCatalog* array = catalog_.find_array(array_key);
  return array && array->array().status().state == array::ArrayStatus::State::up;
}

void VolumeServiceImpl::clean_up_mount(const MountRecord& row) {
  const auto guard = locks_.try_lock("volume " + row.volume);
  if (!guard) return;
  const std::optional<MountRecord> now = mounter_.find(row.volume);
  if (!now || now->uuid != row.uuid) return;
  // Only the last step needs the array; without it there is no point in asking one that is known to be silent.
  if (now->state == journal::MountState::unexporting && catalog_.find_array(row.array) && !answers(row.array)) return;
  try {
    mounter_.settle(row.volume, clean_up_deadline());
    if (!mounter_.find(row.volume))
      log(LogLevel::info, "released what was left of a volume", {{"volume", row.volume}, {"wwn", row.wwn}});
  } catch (const std::exception& error) {
    log(LogLevel::debug, "clean-up not finished, will be retried", {{"volume", row.volume}, {"reason", error.what()}});
  }
}

void VolumeServiceImpl::clean_up_aside(const MountRecord& row) {
  const auto guard = locks_.try_lock("volume " + row.volume);
  if (!guard || !answers(row.array)) return;
  try {
    if (mounter_.settle_aside(row, clean_up_deadline()))
      log(LogLevel::info, "removed the export that was left on an array that was away",
          {{"volume", row.volume}, {"array", row.array}});
  } catch (const std::exception& error) {
    log(LogLevel::debug, "clean-up not finished, will be retried", {{"volume", row.volume}, {"reason", error.what()}});
  }
}

// What the arrays said last tells whether there is something to do; what is done is decided by what they say now.
void VolumeServiceImpl::tend(const MountRecord& row) {
  const std::optional<GroupSighting> seen = groups_.find(row.uuid);
  if (!seen || !mounter_.is_to_be_tended(row, seen->view)) return;
  const auto guard = locks_.try_lock("volume " + row.volume);
  if (!guard) return;
  try {
    mounter_.tend(row.volume, clean_up_deadline());
  } catch (const std::exception& error) {
    log(LogLevel::debug, "exports not tended, will be retried", {{"volume", row.volume}, {"reason", error.what()}});
  }
}

void VolumeServiceImpl::clean_up_creation(const journal::UnfinishedVolume& row) {
  const auto guard = locks_.try_lock("volume " + row.volume);
  if (!guard) return;
  const std::optional<journal::UnfinishedVolume> now = sets_.find(row.volume);
  if (!now || now->uuid != row.uuid) return;
  try {
    sets_.settle(*now, clean_up_deadline());
  } catch (const std::exception& error) {
    log(LogLevel::debug, "clean-up not finished, will be retried", {{"volume", row.volume}, {"reason", error.what()}});
  }
}

// What other transports have attached cannot be seen by this version.
void VolumeServiceImpl::sweep(array::Array& array, const std::string& key, const Deadline& deadline) {
  if (!mounts_from(key)) return;
  try {
    keeper_.sweep(array, key, deadline.sooner(kCleanUpBudget));
  } catch (const std::exception& error) {
    log(LogLevel::debug, "array not swept, will be retried", {{"array", key}, {"reason", error.what()}});
  }
}

}  // namespace

std::unique_ptr<VolumeService> make_volume_service(const Parts& parts, std::vector<catalog::ArrayConfig> arrays) {
  return std::make_unique<VolumeServiceImpl>(parts, std::move(arrays));
}

}  // namespace hpe3par::volumes
