#include "hpe3par/replication/group_keeper.h"

#include <algorithm>
#include <set>

#include "group_work.h"
#include "hpe3par/base/log.h"

namespace hpe3par::replication {

namespace {

constexpr Millis kEnough{10'000};      // with less left no further task is taken on
constexpr Millis kPutInOrder{15'000};  // whatever the callers have left
constexpr Millis kWork{240'000};       // with that, still within the term of the lock
constexpr Millis kBegin{10'000};       // a new group
constexpr Millis kGiveUpLock{5'000};   // the callers are waiting; later will do as well
constexpr Millis kLookAgain{50};

}  // namespace

struct GroupKeeper::Task {
  enum class State { waiting, under_way, done };
  const GroupWish& wish;
  const array::Admission* admission;  ///< null: to be taken out
  Departure departure = {};
  bool with_copy = false;  ///< to be taken out
  std::optional<array::GroupMember> left = std::nullopt;
  State state = State::waiting;
  std::optional<Error> failure = std::nullopt;
};

struct GroupKeeper::Queue {
  std::deque<Task*> waiting;
  bool led = false;
};

GroupKeeper::GroupKeeper(LockLog& log, std::string host, Clock& clock)
    : log_(log), host_(std::move(host)), clock_(clock) {}

GroupKeeper::~GroupKeeper() = default;

void GroupKeeper::admit(array::Array& array, const GroupWish& wish, const array::Admission& admission,
                        const Deadline& deadline) {
  Task task{wish, &admission};
  run(array, task, deadline);
}

std::optional<array::GroupMember> GroupKeeper::dismiss(array::Array& array, const GroupWish& wish,
                                                       const Departure& departure, const Deadline& deadline) {
  Task task{wish, nullptr, departure};
  run(array, task, deadline);
  return std::move(task.left);
}

void GroupKeeper::withdraw(array::Array& array, const GroupWish& wish, const std::string& array_volume,
                           const Deadline& deadline) {
  Task task{wish, nullptr, {array_volume}, true};
  run(array, task, deadline);
}

GroupKeeper::Queue& GroupKeeper::queue_of(const Key& key) {
  std::unique_ptr<Queue>& entry = queues_[key];
  if (!entry) entry = std::make_unique<Queue>();
  return *entry;
}

// Of those who wait, one leads and does the work of all; when it is through, the next of those who are left.
void GroupKeeper::run(array::Array& array, Task& task, const Deadline& deadline) {
  const Key key{&array, task.wish.group};
  std::unique_lock lock(mutex_);
  Queue& queue = queue_of(key);
  queue.waiting.push_back(&task);
  while (task.state != Task::State::done) {
    if (task.state == Task::State::waiting && deadline.expired()) {
      std::erase(queue.waiting, &task);
      lock.unlock();
      deadline.check("waiting for remote copy group " + task.wish.group);
    }
    if (queue.led) {
      changed_.wait_for(lock, kLookAgain);
      continue;
    }
    queue.led = true;
    lock.unlock();
    lead(key, queue, task, deadline);
    lock.lock();
    queue.led = false;
    changed_.notify_all();
  }
  if (task.failure) throw Error(*task.failure);
}

GroupKeeper::Task* GroupKeeper::next(Queue& queue) {
  const std::lock_guard hold(mutex_);
  if (queue.waiting.empty()) return nullptr;
  Task* task = queue.waiting.front();
  queue.waiting.pop_front();
  task->state = Task::State::under_way;
  return task;
}

void GroupKeeper::lead(const Key& key, Queue& queue, Task& own, const Deadline& deadline) {
  GroupWork work(*key.first, log_, key.second, host_);
  std::set<Task*> taken;
  try {
    work.open(deadline, own.departure.seen_started);
    const Deadline in_term = deadline.sooner(kWork);
    while (Task* task = taken.empty() || in_term.remaining() > kEnough ? next(queue) : nullptr) {
      taken.insert(task);
      perform(work, *task, in_term);
    }
  } catch (const Error& error) {
    own.failure = error;
    const std::lock_guard hold(mutex_);
    std::erase(queue.waiting, &own);
    taken.insert(&own);
  }
  put_in_order(work, taken, deadline);
  const std::lock_guard hold(mutex_);
  for (Task* task : taken) task->state = Task::State::done;
}

void GroupKeeper::perform(GroupWork& work, Task& task, const Deadline& deadline) {
  try {
    if (task.admission != nullptr) {
      work.admit(task.wish, *task.admission, deadline);
    } else {
      task.left = work.take_out(task.wish, task.departure, task.with_copy, deadline);
    }
  } catch (const Error& error) {
    task.failure = error;
  }
}

// The callers' time may be up, but a group must not stay stopped. What is only waited for is waited for in their time,
// and leaves them some.
void GroupKeeper::put_in_order(GroupWork& work, const std::set<Task*>& tasks, const Deadline& of_callers) {
  const Deadline deadline = Deadline::after(clock_, kPutInOrder);
  try {
    try {
      work.put_in_order(deadline);
    } catch (const Error& error) {
      for (Task* task : tasks)
        if (!task->failure) task->failure = error;
      work.take_back(deadline);
      work.put_in_order(deadline);
    }
    work.await_start(of_callers.sooner(std::min(kBegin, of_callers.remaining() / 2)));
    work.release(Deadline::after(clock_, kGiveUpLock));
  } catch (const Error& error) {
    log(LogLevel::error, "a remote copy group is not in order yet; this is retried",
        {{"group", work.group()}, {"reason", error.what()}});
  }
}

bool GroupKeeper::settle(array::Array& array, const Deadline& deadline) {
  bool clean = true;
  for (const LoggedLock& each : log_.all()) {
    if (each.array != array.name()) continue;
    clean = settle_one(array, each, deadline) && clean;
  }
  return clean;
}

void GroupKeeper::take_up(array::Array& array, const std::string& group, const Deadline& deadline) {
  settle_one(array, {array.name(), group, ""}, deadline);
}

bool GroupKeeper::settle_one(array::Array& array, const LoggedLock& left, const Deadline& deadline) {
  const Key key{&array, left.group};
  std::unique_lock lock(mutex_);
  Queue& queue = queue_of(key);
  if (queue.led) return true;  // at work on it
  queue.led = true;
  lock.unlock();
  bool done = false;
  try {
    GroupWork work(array, log_, left.group, host_);
    if (!work.try_open(deadline)) {
      work.put_in_order(deadline);
      work.release(deadline);
    }
    log_.remove(left.token);  // another host that has the lock now has taken it over from us
    done = true;
  } catch (const Error& error) {
    log(LogLevel::warning, "a remote copy group is not in order yet; this is retried",
        {{"array", array.name()}, {"group", left.group}, {"reason", error.what()}});
  }
  lock.lock();
  queue.led = false;
  changed_.notify_all();
  return done;
}

}  // namespace hpe3par::replication
