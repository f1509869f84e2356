#include "group_work.h"

#include <algorithm>

#include "hpe3par/base/log.h"

namespace hpe3par::replication {

using array::GroupState;

namespace {

constexpr Millis kLookAgain{1'000};

bool is_stopped(const array::RemoteCopyGroup& group) {
  return std::all_of(group.targets.begin(), group.targets.end(),
                     [](const auto& target) { return target.state == GroupState::stopped; });
}

GroupNote::Found found_of(const std::optional<array::RemoteCopyGroup>& group) {
  if (!group) return GroupNote::Found::absent;
  const bool started = std::any_of(group->targets.begin(), group->targets.end(),
                                   [](const auto& target) { return target.state == GroupState::started; });
  return started ? GroupNote::Found::started : GroupNote::Found::idle;
}

}  // namespace

GroupWork::GroupWork(array::Array& array, LockLog& log, const std::string& group, const std::string& host)
    : array_(array), group_(group), lock_(array, log, group, host) {}

void GroupWork::open(const Deadline& deadline) {
  while (const std::optional<std::string> holder = try_open(deadline)) {
    if (!deadline.sleep_for(kLookAgain))
      throw Error(deadline.cancelled() ? ErrorKind::aborted : ErrorKind::deadline_exceeded,
                  "remote copy group " + group_ + " on array " + array_.name() + " is being worked on by host " +
                      *holder + "; retry");
  }
}

// The group is looked at before the lock is taken, because the note has to say what was found. Whoever would change it
// in between has the lock.
std::optional<std::string> GroupWork::try_open(const Deadline& deadline) {
  found_ = array_.find_group(group_, deadline);
  if (const auto other = lock_.try_take(found_of(found_), deadline)) return other->holder;
  inherit();
  return std::nullopt;
}

// What a host that died has stopped is started again, and what it made and left empty is removed. A group that none of
// us stopped was stopped by an administrator.
void GroupWork::inherit() {
  if (!lock_.inherited() || !found_) return;
  const GroupNote& dead = *lock_.inherited();
  const bool unfinished = dead.found == GroupNote::Found::absent;
  if (unfinished && found_->members.empty()) emptied_ = true;
  const bool left_stopped = dead.found == GroupNote::Found::started && is_stopped(*found_);
  if (!left_stopped && !(unfinished && !found_->members.empty())) return;
  log(LogLevel::warning, "a host died while it worked on a remote copy group; the group is started again",
      {{"array", array_.name()}, {"group", group_}, {"host", dead.holder}});
  for (array::GroupTarget& target : found_->targets) target.state = GroupState::started;
  stopped_ = must_run_ = true;
}

void GroupWork::admit(const GroupWish& wish, const array::Admission& admission, const Deadline& deadline) {
  const AdmissionPlan plan = plan_admission(found_, wish, false);
  if (plan.action == AdmissionPlan::Action::refuse) throw Error(ErrorKind::failed_precondition, plan.reason);
  if (plan.action == AdmissionPlan::Action::wait) throw Error(ErrorKind::unavailable, plan.reason);
  prepare(wish, plan, deadline);
  array_.admit_volume(group_, admission, deadline);
  admitted_.push_back(admission);
  must_run_ = true;
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
    if (error.kind() != ErrorKind::unavailable) made_ = false;
    throw;
  }
  if (wish.mode == array::CopyMode::periodic) array_.set_sync_period(group_, wish.target, wish.sync_period, deadline);
  if (wish.peer_persistence) array_.set_peer_persistence(group_, wish.target, deadline);
}

void GroupWork::stop(const Deadline& deadline) {
  if (stopped_) return;
  stopped_ = must_run_ = true;  // also if the answer is lost: a group that runs is not hurt by a start
  array_.stop_group(group_, deadline);
}

void GroupWork::dismiss(const GroupWish& wish, const std::string& array_volume, const Deadline& deadline) {
  const DismissalPlan plan = plan_dismissal(found_, array_volume, wish);
  switch (plan.action) {
    case DismissalPlan::Action::not_in_it: break;
    case DismissalPlan::Action::wait: throw Error(ErrorKind::unavailable, plan.reason);
    case DismissalPlan::Action::refuse: throw Error(ErrorKind::failed_precondition, plan.reason);
    case DismissalPlan::Action::stop_first: stop(deadline); [[fallthrough]];
    case DismissalPlan::Action::dismiss: array_.dismiss_volume(group_, array_volume, deadline); break;
  }
  if (!found_) return;
  std::erase_if(found_->members, [&](const auto& member) { return member.volume == array_volume; });
  emptied_ = found_->members.empty();
}

void GroupWork::put_in_order(const Deadline& deadline) {
  if (!lock_.is_held()) return;
  if (admitted_.empty() && (made_ || emptied_)) {
    array_.remove_group(group_, deadline);
  } else if (must_run_) {
    array_.start_group(group_, deadline);
  }
  made_ = emptied_ = must_run_ = false;
}

void GroupWork::take_back(const Deadline& deadline) {
  for (const array::Admission& admission : admitted_) array_.withdraw_volume(group_, admission.volume, deadline);
  admitted_.clear();
}

}  // namespace hpe3par::replication
