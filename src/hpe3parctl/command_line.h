#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/manual/manual.h"

namespace hpe3par::ctl {

enum class Format { table, json };

struct CommandLine {
  std::optional<std::string> admin_socket;  ///< empty: see default_socket()
  Format format = Format::table;
  bool no_header = false;
  long patience = 15;  ///< seconds; the daemon answers within two, and a busy machine gets some more
  bool names_only = false;
  std::vector<std::string> volumes;
  std::string command;  ///< "volume ls"
  std::string answer;   ///< not empty: to be printed, and nothing else to be done (--help, --version, --generate)
};

/// @throws Failure bad usage; the sentence says what is allowed
CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace hpe3par::ctl
