#pragma once

#include <string>
#include <vector>

#include "hpe3par/base/deadline.h"

namespace hpe3par {

/// What to run. `arguments[0]` is the program, looked up in PATH plus /sbin and /usr/sbin; there is never a shell.
struct Command {
  std::vector<std::string> arguments;
  std::string input;  ///< fed to stdin, which is otherwise /dev/null
};

/// How a program ended.
///
/// | outcome     | exit_code      | signal      | output, errors              |
/// |-------------|----------------|-------------|-----------------------------|
/// | exited      | its code       | 0           | all it wrote (1 MiB at most) |
/// | signalled   | -1             | the signal  | what it had written         |
/// | not_started | errno of exec  | 0           | empty                       |
/// | timed_out   | -1             | SIGKILL     | what it had written; the whole process group was killed and reaped |
struct CommandResult {
  enum class Outcome { exited, signalled, not_started, timed_out };

  Outcome outcome = Outcome::not_started;
  int exit_code = -1;
  int signal = 0;
  std::string output;
  std::string errors;

  bool ok() const { return outcome == Outcome::exited && exit_code == 0; }

  /// "exit status 1: mke2fs: Device or resource busy", on one line, at most 300 characters; for error sentences.
  std::string summary() const;
};

/// Runs programs. The environment is fixed: PATH, LC_ALL=C, nothing else. Thread-safe.
class CommandRunner {
 public:
  virtual ~CommandRunner() = default;

  /// Never throws for what the program does; see CommandResult. File descriptors of the daemon are not inherited.
  virtual CommandResult run(const Command& command, const Deadline& deadline) = 0;
};

class SystemCommandRunner final : public CommandRunner {
 public:
  CommandResult run(const Command& command, const Deadline& deadline) override;
};

}  // namespace hpe3par
