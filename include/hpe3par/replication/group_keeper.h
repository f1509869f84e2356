#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "hpe3par/array/array.h"
#include "hpe3par/base/error.h"
#include "hpe3par/replication/group_plan.h"

namespace hpe3par::replication {

class GroupWork;
class LockLog;
struct LoggedLock;

/// A volume that is to leave its group.
struct Departure {
  std::string volume;
  /// It was seen in the group a moment ago, and that was started: spares the look that a lock begins with.
  bool seen_started = false;
  /// Asked under the lock unless the group is started then, because the other array may have taken over: why nothing
  /// may be taken out; empty: it may. May be empty itself.
  std::function<std::string()> why_not = {};
};

/// Puts volumes into remote copy groups and takes them out, one host at a time. Tasks of several threads for one group
/// share one stop and one start of it. Thread-safe.
///
/// Whatever fails, the group is put back into the state in which it was found: at once, or by settle() later, or, if
/// this host never returns, by the next host that works on the group.
class GroupKeeper {
 public:
  /// @param host the name of this host, for people who look at a lock
  GroupKeeper(LockLog& log, std::string host, Clock& clock);
  ~GroupKeeper();

  /// Puts a volume into its group, which is made if there is none, and is started afterwards. The other array makes the
  /// copy.
  /// @param array the backend's own
  /// @throws Error what stood in the way; the volume is not in the group then, and its copy is gone
  void admit(array::Array& array, const GroupWish& wish, const array::Admission& admission, const Deadline& deadline);

  /// Takes a volume out of its group; both arrays keep their volume. The last one takes the group with it.
  /// @return what it was there; empty: it was in it no more
  std::optional<array::GroupMember> dismiss(array::Array& array, const GroupWish& wish, const Departure& departure,
                                            const Deadline& deadline);

  /// Same, and the other array removes its copy.
  void withdraw(array::Array& array, const GroupWish& wish, const std::string& array_volume, const Deadline& deadline);

  /// Finishes what was left undone on groups of this array: starts what was stopped, gives up locks.
  /// @return false if there is something left to do
  bool settle(array::Array& array, const Deadline& deadline);

  /// Finishes what another host left undone on a group when it died, if the term of its lock is over.
  void take_up(array::Array& array, const std::string& group, const Deadline& deadline);

 private:
  struct Task;
  struct Queue;
  using Key = std::pair<array::Array*, std::string>;  // of a group

  Queue& queue_of(const Key& key);
  void run(array::Array& array, Task& task, const Deadline& deadline);
  void lead(const Key& key, Queue& queue, Task& own, const Deadline& deadline);
  Task* next(Queue& queue);
  static void perform(GroupWork& work, Task& task, const Deadline& deadline);
  void put_in_order(GroupWork& work, const std::set<Task*>& tasks, const Deadline& of_callers);
  bool settle_one(array::Array& array, const LoggedLock& left, const Deadline& deadline);

  LockLog& log_;
  const std::string host_;
  Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Key, std::unique_ptr<Queue>> queues_;
};

}  // namespace hpe3par::replication
