#pragma once

#include <stdexcept>
#include <string>

namespace hpe3par::ctl {

/// What the exit status says; docs/hpe3parctl.md.
enum class ExitStatus {
  done = 0,
  failed = 1,  ///< refused, or failed
  bad_usage = 2,
  no_daemon = 3,  ///< it cannot be reached
};

/// Ends the command: a sentence for stderr and the exit status.
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus exit_status, const std::string& sentence) : std::runtime_error(sentence), status_(exit_status) {}
  ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

}  // namespace hpe3par::ctl
