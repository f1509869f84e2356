#include "hpe3par/base/deadline.h"

#include <algorithm>
#include <string>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

constexpr Millis kSlice{50};

}  // namespace

CancelToken::CancelToken(std::function<bool()> cancelled)
    : probe_(std::make_shared<const std::function<bool()>>(std::move(cancelled))) {}

bool CancelToken::cancelled() const {
  return probe_ && (*probe_)();
}

Deadline::Deadline(Clock& clock, SteadyTime at, CancelToken cancel)
    : clock_(&clock), at_(at), cancel_(std::move(cancel)) {}

Deadline Deadline::after(Clock& clock, Millis budget, CancelToken cancel) {
  return {clock, clock.now() + budget, std::move(cancel)};
}

Millis Deadline::remaining() const {
  if (cancelled()) return Millis::zero();
  return std::max(Millis::zero(), std::chrono::ceil<Millis>(at_ - clock_->now()));
}

Deadline Deadline::sooner(Millis budget) const {
  return {*clock_, std::min(at_, clock_->now() + budget), cancel_};
}

Deadline Deadline::uncancelled() const {
  return {*clock_, at_, {}};
}

bool Deadline::sleep_for(Millis duration) const {
  const SteadyTime end = clock_->now() + duration;
  while (!expired()) {
    const auto left = std::chrono::ceil<Millis>(end - clock_->now());
    if (left <= Millis::zero()) return true;
    clock_->sleep_for(std::min({left, remaining(), kSlice}));
  }
  return false;
}

void Deadline::check(std::string_view activity) const {
  if (cancelled())
    throw Error(ErrorKind::aborted, std::string(activity) + ": the caller hung up or the daemon is stopping");
  if (expired())
    throw Error(ErrorKind::deadline_exceeded, std::string(activity) + ": no time left for this call; retry");
}

}  // namespace hpe3par
