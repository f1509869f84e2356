#include "group_watch.h"

#include <utility>

#include "hpe3par/base/log.h"
#include "hpe3par/replication/serving.h"

namespace hpe3par::volumes {

namespace {

constexpr Millis kPeriod{10'000};
constexpr Millis kBudget{8'000};
constexpr Millis kTakenPeriod{60'000};
constexpr Millis kAct{20'000};

}  // namespace

GroupWatch::GroupWatch(GroupSight& groups, Clock& clock, Mounted mounted, TakeUp take_up)
    : groups_(groups), clock_(clock), mounted_(std::move(mounted)), take_up_(std::move(take_up)) {}

GroupWatch::~GroupWatch() {
  stop();
}

void GroupWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void GroupWatch::stop() {
  {
    const std::lock_guard hold(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool GroupWatch::is_fresh(const std::string& uuid) {
  const std::optional<GroupSighting> seen = groups_.find(uuid);
  return seen && clock_.now() - seen->at < kPeriod;
}

std::optional<GroupSighting> GroupWatch::see(const catalog::Volume& volume, Millis patience) {
  const std::string& uuid = volume.record.uuid;
  if (!is_fresh(uuid)) {
    std::unique_lock hold(mutex_);
    wanted_.emplace(uuid, volume);
    changed_.notify_all();
    changed_.wait_for(hold, patience, [&] { return stopping_ || !wanted_.contains(uuid); });
  }
  return groups_.find(uuid);
}

void GroupWatch::look_again() {
  {
    const std::lock_guard hold(mutex_);
    again_ = true;
  }
  changed_.notify_all();
}

void GroupWatch::run() {
  while (true) {
    bool idle = true;
    try {
      idle = !look_once();
    } catch (const std::exception& error) {
      log(LogLevel::warning, "remote copy groups not looked at", {{"reason", error.what()}});
      const std::lock_guard hold(mutex_);
      wanted_.clear();  // whoever asked has waited in vain
    }
    std::unique_lock hold(mutex_);
    const auto wake = [&] { return stopping_ || again_ || !wanted_.empty(); };
    // What is mounted while nothing was is noticed soon, without a request.
    changed_.wait_for(hold, idle ? Millis(1'000) : kPeriod, wake);
    if (stopping_) return;
  }
}

/// @return false: there was nothing to look at
bool GroupWatch::look_once() {
  const std::vector<WatchedMount> mounts = mounted_();
  std::map<std::string, catalog::Volume> volumes;
  bool again = false;
  {
    const std::lock_guard hold(mutex_);
    volumes = wanted_;
    again = std::exchange(again_, false);
  }
  const std::map<std::string, catalog::Volume> asked = volumes;
  for (const WatchedMount& mount : mounts)
    if (again || !is_fresh(mount.volume.record.uuid)) volumes.emplace(mount.volume.record.uuid, mount.volume);
  std::vector<catalog::Volume> all;
  for (const auto& [uuid, volume] : volumes) all.push_back(volume);
  const CancelToken stop([this] {
    const std::lock_guard hold(mutex_);
    return stopping_;
  });
  const bool with_taken = is_taken_due();
  if (!all.empty() || with_taken) groups_.look_all(all, with_taken, Deadline::after(clock_, kBudget, stop));
  {
    const std::lock_guard hold(mutex_);
    for (const auto& [uuid, volume] : asked) wanted_.erase(uuid);
  }
  changed_.notify_all();
  report(mounts);
  // A note is settled only by what was seen this moment.
  if (with_taken) groups_.takes().settle(Deadline::after(clock_, kAct, stop));
  take_up(mounts, Deadline::after(clock_, kAct, stop));
  return !mounts.empty();
}

bool GroupWatch::is_taken_due() {
  GroupTakes& takes = groups_.takes();
  const bool due = !saw_taken_ || clock_.now() - *saw_taken_ >= kTakenPeriod;
  if (takes.all().empty() || (!due && !takes.has_work())) return false;
  saw_taken_ = clock_.now();
  return true;
}

void GroupWatch::take_up(const std::vector<WatchedMount>& mounts, const Deadline& deadline) {
  std::set<std::pair<std::string, std::string>> done;
  for (const WatchedMount& mount : mounts) {
    const catalog::Volume& volume = mount.volume;
    const std::optional<GroupSighting> seen = groups_.find(volume.record.uuid);
    if (!seen || !replication::is_suspended_at_home(seen->view)) continue;
    if (done.emplace(volume.backend, volume.record.group).second) take_up_(volume, deadline);
  }
}

void GroupWatch::report(const std::vector<WatchedMount>& mounts) {
  std::map<std::string, Told> told;
  for (const WatchedMount& mount : mounts) {
    const std::string& uuid = mount.volume.record.uuid;
    if (const std::optional<GroupSighting> seen = groups_.find(uuid)) report_one(mount, *seen);
    if (const auto now = told_.find(uuid); now != told_.end()) told.insert(*now);
  }
  told_ = std::move(told);
}

void GroupWatch::report_one(const WatchedMount& mount, const GroupSighting& seen) {
  const std::string state = replication::to_word(replication::fold(seen.view).state);
  const std::string orphaned =
      mount.both ? "" : replication::why_orphaned(seen.view, groups_.site_of(mount.volume, mount.array));
  Told& told = told_[mount.volume.record.uuid];
  if (!orphaned.empty() && !told.orphaned)
    log(LogLevel::error, "a mount writes to an orphaned copy; stop the containers that use it",
        {{"volume", mount.volume.record.name}, {"group", mount.volume.record.group}, {"reason", orphaned}});
  if (!told.state.empty() && told.state != state)
    log(LogLevel::warning, "the replication of a mounted volume changed",
        {{"volume", mount.volume.record.name},
         {"group", mount.volume.record.group},
         {"was", told.state},
         {"is", state},
         {"reason", replication::describe(seen.view)}});
  told = {state, !orphaned.empty()};
}

}  // namespace hpe3par::volumes
