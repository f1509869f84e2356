#include "health.h"

namespace hpe3par::wsapi {

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
  enter(Health::State::up, "");
}

void HealthRecord::unanswered(const std::string& reason, SteadyTime asked) {
  const std::lock_guard lock(mutex_);
  if (last_answer_ <= asked) enter(Health::State::unreachable, reason);
}

void HealthRecord::refused(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  enter(Health::State::refused, reason);
}

Health HealthRecord::get() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

}  // namespace hpe3par::wsapi
