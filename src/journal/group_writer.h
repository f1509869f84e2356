#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "database.h"

namespace hpe3par::journal {

/// The one thread that writes. Writes that arrive while a commit is being synced share the next commit.
///
/// A write that fails does not fail the others of its commit; if a commit as a whole fails, each of its writes gets a
/// transaction of its own. Thread-safe.
class GroupWriter {
 public:
  using Write = std::function<void(Database&)>;

  /// The database must outlive the writer and is used by nobody else meanwhile.
  explicit GroupWriter(Database& database);
  /// Finishes what is queued.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  /// Runs `write` in a transaction and returns when it is on disk. @throws what the write or the commit threw
  void run(const Write& write);

  /// Number of successful commits so far.
  std::uint64_t commits() const;

 private:
  struct Job {
    const Write& write;
    std::exception_ptr error;
    bool done = false;
  };
  using Batch = std::vector<Job*>;

  void work();
  void commit(const Batch& batch);
  bool commit_together(const Batch& batch);
  void commit_alone(Job& job);
  void apply(Job& job);
  void roll_back();

  Database& database_;
  mutable std::mutex mutex_;
  std::condition_variable queued_;
  std::condition_variable finished_;
  Batch queue_;
  bool stopping_ = false;
  std::uint64_t commits_ = 0;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace hpe3par::journal
