#pragma once

#include <optional>

#include "hpe3par/base/error.h"
#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// How one exchange with the array ended.
enum class Verdict {
  done,      ///< answered with success, and the answer made sense
  denied,    ///< answered with an error of its own: final
  expired,   ///< the session is not known any more
  busy,      ///< 503: nothing was done
  broken,    ///< 500: something went wrong inside the array
  failed,    ///< no answer, or one that makes no sense (garbage, gateway errors)
  hopeless,  ///< no answer, and no reason to hope for one (TLS)
  over,      ///< the caller's time or interest is at its end
};

struct Attempt {
  Verdict verdict = Verdict::failed;
  bool sent = false;  ///< it may have had an effect
  HttpReply reply;
  std::optional<Error> error;  ///< set unless done
  std::string cause = {};      ///< the same without what was asked for: what it tells of the array is for everybody
  bool renewed = false;        ///< it was sent before, in a session that the array did not know any more
};

/// How often a request is sent at most when it keeps ending like this; 1: never repeated.
int attempts_allowed(Verdict verdict);

/// May the request be sent again after this attempt?
bool may_repeat(const Attempt& attempt, Request::Repeat repeat);

/// Is it unknown whether the request had its effect?
bool outcome_unknown(const Attempt& attempt);

/// Pause before the request is sent again, `attempts` attempts having been made.
Millis pause_after(Verdict verdict, int attempts);

}  // namespace hpe3par::wsapi
