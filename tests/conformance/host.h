#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "wire.h"

namespace volconf {

/// Mount points at or below a directory, one entry per mount.
std::vector<std::string> mounts_below(const std::filesystem::path& directory);

/// How many mounts lie on exactly this path.
std::size_t times_mounted(const std::filesystem::path& path);

/// Names of what is in a directory, sorted; empty if it cannot be read.
std::vector<std::string> entries(const std::filesystem::path& directory);

std::string read_file(const std::filesystem::path& path);

/// Writes, and fsyncs, so that an error of the device comes out. Empty, or what went wrong.
std::string write_through(const std::filesystem::path& path, const std::string& content);

struct CommandResult {
  bool ended = true;  ///< false: it was killed when its time was over
  int status = 0;     ///< exit status, or 128 and the signal
  std::string output;
};

/// Runs a shell command. What it leaves in the background lives on.
CommandResult run_command(const std::string& command, Millis limit, const std::string& volume = "");

/// Plays a container: a process with a mount namespace of its own, in which a bind of a directory stays whatever
/// happens to that directory here.
class Holder {
 public:
  explicit Holder(const std::filesystem::path& directory);
  ~Holder();
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  /// Reads, writes and fsyncs in there. Empty, or what went wrong.
  std::string use() const;

 private:
  std::string move_in(const std::filesystem::path& directory) const;
  [[noreturn]] void serve(int socket, const std::filesystem::path& directory) const;
  void end() const;

  std::string place_;
  pid_t pid_ = -1;
  int socket_ = -1;
};

}  // namespace volconf
