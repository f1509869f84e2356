#include "group_work.h"

#include <algorithm>
#include <utility>

#include "hpe3par/base/log.h"

namespace hpe3par::replication {

using array::GroupState;

namespace {

constexpr Millis kLookAgain{1'000};
constexpr Millis kLookSoon{500};

bool is_stopped(const array::RemoteCopyGroup& group) {
  return std::all_of(group.targets.begin(), group.targets.end(),
                     [](const auto& target) { return target.state == GroupState::stopped; });
}

bool is_idle(const array::RemoteCopyGroup& group) {
  return std::all_of(group.targets.begin(), group.targets.end(), [](const auto& target) {
    return target.state == GroupState::stopped || target.state == GroupState::fresh;
  });
}

GroupNote::Found found_of(const std::optional<array::RemoteCopyGroup>& group) {
  if (!group) return GroupNote::Found::absent;
  const bool started = std::any_of(group->targets.begin(), group->targets.end(),
                                   [](const auto& target) { return target.state == GroupState::started; });
  return started ? GroupNote::Found::started : GroupNote::Found::idle;
}

bool has_members(const std::optional<array::RemoteCopyGroup>& group) {
  return group && !group->members.empty();
}

// Else it may have taken effect.
bool was_refused(const Error& error) {
  return error.remote_code().has_value();
}

}  // namespace

GroupWork::GroupWork(array::Array& array, LockLog& log, const std::string& group, const std::string& host)
    : array_(array), group_(group), lock_(array, log, group, host) {}

void GroupWork::open(const Deadline& deadline, bool seen_started) {
  while (const std::optional<std::string> holder = try_open(deadline, std::exchange(seen_started, false))) {
    if (!deadline.sleep_for(kLookAgain))
      throw Error(deadline.cancelled() ? ErrorKind::aborted : ErrorKind::deadline_exceeded,
                  "remote copy group " + group_ + " on array " + array_.name() + " is being worked on by host " +
                      *holder + "; retry");
  }
}

// The group is looked at before the lock is taken, because the note has to say what was found. Another host may have
// had the lock meanwhile; see look_again().
std::optional<std::string> GroupWork::try_open(const Deadline& deadline, bool seen_started) {
  fresh_ = ran_ = false;
  found_.reset();
  noted_ = GroupNote::Found::started;
  had_members_ = true;
  if (!seen_started) {
    look(deadline);
    noted_ = found_of(found_);
    had_members_ = has_members(found_);
  }
  if (const auto other = lock_.try_take(noted_, had_members_, deadline)) return other->holder;
  if (lock_.inherited()) {
    look(deadline);
    fresh_ = is_as_noted(found_);
    inherit();
    fresh_ = fresh_ || stopped_ || emptied_;
  }
  return std::nullopt;
}

void GroupWork::look(const Deadline& deadline) {
  found_ = array_.find_group(group_, deadline);
  ran_ = found_of(found_) == GroupNote::Found::started;
}

bool GroupWork::is_as_noted(const std::optional<array::RemoteCopyGroup>& now) const {
  return found_of(now) == noted_ && has_members(now) == had_members_;
}

// If another host had the lock since we looked, the note may say what was so for a moment only: then it is written anew
// before anything is touched.
void GroupWork::look_again(const Deadline& deadline) {
  while (!fresh_) {
    if (stopped_) {
      const std::optional<array::RemoteCopyGroup> now = array_.find_group(group_, deadline);
      if (now && found_) found_->members = now->members;
      fresh_ = true;
      return;
    }
    look(deadline);
    fresh_ = is_as_noted(found_);
    if (fresh_) return;
    lock_.release(deadline);
    open(deadline);
  }
}

// What a host that died has stopped is started again, and what it made and left empty is removed. A group that none of
// us stopped was stopped by an administrator.
void GroupWork::inherit() {
  if (!lock_.inherited() || !found_) return;
  const GroupNote& dead = *lock_.inherited();
  const bool unfinished = dead.found == GroupNote::Found::absent;
  had_members_ = had_members_ || dead.had_members;
  if (found_->members.empty()) {
    emptied_ = unfinished || dead.had_members;
    if (emptied_) return;
  }
  if (found_of(found_) == GroupNote::Found::started) return;  // only the lock was left
  const bool left_stopped = dead.found == GroupNote::Found::started && is_stopped(*found_);
  if (!left_stopped && !unfinished) return;
  log(LogLevel::warning, "a host died while it worked on a remote copy group; the group is started again",
      {{"array", array_.name()}, {"group", group_}, {"host", dead.holder}});
  for (array::GroupTarget& target : found_->targets) target.state = GroupState::started;
  stopped_ = must_run_ = true;
}

// Who else is in a group that is started makes no difference, so no second look is spent on it.
void GroupWork::admit(const GroupWish& wish, const array::Admission& admission, const Deadline& deadline) {
  if (found_of(found_) != GroupNote::Found::started) look_again(deadline);
  try {
    return admit_now(wish, admission, deadline);
  } catch (const Error& error) {
    if (fresh_ || stopped_ || error.kind() != ErrorKind::not_found) throw;
  }
  look_again(deadline);
  admit_now(wish, admission, deadline);
}

void GroupWork::admit_now(const GroupWish& wish, const array::Admission& admission, const Deadline& deadline) {
  const AdmissionPlan plan = plan_admission(found_, wish, array::admits_to_started_groups(array_.status().build));
  if (plan.action == AdmissionPlan::Action::refuse) throw Error(ErrorKind::failed_precondition, plan.reason);
  if (plan.action == AdmissionPlan::Action::wait) throw Error(ErrorKind::unavailable, plan.reason);
  prepare(wish, plan, deadline);
  const bool online = plan.action == AdmissionPlan::Action::admit_started;
  try {
    enter(admission, online, deadline);
  } catch (const Error& error) {
    if (!was_refused(error)) half_admitted_.push_back(admission.volume);
    throw;
  }
  admitted_.push_back(admission);
  must_run_ = must_run_ || !online;
}

void GroupWork::enter(const array::Admission& admission, bool online, const Deadline& deadline) {
  try {
    return array_.admit_volume(group_, admission, deadline);
  } catch (const Error& error) {
    if (!online || error.remote_code() != array::kGroupStarted) throw;
  }
  stop(deadline);
  array_.admit_volume(group_, admission, deadline);
}

void GroupWork::prepare(const GroupWish& wish, const AdmissionPlan& plan, const Deadline& deadline) {
  if (plan.action == AdmissionPlan::Action::create && !made_) create(wish, deadline);
  if (plan.action == AdmissionPlan::Action::stop_first) stop(deadline);
}

void GroupWork::create(const GroupWish& wish, const Deadline& deadline) {
  array::NewGroup order;
  order.name = group_;
  order.cpg = wish.cpg;
  order.snap_cpg = wish.snap_cpg;
  order.target = wish.target;
  order.mode = wish.mode;
  order.target_cpg = wish.target_cpg;
  order.target_snap_cpg = wish.target_snap_cpg;
  made_ = true;  // also if the answer is lost: then it is removed if it is there
  try {
    array_.create_group(order, deadline);
  } catch (const Error& error) {
    if (was_refused(error)) made_ = false;
    throw;
  }
  if (wish.mode == array::CopyMode::periodic) array_.set_sync_period(group_, wish.target, wish.sync_period, deadline);
  if (wish.peer_persistence) array_.set_peer_persistence(group_, wish.target, deadline);
}

void GroupWork::stop(const Deadline& deadline) {
  if (stopped_) return;
  stopped_ = must_run_ = true;  // also if the answer is lost: a group that runs is not hurt by a start
  try {
    array_.stop_group(group_, deadline);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::not_found) stopped_ = must_run_ = false;
    throw;
  }
}

// Only an array that replicates is certain that the other one has not taken over.
std::optional<array::GroupMember> GroupWork::take_out(const GroupWish& wish, const Departure& departure, bool with_copy,
                                                      const Deadline& deadline) {
  look_again(deadline);
  const std::string& volume = departure.volume;
  DismissalPlan plan = plan_dismissal(found_, volume, wish);
  const bool certain =
      plan.action == DismissalPlan::Action::not_in_it || (plan.action == DismissalPlan::Action::stop_first && ran_);
  if (const std::string reason = certain || !departure.why_not ? "" : departure.why_not(); !reason.empty())
    plan = {DismissalPlan::Action::refuse, plan.last, reason};
  std::optional<array::GroupMember> left;
  if (const array::GroupMember* member = found_ ? found_->find_member(volume) : nullptr) left = *member;
  switch (plan.action) {
    case DismissalPlan::Action::not_in_it: break;
    case DismissalPlan::Action::wait: throw Error(ErrorKind::unavailable, plan.reason);
    case DismissalPlan::Action::refuse: throw Error(ErrorKind::failed_precondition, plan.reason);
    case DismissalPlan::Action::stop_first: stop(deadline); [[fallthrough]];
    case DismissalPlan::Action::dismiss: leave(volume, with_copy, deadline); break;
  }
  if (!found_) return std::nullopt;
  std::erase_if(found_->members, [&](const auto& member) { return member.volume == volume; });
  emptied_ = found_->members.empty();
  return left;
}

void GroupWork::leave(const std::string& array_volume, bool with_copy, const Deadline& deadline) {
  try {
    if (with_copy) {
      array_.withdraw_volume(group_, array_volume, deadline);
    } else {
      array_.dismiss_volume(group_, array_volume, deadline);
    }
  } catch (const Error&) {
    unsure_ = true;
    throw;
  }
}

void GroupWork::put_in_order(const Deadline& deadline) {
  if (!lock_.is_held()) return;
  make_sure(deadline);
  if (admitted_.empty() && (made_ || emptied_)) {
    remove(deadline);
  } else if (must_run_) {
    array_.start_group(group_, deadline);
    begins_ = made_;
  }
  made_ = emptied_ = must_run_ = false;
}

// The volume is there and in its group, so nothing fails for this. A start that had no effect is repeated once.
void GroupWork::await_start(const Deadline& deadline) {
  if (!std::exchange(begins_, false)) return;
  std::string reason = "it is not seen started yet";
  try {
    for (bool repeated = false;;) {
      look(deadline);
      if (ran_ || !found_) return;
      if (!repeated && is_idle(*found_)) {
        repeated = true;
        array_.start_group(group_, deadline);
      }
      if (!deadline.sleep_for(kLookSoon)) break;
    }
  } catch (const Error& error) {
    reason = error.what();
  }
  log(LogLevel::warning, "a remote copy group was made and started; look whether it runs",
      {{"array", array_.name()}, {"group", group_}, {"reason", reason}});
}

void GroupWork::make_sure(const Deadline& deadline) {
  while (!half_admitted_.empty()) {
    withdraw(half_admitted_.back(), deadline);
    half_admitted_.pop_back();
  }
  if (!unsure_) return;
  const std::optional<array::RemoteCopyGroup> now = array_.find_group(group_, deadline);
  emptied_ = had_members_ && now && now->members.empty();
  if (!now) must_run_ = false;
  unsure_ = false;
}

void GroupWork::remove(const Deadline& deadline) {
  try {
    return array_.remove_group(group_, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != array::kGroupStarted) throw;
  }
  array_.stop_group(group_, deadline);
  array_.remove_group(group_, deadline);
}

void GroupWork::take_back(const Deadline& deadline) {
  for (const array::Admission& admission : admitted_) withdraw(admission.volume, deadline);
  admitted_.clear();
}

// The group may be started: it was never stopped, or the answer to its start was lost.
void GroupWork::withdraw(const std::string& array_volume, const Deadline& deadline) {
  try {
    return array_.withdraw_volume(group_, array_volume, deadline);
  } catch (const Error& error) {
    if (error.remote_code() != array::kGroupStarted) throw;
  }
  stopped_ = must_run_ = true;
  array_.stop_group(group_, deadline);
  array_.withdraw_volume(group_, array_volume, deadline);
}

}  // namespace hpe3par::replication
