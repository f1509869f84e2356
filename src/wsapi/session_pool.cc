#include "session_pool.h"

#include <algorithm>

namespace hpe3par::wsapi {

namespace {

constexpr Millis kSlice{50};  // how often a waiting thread looks at its deadline
constexpr Millis kRefusalMemory{5'000};
constexpr Millis kIdle{60'000};
constexpr Backoff kLoginBackoff{Millis(200), Millis(3'000)};

}  // namespace

/// A thread's place in the queue.
class SessionPool::Place {
 public:
  enum class End { back, front };

  Place(Queue& queue, End end) : queue_(queue) {
    at_ = queue_.insert(end == End::back ? queue_.end() : queue_.begin(), 0);
  }
  ~Place() { queue_.erase(at_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  bool first() const { return at_ == queue_.begin(); }

 private:
  Queue& queue_;
  Queue::iterator at_;
};

SessionPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->release(std::move(session_));
}

void SessionPool::Lease::forget() {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->forget_one();
}

SessionPool::SessionPool(Door& door, Clock& clock, int max)
    : door_(door),
      clock_(clock),
      max_(static_cast<std::size_t>(std::max(max, 1))),
      backoff_(kLoginBackoff),
      next_login_(SteadyTime::min()) {}

void SessionPool::release(Session session) {
  const std::lock_guard lock(mutex_);
  session.used = clock_.now();
  idle_.push_back(std::move(session));
  changed_.notify_all();
}

void SessionPool::forget_one() {
  const std::lock_guard lock(mutex_);
  --open_;
  trusted_ = false;
  changed_.notify_all();
}

int SessionPool::open() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(open_);
}

bool SessionPool::trusted() const {
  const std::lock_guard lock(mutex_);
  return trusted_;
}

std::optional<SessionPool::Session> SessionPool::take_idle(std::uint64_t newer_than) {
  const auto young =
      std::find_if(idle_.rbegin(), idle_.rend(), [&](const Session& s) { return s.number > newer_than; });
  if (young == idle_.rend()) return std::nullopt;
  Session session = std::move(*young);
  idle_.erase(std::next(young).base());
  return session;
}

bool SessionPool::may_log_in() const {
  return open_ + opening_ < max_ && (trusted_ || opening_ == 0) && clock_.now() >= next_login_;
}

std::optional<Attempt> SessionPool::remembered_refusal() const {
  if (refusal_ && clock_.now() - refused_at_ < kRefusalMemory) return refusal_;
  return std::nullopt;
}

SessionPool::Acquired SessionPool::acquire(const Deadline& deadline) {
  return acquire_newer(0, deadline);
}

SessionPool::Acquired SessionPool::acquire_fresh(const Deadline& deadline) {
  const auto newest = [this] {
    const std::lock_guard lock(mutex_);
    return numbers_;
  };
  return acquire_newer(newest(), deadline);
}

SessionPool::Acquired SessionPool::acquire_newer(std::uint64_t than, const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  auto end = than == 0 ? Place::End::back : Place::End::front;  // a repeated request has waited once already
  bool waited = false;
  for (;; end = Place::End::front) {
    std::optional<Place> place(std::in_place, queue_, end);
    for (;;) {
      if (deadline.expired()) return give_up(deadline);
      if (waited) {
        if (auto lost = door_.why_lost()) return Attempt{Verdict::over, false, {}, std::move(lost)};
      }
      if (place->first()) {
        if (auto session = take_idle(than)) return Lease(*this, std::move(*session));
        if (auto refusal = remembered_refusal()) return *refusal;
        if (may_log_in()) break;
      }
      changed_.wait_for(lock, kSlice);
      waited = true;
    }
    place.reset();
    Acquired acquired = log_in(lock, deadline);
    const auto* failure = std::get_if<Attempt>(&acquired);
    if (failure == nullptr || failure->verdict != Verdict::busy) return acquired;
  }
}

SessionPool::Acquired SessionPool::log_in(std::unique_lock<std::mutex>& lock, const Deadline& deadline) {
  ++opening_;
  changed_.notify_all();  // the next in the queue may log in, too
  lock.unlock();
  Session session;
  Attempt attempt;
  try {
    attempt = door_.log_in(session.key, deadline);
  } catch (...) {
    lock.lock();
    --opening_;
    throw;
  }
  lock.lock();
  --opening_;
  changed_.notify_all();
  if (attempt.verdict != Verdict::done) {
    note_failure(attempt);
    return attempt;
  }
  ++open_;
  session.number = ++numbers_;
  trusted_ = true;
  failed_.reset();
  busy_.reset();
  refusal_.reset();
  backoff_ = kLoginBackoff;
  return Lease(*this, std::move(session));
}

void SessionPool::note_failure(const Attempt& attempt) {
  trusted_ = false;
  failed_ = attempt;
  if (attempt.verdict == Verdict::busy) {
    busy_ = attempt;
    next_login_ = clock_.now() + backoff_.next();
  } else if (attempt.verdict == Verdict::denied) {
    refusal_ = attempt;
    refused_at_ = clock_.now();
  }
}

Attempt SessionPool::give_up(const Deadline& deadline) const {
  Attempt attempt;
  attempt.verdict = Verdict::over;
  if (deadline.cancelled()) {
    attempt.error = Error(ErrorKind::aborted, "the caller gave up while waiting for a session");
  } else if (busy_) {
    attempt.error = Error(ErrorKind::resource_exhausted, busy_->error->what());
  } else if (open_ == 0 && failed_) {
    attempt.error = Error(ErrorKind::deadline_exceeded, failed_->error->what());
  } else {
    attempt.error =
        Error(ErrorKind::deadline_exceeded, "no time left while waiting for one of " + std::to_string(max_) +
                                                " sessions (" + std::to_string(open_) + " open)");
  }
  return attempt;
}

std::vector<SessionPool::Session> SessionPool::remove_closable(bool all) {
  const std::lock_guard lock(mutex_);
  std::vector<Session> closed;
  const SteadyTime old = clock_.now() - kIdle;
  while (!idle_.empty() && (all || (open_ > 1 && idle_.front().used <= old))) {
    closed.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
    --open_;
  }
  return closed;
}

void SessionPool::close_idle(bool all, const Deadline& deadline) {
  for (const Session& session : remove_closable(all)) {
    if (deadline.expired()) return;
    door_.log_out(session.key, deadline.sooner(Millis(3'000)));
  }
}

}  // namespace hpe3par::wsapi
