#include "health.h"

#include <algorithm>

namespace hpe3par::wsapi {

namespace {

constexpr Millis kReasonHolds{60'000};
constexpr Millis kLost{5'000};  // more than a slow array takes between two answers

}  // namespace

HealthRecord::HealthRecord(Clock& clock) : clock_(clock), last_answer_(SteadyTime::min()) {
  health_.since = clock.wall();
}

void HealthRecord::enter(Health::State state, const std::string& reason) {
  if (health_.state != state) health_.since = clock_.wall();
  health_.state = state;
  health_.reason = reason;
}

void HealthRecord::answered() {
  const std::lock_guard lock(mutex_);
  last_answer_ = clock_.now();
  silent_since_.reset();
  explained_at_.reset();
  enter(Health::State::up, "");
}

void HealthRecord::unanswered(const std::string& reason, SteadyTime asked, Patience patience) {
  const std::lock_guard lock(mutex_);
  if (last_answer_ > asked) return;
  silent_since_ = std::min(silent_since_.value_or(asked), asked);
  const bool known_better = explained_at_ && clock_.now() - *explained_at_ < kReasonHolds;
  if (patience == Patience::brief && known_better) return;
  enter(Health::State::unreachable, reason);
  if (patience == Patience::full) explained_at_ = clock_.now();
}

void HealthRecord::refused(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  silent_since_.reset();
  explained_at_ = clock_.now();
  enter(Health::State::refused, reason);
}

void HealthRecord::full(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  last_answer_ = clock_.now();
  silent_since_.reset();
  explained_at_.reset();
  enter(Health::State::up, reason);
}

std::optional<Health> HealthRecord::lost() const {
  const std::lock_guard lock(mutex_);
  const bool lost =
      health_.state == Health::State::unreachable && silent_since_ && clock_.now() - *silent_since_ >= kLost;
  return lost ? std::optional(health_) : std::nullopt;
}

Health HealthRecord::get() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace hpe3par::wsapi
