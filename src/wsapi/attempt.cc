#include "attempt.h"

#include "backoff.h"

namespace hpe3par::wsapi {

int attempts_allowed(Verdict verdict) {
  if (verdict == Verdict::busy) return 6;
  return verdict == Verdict::failed ? 3 : 1;
}

bool may_repeat(const Attempt& attempt, Request::Repeat repeat) {
  if (attempt.verdict == Verdict::busy) return true;
  return attempt.verdict == Verdict::failed && (!attempt.sent || repeat == Request::Repeat::freely);
}

bool outcome_unknown(const Attempt& attempt) {
  const bool unanswered =
      attempt.verdict == Verdict::failed || attempt.verdict == Verdict::broken || attempt.verdict == Verdict::over;
  return attempt.sent && unanswered;
}

Millis pause_after(Verdict verdict, int attempts) {
  Backoff backoff(Millis(verdict == Verdict::busy ? 250 : 100), Millis(4'000));
  Millis pause = backoff.next();
  for (int i = 1; i < attempts; ++i) pause = backoff.next();
  return pause;
}

}  // namespace hpe3par::wsapi
