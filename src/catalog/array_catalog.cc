#include <algorithm>

#include "group_book.h"
#include "home.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/catalog/catalog.h"

namespace hpe3par::catalog {
namespace {

constexpr Millis kListBudget{60'000};
constexpr Millis kConnectBudget{15'000};  // an array that does not manage this is lost
constexpr Millis kFirstRetry{500};
constexpr Millis kLastRetry{10'000};
constexpr Millis kRaceWindow{180'000};  // longer than any request

// A row in the stored cache that is no volume: its `seen` tells when the array was last listed whole for the first time
// in a daemon's life. No array volume can have this name.
constexpr const char* kListedMark = ".";

journal::CachedVolume listed_mark(const std::string& array, WallTime now) {
  journal::CachedVolume mark;
  mark.array = array;
  mark.array_volume = kListedMark;
  mark.seen = now;
  return mark;
}

journal::CachedVolume to_cached(const Volume& volume) {
  journal::CachedVolume cached;
  cached.array = volume.array;
  cached.array_volume = volume.array_volume;
  cached.backend = volume.backend;
  cached.volume = volume.record.name;
  cached.uuid = volume.record.uuid;
  cached.wwn = volume.wwn;
  cached.size_mib = volume.size_mib;
  cached.comment = volume.comment;
  cached.created = volume.created;
  cached.seen = volume.seen;
  return cached;
}

bool same_facts(const Volume& a, const Volume& b) {
  return a.record == b.record && a.backend == b.backend && a.wwn == b.wwn && a.size_mib == b.size_mib;
}

}  // namespace

ArrayCatalog::ArrayCatalog(ArrayConfig config, std::string volume_namespace, journal::Journal& journal, Clock& clock)
    : config_(std::move(config)), volume_namespace_(std::move(volume_namespace)), journal_(journal), clock_(clock) {
  for (const journal::CachedVolume& cached : journal_.volumes()) {
    // A row that was never seen is the intent of a Create that died; the first listing tells what became of it.
    if (cached.array != config_.key || cached.seen == WallTime()) continue;
    if (cached.array_volume == kListedMark) {
      listed_before_ = true;
      continue;
    }
    array::ArrayVolume known;
    known.name = cached.array_volume;
    known.wwn = cached.wwn;
    known.size_mib = cached.size_mib;
    known.comment = cached.comment;
    known.created = cached.created;
    if (std::optional<Volume> volume = to_readable_volume(known)) {
      volume->seen = cached.seen;
      index(*volume);
      by_array_volume_[volume->array_volume] = *volume;
    }
  }
}

ArrayCatalog::~ArrayCatalog() {
  stop();
}

void ArrayCatalog::start(std::function<void(array::Array&)> on_reached,
                         std::function<void(array::Array&, const Deadline&)> on_connected) {
  on_reached_ = std::move(on_reached);
  on_connected_ = std::move(on_connected);
  wanted_ = true;
  thread_ = std::thread([this] { run(); });
}

void ArrayCatalog::stop() {
  {
    const std::lock_guard hold(mutex_);  // else the notice could fall between the thread's look and its wait
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::optional<Volume> ArrayCatalog::find(const std::string& name) {
  const std::lock_guard hold(mutex_);
  const auto found = array_volumes_by_name_.find(name);
  if (found == array_volumes_by_name_.end()) return std::nullopt;
  return preferred(name, found->second);
}

std::vector<Volume> ArrayCatalog::find_all(const std::string& name) {
  const std::lock_guard hold(mutex_);
  std::vector<Volume> volumes;
  const auto found = array_volumes_by_name_.find(name);
  if (found != array_volumes_by_name_.end()) append_all(name, found->second, volumes);
  return volumes;
}

std::vector<Volume> ArrayCatalog::all() {
  const std::lock_guard hold(mutex_);
  std::vector<Volume> volumes;
  for (const auto& [name, array_volumes] : array_volumes_by_name_) append_all(name, array_volumes, volumes);
  return volumes;
}

std::optional<Volume> ArrayCatalog::find_copy(const std::string& name) {
  const std::lock_guard hold(mutex_);
  const auto found = copies_by_name_.find(name);
  return found == copies_by_name_.end() ? std::nullopt : std::optional(by_array_volume_.at(found->second));
}

std::vector<Volume> ArrayCatalog::all_copies() {
  const std::lock_guard hold(mutex_);
  std::vector<Volume> copies;
  for (const auto& [name, array_volume] : copies_by_name_) copies.push_back(by_array_volume_.at(array_volume));
  return copies;
}

std::string ArrayCatalog::role() const {
  if (!config_.backends.empty()) return "backend " + config_.backends.front();
  return "the peer of backend " + (config_.peer_of.empty() ? "?" : config_.peer_of.begin()->first);
}

// The preferred one first.
void ArrayCatalog::append_all(const std::string& name, const std::set<std::string>& array_volumes,
                              std::vector<Volume>& volumes) const {
  const Volume& first = preferred(name, array_volumes);
  volumes.push_back(first);
  for (const std::string& array_volume : array_volumes)
    if (array_volume != first.array_volume) volumes.push_back(by_array_volume_.at(array_volume));
}

std::optional<Volume> ArrayCatalog::fetch(const std::string& array_volume, const Deadline& deadline) {
  const SteadyTime began = clock_.now();
  const std::optional<array::ArrayVolume> found = array().find_volume(array_volume, deadline);
  std::optional<Volume> volume = found ? to_volume(*found) : std::nullopt;
  if (volume && is_group_unknown(*volume)) learn_groups_if_any(deadline);
  if (volume) join_group(*volume);
  if (!volume) {
    if (!was_changed_since(array_volume, began)) erase(array_volume);
    return std::nullopt;
  }
  volume->seen = clock_.wall();
  volume->confirmed = clock_.now();
  if (!was_changed_since(array_volume, began)) put(*volume);
  return volume;
}

// Somebody created, removed or listed it while the array was asked: that is newer than this answer.
bool ArrayCatalog::was_changed_since(const std::string& array_volume, SteadyTime began) {
  const std::lock_guard hold(mutex_);
  const auto later = [&](const std::map<std::string, SteadyTime>& times) {
    const auto at = times.find(array_volume);
    return at != times.end() && at->second > began;
  };
  return later(changed_at_) || later(erased_at_) || (listed_at_ && *listed_at_ > began);
}

bool ArrayCatalog::refresh(Millis max_age, const Deadline& deadline) {
  std::unique_lock hold(mutex_);
  const auto recent = [&] { return listed_at_ && clock_.now() - *listed_at_ <= max_age; };
  if (recent()) return true;
  const SteadyTime asked = clock_.now();
  const std::uint64_t attempt = attempts_;
  const bool young = listing_since_ && asked - *listing_since_ <= max_age;
  (young ? wanted_if_it_fails_ : wanted_) = true;
  changed_.notify_all();
  // A listing that began before we asked may be too old by the time it ends; one that began after we asked will do.
  while (!deadline.expired() && !stopping_) {
    if (recent() || (listed_at_ && *listed_at_ >= asked)) return true;
    if (attempts_ >= attempt + 2) return false;
    changed_.wait_for(hold, std::min(Millis(50), deadline.remaining()));
  }
  return recent();
}

void ArrayCatalog::ask_for_listing() {
  {
    const std::lock_guard hold(mutex_);
    (listing_since_ ? wanted_if_it_fails_ : wanted_) = true;
  }
  changed_.notify_all();
}

bool ArrayCatalog::listed() {
  const std::lock_guard hold(mutex_);
  return listed_at_.has_value();
}

bool ArrayCatalog::listed_since(SteadyTime time) {
  const std::lock_guard hold(mutex_);
  return listed_at_ && *listed_at_ >= time;
}

bool ArrayCatalog::has_legacy() {
  const std::lock_guard hold(mutex_);
  return !legacy_.empty();
}

bool ArrayCatalog::lost() const {
  return failing_ && config_.array->status().state != array::ArrayStatus::State::up;
}

bool ArrayCatalog::silent() const {
  const array::ArrayStatus::State state = config_.array->status().state;
  return state == array::ArrayStatus::State::unreachable || (failing_ && state != array::ArrayStatus::State::up);
}

Millis ArrayCatalog::listing_for() {
  const std::lock_guard hold(mutex_);
  return listing_since_ ? std::chrono::duration_cast<Millis>(clock_.now() - *listing_since_) : Millis::zero();
}

array::ArrayStatus ArrayCatalog::status() const {
  array::ArrayStatus status = config_.array->status();
  if (status.state != array::ArrayStatus::State::up || !status.reason.empty() || !failing_) return status;
  const std::lock_guard hold(mutex_);
  status.reason = failure_;
  return status;
}

void ArrayCatalog::reserve(const Volume& volume) {
  Volume intent = volume;
  intent.seen = WallTime();
  journal_.put(to_cached(intent));
  const std::lock_guard hold(mutex_);
  reserved_.insert(volume.array_volume);
}

void ArrayCatalog::put(const Volume& volume) {
  {
    const std::lock_guard hold(mutex_);
    const auto known = by_array_volume_.find(volume.array_volume);
    // What reserve() wrote has to be overwritten even if nothing else is new.
    const bool stored = reserved_.erase(volume.array_volume) == 0 && known != by_array_volume_.end() &&
                        same_facts(known->second, volume);
    const bool moved = known != by_array_volume_.end() &&
                       (known->second.record.name != volume.record.name || known->second.is_copy() != volume.is_copy());
    if (moved) unindex(volume.array_volume);
    index(volume);
    by_array_volume_[volume.array_volume] = volume;
    changed_at_[volume.array_volume] = clock_.now();
    erased_at_.erase(volume.array_volume);
    if (stored) return;
    ++edits_;
  }
  store(volume);
}

void ArrayCatalog::erase(const std::string& array_volume) {
  {
    const std::lock_guard hold(mutex_);
    const SteadyTime now = clock_.now();
    // Names that never existed are asked for too; nothing that began before them is still under way.
    std::erase_if(erased_at_, [&](const auto& entry) { return now - entry.second > kRaceWindow; });
    erased_at_[array_volume] = now;
    if (!by_array_volume_.contains(array_volume)) return;
    ++edits_;
    unindex(array_volume);
    by_array_volume_.erase(array_volume);
    changed_at_.erase(array_volume);
  }
  try {
    journal_.erase_volume(key(), array_volume);
  } catch (const Error& error) {
    log(LogLevel::warning, "volume cache not updated", {{"array_volume", array_volume}, {"reason", error.what()}});
  }
}

void ArrayCatalog::store(const Volume& volume) {
  // The cache decides nothing; failing a request because it is not writable would help nobody.
  try {
    journal_.put(to_cached(volume));
  } catch (const Error& error) {
    log(LogLevel::warning, "volume cache not updated", {{"volume", volume.record.name}, {"reason", error.what()}});
  }
}

void ArrayCatalog::index(const Volume& volume) {
  if (volume.is_copy()) {
    copies_by_name_[volume.record.name] = volume.array_volume;
    return;
  }
  array_volumes_by_name_[volume.record.name].insert(volume.array_volume);
  if (volume.record.legacy) legacy_.insert(volume.array_volume);
}

void ArrayCatalog::unindex(const std::string& array_volume) {
  legacy_.erase(array_volume);
  const auto known = by_array_volume_.find(array_volume);
  if (known == by_array_volume_.end()) return;
  const auto copy = copies_by_name_.find(known->second.record.name);
  if (copy != copies_by_name_.end() && copy->second == array_volume) copies_by_name_.erase(copy);
  const auto named = array_volumes_by_name_.find(known->second.record.name);
  if (named == array_volumes_by_name_.end()) return;
  named->second.erase(array_volume);
  if (named->second.empty()) array_volumes_by_name_.erase(named);
}

const Volume& ArrayCatalog::preferred(const std::string& name, const std::set<std::string>& array_volumes) const {
  const auto own = array_volumes.find(array_volume_name(volume_namespace_, name));
  return by_array_volume_.at(own != array_volumes.end() ? *own : *array_volumes.begin());
}

std::optional<Volume> ArrayCatalog::to_readable_volume(const array::ArrayVolume& from) {
  try {
    return to_volume(from);
  } catch (const Error& error) {
    log(LogLevel::warning, "volume left out",
        {{"array", key()}, {"array_volume", from.name}, {"reason", error.what()}});
    return std::nullopt;
  }
}

std::optional<Volume> ArrayCatalog::to_volume(const array::ArrayVolume& from) {
  std::optional<VolumeRecord> record = decode_record(from.comment);
  if (!record || record->volume_namespace != volume_namespace_) return std::nullopt;
  if (from.name != array_volume_of(*record)) {
    report_misnamed(from.name, *record);
    return std::nullopt;
  }
  Volume volume;
  volume.array = key();
  volume.array_volume = from.name;
  const std::optional<Home> home =
      home_of(*record, array().status().serial_number, {config_.backends, config_.peer_of});
  if (!home) return std::nullopt;
  volume.backend = home->backend;
  volume.home = home->array;
  volume.record = std::move(*record);
  volume.comment = from.comment;
  volume.wwn = from.wwn;
  volume.size_mib = from.size_mib;
  volume.cpg = from.cpg;
  volume.snap_cpg = from.snap_cpg;
  volume.group = from.group;
  volume.in_no_group = from.in_no_group;
  volume.copy_kind = from.copy_kind;
  volume.created = from.created;
  return volume;
}

void ArrayCatalog::join_group(Volume& volume) {
  const std::lock_guard hold(mutex_);
  catalog::join_group(volume, groups_);
}

bool ArrayCatalog::is_group_unknown(const Volume& volume) {
  const std::lock_guard hold(mutex_);
  return catalog::is_group_unknown(volume, groups_);
}

// An array that was never licensed to replicate may refuse to tell of groups, and has none.
void ArrayCatalog::learn_groups_if_any(const Deadline& deadline) {
  try {
    learn_groups(deadline);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::unavailable || error.kind() == ErrorKind::deadline_exceeded) throw;
    log(LogLevel::warning, "an array does not tell of its remote copy groups, so it counts as having none",
        {{"array", key()}, {"reason", error.what()}});
  }
}

void ArrayCatalog::learn_groups(const Deadline& deadline) {
  GroupBook book = make_group_book(array().list_groups(deadline), config_.backends, config_.targets);
  const std::lock_guard hold(mutex_);
  groups_ = std::move(book);
}

// Somebody copied or renamed a volume on the array, or wrote the comment.
void ArrayCatalog::report_misnamed(const std::string& array_volume, const VolumeRecord& record) {
  {
    const std::lock_guard hold(mutex_);
    if (!misnamed_.insert(array_volume).second) return;
  }
  log(LogLevel::info, "an array volume with the comment of a volume is no volume, because it has another name",
      {{"array", key()},
       {"array_volume", array_volume},
       {"volume", record.name},
       {"would_be", array_volume_of(record)}});
}

Deadline ArrayCatalog::thread_deadline(Millis budget) const {
  return Deadline::after(clock_, budget, CancelToken([this] { return stopping_.load(); }));
}

void ArrayCatalog::run() {
  Millis retry = kFirstRetry;
  while (!stopping_) {
    {
      // Before the listing: whoever asks while it runs may need a newer one.
      const std::lock_guard hold(mutex_);
      wanted_ = false;
      listing_since_ = clock_.now();
    }
    bool failed = false;
    try {
      list_once(thread_deadline(kListBudget));
      retry = kFirstRetry;
    } catch (const std::exception& error) {
      if (stopping_) return;
      failed = true;
      log(connected_ ? LogLevel::warning : LogLevel::debug, "array not listed",
          {{"array", key()}, {"reason", error.what()}});
      connected_ = false;
      const std::lock_guard hold(mutex_);
      failure_ = error.what();
      failing_ = true;
      retry = std::min(retry * 2, kLastRetry);
    }
    std::unique_lock hold(mutex_);
    ++attempts_;
    listing_since_.reset();
    // Who saw the failure and asks before this line means the next listing.
    if (failed && wanted_if_it_fails_) wanted_ = true;
    wanted_if_it_fails_ = false;
    changed_.notify_all();
    const SteadyTime resume = clock_.now() + retry;
    while (!stopping_ && !wanted_) {
      // A failed request of anybody else is noticed here too, so that a lost array is looked for until it is back.
      const bool lost = !connected_ || array().status().state != array::ArrayStatus::State::up;
      if (lost && clock_.now() >= resume) break;
      changed_.wait_for(hold, Millis(200));
    }
  }
}

void ArrayCatalog::list_once(const Deadline& deadline) {
  if (!connected_ || array().status().state != array::ArrayStatus::State::up) {
    array().connect(deadline.sooner(kConnectBudget));
    if (on_reached_) on_reached_(array());
  }
  if (!connected_ && on_connected_) on_connected_(array(), deadline);
  connected_ = true;
  const SteadyTime began = clock_.now();
  std::vector<Volume> listed;
  array().list_volumes(
      {std::string(kVolumePrefix)},
      [&](const array::ArrayVolume& from) {
        if (std::optional<Volume> volume = to_readable_volume(from)) listed.push_back(std::move(*volume));
      },
      deadline);
  if (std::any_of(listed.begin(), listed.end(), [this](const Volume& each) { return is_group_unknown(each); }))
    learn_groups_if_any(deadline);
  for (Volume& volume : listed) join_group(volume);
  failing_ = false;
  accept_listing(std::move(listed), began);
}

void ArrayCatalog::accept_listing(std::vector<Volume> listed, SteadyTime began) {
  bool changed = false;
  {
    const std::lock_guard hold(mutex_);
    std::map<std::string, Volume> fresh;
    for (Volume& volume : listed) {
      const auto erased = erased_at_.find(volume.array_volume);
      if (erased != erased_at_.end() && erased->second >= began) continue;
      volume.seen = clock_.wall();
      volume.confirmed = began;
      fresh[volume.array_volume] = std::move(volume);
    }
    // What was put while the listing ran is newer than the listing.
    for (const auto& [array_volume, at] : changed_at_)
      if (at >= began) fresh[array_volume] = by_array_volume_.at(array_volume);
    changed = fresh.size() != by_array_volume_.size() || !listed_at_ ||
              !std::equal(fresh.begin(), fresh.end(), by_array_volume_.begin(), [](const auto& a, const auto& b) {
                return a.first == b.first && same_facts(a.second, b.second);
              });
    by_array_volume_ = std::move(fresh);
    array_volumes_by_name_.clear();
    copies_by_name_.clear();
    legacy_.clear();
    for (const auto& [array_volume, volume] : by_array_volume_) index(volume);
    std::erase_if(changed_at_, [&](const auto& entry) { return entry.second < began; });
    std::erase_if(erased_at_, [&](const auto& entry) { return entry.second < began; });
    listed_at_ = began;
    // Who sees this listing and asks for one means another.
    listing_since_.reset();
    wanted_if_it_fails_ = false;
  }
  changed_.notify_all();
  if (changed) store_all();
}

// Repeated if something was put or erased meanwhile: its own write may have come before ours, which did not know of it.
void ArrayCatalog::store_all() {
  try {
    for (bool again = true; again;) {
      std::vector<journal::CachedVolume> rows = {listed_mark(key(), clock_.wall())};
      std::uint64_t edits = 0;
      {
        const std::lock_guard hold(mutex_);
        edits = edits_;
        for (const auto& [array_volume, volume] : by_array_volume_) rows.push_back(to_cached(volume));
      }
      journal_.replace_volumes(key(), rows);
      const std::lock_guard hold(mutex_);
      again = edits != edits_ && !stopping_;
    }
  } catch (const Error& error) {
    log(LogLevel::warning, "volume cache not updated", {{"array", key()}, {"reason", error.what()}});
  }
}

}  // namespace hpe3par::catalog
