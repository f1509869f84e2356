#include "group_writer.h"

#include <utility>

namespace hpe3par::journal {

GroupWriter::GroupWriter(Database& database) : database_(database), thread_([this] { work(); }) {}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_one();
  thread_.join();
}

void GroupWriter::run(const Write& write) {
  Job job{write, nullptr};
  std::unique_lock lock(mutex_);
  queue_.push_back(&job);
  queued_.notify_one();
  finished_.wait(lock, [&] { return job.done; });
  if (job.error) std::rethrow_exception(job.error);
}

std::uint64_t GroupWriter::commits() const {
  const std::lock_guard lock(mutex_);
  return commits_;
}

void GroupWriter::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    queued_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const Batch batch = std::exchange(queue_, {});
    lock.unlock();
    commit(batch);
    lock.lock();
    for (Job* job : batch) job->done = true;
    finished_.notify_all();
  }
}

void GroupWriter::commit(const Batch& batch) {
  if (batch.size() > 1 && commit_together(batch)) return;
  for (Job* job : batch) commit_alone(*job);
}

bool GroupWriter::commit_together(const Batch& batch) {
  try {
    database_.execute("BEGIN IMMEDIATE");
    for (Job* job : batch) {
      apply(*job);
      if (!database_.in_transaction()) break;
    }
    if (database_.in_transaction()) {
      database_.execute("COMMIT");
      const std::lock_guard lock(mutex_);
      ++commits_;
      return true;
    }
  } catch (...) {
    // Whose fault it was shows when each is tried alone.
  }
  roll_back();
  for (Job* job : batch) job->error = nullptr;
  return false;
}

void GroupWriter::apply(Job& job) {
  database_.execute("SAVEPOINT job");
  try {
    job.write(database_);
  } catch (...) {
    job.error = std::current_exception();
    if (!database_.in_transaction()) return;
    database_.execute("ROLLBACK TO job");
  }
  database_.execute("RELEASE job");
}

void GroupWriter::commit_alone(Job& job) {
  try {
    database_.execute("BEGIN IMMEDIATE");
    job.write(database_);
    database_.execute("COMMIT");
    const std::lock_guard lock(mutex_);
    ++commits_;
  } catch (...) {
    job.error = std::current_exception();
    roll_back();
  }
}

void GroupWriter::roll_back() {
  try {
    if (database_.in_transaction()) database_.execute("ROLLBACK");
  } catch (...) {
    // The next BEGIN reports what is wrong with the database.
  }
}

}  // namespace hpe3par::journal
