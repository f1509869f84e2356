#include "hpe3par/replication/group_lock.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/base/uuid.h"

namespace hpe3par::replication {

namespace {

constexpr std::chrono::seconds kMargin{30};
constexpr std::size_t kShortToken = 6;  // 27 characters in all, the most that a volume set may have

// Until what the dead host left is put in order, whoever comes after us has to know of it too.
GroupNote heir_of(const GroupNote& dead, GroupNote mine) {
  if (dead.found != GroupNote::Found::idle) mine.found = dead.found;
  mine.had_members = mine.had_members || dead.had_members;
  return mine;
}

}  // namespace

GroupLock::GroupLock(array::Array& array, LockLog& log, std::string group, std::string holder)
    : array_(array), log_(log), group_(std::move(group)), holder_(std::move(holder)), set_(note_set_name(group_)) {}

WallTime GroupLock::now() const {
  const std::optional<WallTime> time = array_.array_time();
  if (!time)
    throw Error(ErrorKind::unavailable, "array " + array_.name() +
                                            " does not tell the time, without which remote copy "
                                            "groups cannot be locked; retry");
  return *time;
}

std::optional<GroupNote> GroupLock::try_take(GroupNote::Found found, bool had_members, const Deadline& deadline) {
  inherited_.reset();
  token_ = make_uuid();
  const GroupNote mine{group_, holder_,    token_, std::chrono::floor<std::chrono::seconds>(now()) + kTerm,
                       found,  had_members};
  if (take(mine, deadline)) return std::nullopt;
  const std::optional<array::VolumeSet> set = array_.find_set(set_, deadline);
  if (!set) return GroupNote{group_, "another host", "", {}, found, had_members};  // given up this moment
  std::optional<GroupNote> other = decode_note(set->comment);
  if (!other)
    throw Error(ErrorKind::failed_precondition,
                "array " + array_.name() + " has a volume set " + set_ + " with a comment that is not understood (\"" +
                    set->comment.substr(0, 80) + "\"), where the lock of remote copy group " + group_ +
                    " has its place; remove that set if no newer hpe3pard is in use");
  if (!is_dead(*other) || !take_over(*other, deadline)) return other;
  if (!take(heir_of(*other, mine), deadline)) return other;
  inherited_ = other;
  return std::nullopt;
}

// Who works on a group in this process is the only one here who does, so a lock that the log knows is of an earlier
// one.
bool GroupLock::is_dead(const GroupNote& note) {
  if (now() >= note.expires) return true;
  const std::vector<LoggedLock> ours = log_.all();
  return std::any_of(ours.begin(), ours.end(),
                     [&](const LoggedLock& each) { return each.token == note.token && each.token != token_; });
}

bool GroupLock::take(const GroupNote& note, const Deadline& deadline) {
  log_.add({array_.name(), group_, token_});
  doubtful_ = true;
  held_ = array_.create_empty_set(set_, encode_note(note), deadline);
  expires_ = note.expires;
  doubtful_ = false;
  if (!held_) log_.remove(token_);
  return held_;
}

// Of several hosts, one succeeds in renaming. What it renamed may be the lock of one that was quicker; then it gives
// that back.
bool GroupLock::take_over(const GroupNote& dead, const Deadline& deadline) {
  const std::string aside = set_ + "." + token_.substr(0, kShortToken);
  if (!array_.rename_set(set_, aside, deadline)) return false;
  const std::optional<array::VolumeSet> taken = array_.find_set(aside, deadline);
  if (taken && decode_note(taken->comment) != dead) {
    array_.rename_set(aside, set_, deadline.uncancelled());
    return false;
  }
  log(LogLevel::warning, "taking over the lock of a remote copy group from a host that did not come back",
      {{"array", array_.name()}, {"group", group_}, {"holder", dead.holder}});
  array_.remove_set(aside, deadline.uncancelled());
  log_.remove(dead.token);
  return true;
}

void GroupLock::release(const Deadline& deadline) {
  if (!held_ && !doubtful_) return;
  if (is_certain() || is_ours(deadline)) array_.remove_set(set_, deadline);
  held_ = doubtful_ = false;
  log_.remove(token_);
}

// After its term somebody else may have it, and whether we got it at all may be unknown.
bool GroupLock::is_certain() const {
  return held_ && now() + kMargin < expires_;
}

bool GroupLock::is_ours(const Deadline& deadline) {
  const std::optional<array::VolumeSet> set = array_.find_set(set_, deadline);
  const std::optional<GroupNote> note = set ? decode_note(set->comment) : std::nullopt;
  return note && note->token == token_;
}

}  // namespace hpe3par::replication
