#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hpe3par::test {

using Environment = std::map<std::string, std::string>;

/// How a process ended: `code` if it exited, else the signal that killed it.
struct ExitStatus {
  std::optional<int> code;
  int signal = 0;
  bool operator==(const ExitStatus&) const = default;
};

/// For failure messages: "exit status 2" or "signal 9".
std::string to_string(const ExitStatus& status);

/// A running program, with stdout in `<log>.out` and stderr in `<log>.err`; both are appended to, so that a restarted
/// program keeps its history. It is started in the constructor and stopped in the destructor.
///
/// Not thread-safe.
class Process {
 public:
  /// @param argv the program (looked up in PATH) and its arguments
  /// @param environment added to ours
  /// @throws std::runtime_error the program cannot be started
  Process(const std::vector<std::string>& argv, const std::filesystem::path& log, const Environment& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  /// Not over yet; reaps it if it is.
  bool running();

  /// Waits until it ends by itself; nullopt if it did not in time.
  std::optional<ExitStatus> wait(std::chrono::milliseconds timeout);

  /// Waits for a line on stdout, written since this start, that contains `text`.
  /// @return false if the time is over or the program ended without it
  bool wait_for_line(const std::string& text, std::chrono::milliseconds timeout);

  void signal(int number);

  /// kill -9, and waits for the end.
  void kill9();

  /// SIGTERM, then SIGKILL when `patience` is over. Returns how it ended. Idempotent.
  ExitStatus stop(std::chrono::milliseconds patience = std::chrono::seconds(10));

  /// What it wrote since this start.
  std::string output() const;
  std::string errors() const;

 private:
  std::filesystem::path output_path_;
  std::filesystem::path errors_path_;
  std::size_t output_offset_ = 0;
  std::size_t errors_offset_ = 0;
  pid_t pid_ = -1;
  std::optional<ExitStatus> status_;
};

/// Result of a program that was run to its end.
struct RunResult {
  ExitStatus status;
  std::string output;
  std::string errors;

  bool ok() const { return status.code == 0; }
};

/// Runs a program to its end; it is killed when the time is over.
RunResult run(const std::vector<std::string>& argv, const std::filesystem::path& log,
              std::chrono::milliseconds timeout = std::chrono::seconds(60), const Environment& environment = {});

/// The whole file, or empty if there is none.
std::string read_file(const std::filesystem::path& path);

void write_file(const std::filesystem::path& path, const std::string& content);

/// Path of one of our programs in the build directory; HPE3PAR_BIN_DIR in the environment points somewhere else.
std::filesystem::path program(const std::string& name);

/// The last `count` lines of a text.
std::string last_lines(const std::string& text, std::size_t count);

}  // namespace hpe3par::test
