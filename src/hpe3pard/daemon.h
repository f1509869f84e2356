#pragma once

#include "options.h"

namespace hpe3par::daemon {

/// Runs the daemon until SIGTERM or SIGINT. Both must be blocked in the calling thread, before any other is started.
/// @throws Error: it could not be started (state directory, journal, socket)
void run(const Options& options);

}  // namespace hpe3par::daemon
