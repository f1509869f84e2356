#pragma once

#include <string>

#include "command_line.h"
#include "failure.h"

namespace hpe3par::ctl {

/// What a command has to say.
struct Outcome {
  std::string output;    ///< for stdout
  std::string warnings;  ///< for stderr, one sentence a line
  ExitStatus status = ExitStatus::done;
};

/// Asks the daemon. @throws Failure
Outcome run_command(const CommandLine& line);

}  // namespace hpe3par::ctl
