#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/error.h"
#include "hpe3par/replication/group_keeper.h"
#include "hpe3par/replication/group_lock.h"
#include "hpe3par/replication/group_plan.h"

namespace hpe3par::replication {

/// What one host does on one group while it holds its lock. Not thread-safe.
class GroupWork {
 public:
  GroupWork(array::Array& array, LockLog& log, const std::string& group, const std::string& host);

  /// Looks at the group and takes its lock; waits for another host that has it.
  /// @param seen_started the group was seen started and with volumes a moment ago: the first look is spared
  /// @throws Error aborted: that host did not give it up in time
  void open(const Deadline& deadline, bool seen_started = false);

  /// Same, without waiting. @return the host that has the lock; empty: we do
  std::optional<std::string> try_open(const Deadline& deadline, bool seen_started = false);

  /// @throws Error; the volume is not in the group then
  void admit(const GroupWish& wish, const array::Admission& admission, const Deadline& deadline);
  /// @param with_copy the other array removes its copy
  /// @return what it was in the group; empty: it was in it no more
  std::optional<array::GroupMember> take_out(const GroupWish& wish, const Departure& departure, bool with_copy,
                                             const Deadline& deadline);

  /// Starts the group if it has to run, and removes it if it is not needed (any more). To be called after open() in any
  /// case, before release().
  void put_in_order(const Deadline& deadline);

  /// After put_in_order(): waits until a group that was made is seen started, and never throws.
  void await_start(const Deadline& deadline);

  /// Takes the volumes that were admitted out again, with their copies: when the group could not be put in order.
  void take_back(const Deadline& deadline);

  /// Gives up the lock. Without it, somebody else goes on with the group when the term of the lock is over.
  void release(const Deadline& deadline) { lock_.release(deadline); }

  const std::string& group() const { return group_; }

 private:
  void look(const Deadline& deadline);
  bool is_as_noted(const std::optional<array::RemoteCopyGroup>& now) const;
  void inherit();
  void look_again(const Deadline& deadline);
  void admit_now(const GroupWish& wish, const array::Admission& admission, const Deadline& deadline);
  void prepare(const GroupWish& wish, const AdmissionPlan& plan, const Deadline& deadline);
  void create(const GroupWish& wish, const Deadline& deadline);
  void enter(const array::Admission& admission, bool online, const Deadline& deadline);
  void stop(const Deadline& deadline);
  void withdraw(const std::string& array_volume, const Deadline& deadline);
  void leave(const std::string& array_volume, bool with_copy, const Deadline& deadline);
  void make_sure(const Deadline& deadline);
  void remove(const Deadline& deadline);

  array::Array& array_;
  std::string group_;
  GroupLock lock_;
  std::optional<array::RemoteCopyGroup> found_;  // as it was before we touched it; empty too if it was not looked at
  bool ran_ = false;                             // then, and as the array said
  GroupNote::Found noted_ = GroupNote::Found::absent;
  bool had_members_ = false;  // as noted, or before a dead host touched it
  bool fresh_ = false;        // it was looked at under the lock
  bool unsure_ = false;       // whether a change of its members took effect
  bool made_ = false;
  bool begins_ = false;    // it was made, and started
  bool stopped_ = false;   // by us, or by a dead host in whose place we are
  bool must_run_ = false;  // to be started at the end
  bool emptied_ = false;
  std::vector<array::Admission> admitted_;
  std::vector<std::string> half_admitted_;  // volumes that may be in it, and must not
};

}  // namespace hpe3par::replication
