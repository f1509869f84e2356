#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "attempt.h"
#include "backoff.h"
#include "hpe3par/base/deadline.h"
#include "hpe3par/base/secret.h"

namespace hpe3par::wsapi {

/// Opens and ends sessions, one request each.
class Door {
 public:
  virtual ~Door() = default;
  /// On Verdict::done `session` is set.
  virtual Attempt log_in(Secret& session, const Deadline& deadline) = 0;
  virtual void log_out(const Secret& session, const Deadline& deadline) = 0;
  /// Why it is pointless to wait for a turn at this array; nothing as long as it is not.
  virtual std::optional<Error> why_lost() const = 0;
};

/// The sessions of one array.
///
/// A session belongs to one thread at a time. Threads are served first come first served: with an idle session (the one
/// used last, so that the others grow old), else with a new one while fewer than `max` are open. When the array has no
/// session to give (503), further logins wait a little and threads take what becomes free.
///
/// As long as no login succeeded since the last refusal or expiry, only one is tried at a time, and a refusal is
/// remembered for five seconds: thirty threads with a wrong password send one login, not thirty.
///
/// Once the array is lost, nobody waits any more. Who need not wait may still try it.
///
/// Thread-safe. No lock is held while a login is under way. Every wait ends with its Deadline.
class SessionPool {
 public:
  struct Session {
    Secret key;
    std::uint64_t number = 0;  ///< they are numbered as they are opened
    SteadyTime used;
  };

  /// A session on loan; goes back to the pool when destroyed.
  class Lease {
   public:
    Lease(SessionPool& pool, Session session) : pool_(&pool), session_(std::move(session)) {}
    ~Lease();
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), session_(std::move(other.session_)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease& operator=(Lease&&) = delete;

    const Secret& key() const { return session_.key; }

    /// The array does not know this session any more: it is forgotten. The Lease is empty afterwards.
    void forget();

   private:
    SessionPool* pool_;
    Session session_;
  };

  using Acquired = std::variant<Lease, Attempt>;

  SessionPool(Door& door, Clock& clock, int max);

  /// @return an Attempt when no session could be had: what the login came to, or Verdict::over
  Acquired acquire(const Deadline& deadline);

  /// Like acquire(), but only a session opened from now on will do: the others are probably expired as well.
  Acquired acquire_fresh(const Deadline& deadline);

  /// Ends sessions idle for a minute, down to one open session; or every idle one.
  void close_idle(bool all, const Deadline& deadline);

  int open() const;

  /// True while the last thing that became of a session was good: one was opened, and none has expired since.
  bool trusted() const;

 private:
  using Queue = std::list<int>;
  class Place;

  Acquired acquire_newer(std::uint64_t than, const Deadline& deadline);
  std::optional<Session> take_idle(std::uint64_t newer_than);
  bool may_log_in() const;
  std::optional<Attempt> remembered_refusal() const;
  Acquired log_in(std::unique_lock<std::mutex>& lock, const Deadline& deadline);
  void note_failure(const Attempt& attempt);
  Attempt give_up(const Deadline& deadline) const;
  std::vector<Session> remove_closable(bool all);
  void release(Session session);
  void forget_one();

  Door& door_;
  Clock& clock_;
  const std::size_t max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Queue queue_;                // threads waiting, in order
  std::vector<Session> idle_;  // the one used last is at the back
  std::uint64_t numbers_ = 0;
  std::size_t open_ = 0;     // idle and on loan
  std::size_t opening_ = 0;  // logins under way
  bool trusted_ = false;     // the last login was accepted, and no session expired since
  Backoff backoff_;
  SteadyTime next_login_;          // not before, after a 503
  std::optional<Attempt> failed_;  // the last login, if it failed
  std::optional<Attempt> busy_;    // the last 503, until a login succeeds
  std::optional<Attempt> refusal_;
  SteadyTime refused_at_;
};

}  // namespace hpe3par::wsapi
