#pragma once

#include <string>

#include "hpe3par/base/log.h"

namespace hpe3par::daemon {

struct Options {
  std::string config = "/etc/hpedockerplugin/hpe.conf";
  std::string socket = "/run/docker/plugins/hpe.sock";
  std::string admin_socket = "/run/hpe3pard/admin.sock";
  std::string csi_addons_socket;
  std::string state_dir = "/var/lib/hpe3pard";
  std::string mount_dir = "/opt/hpe/data";
  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::text;
  std::string bad_environment = {};  ///< what is wrong with a variable; no call is served then, and all are told
  bool check_config = false;
  bool list_crash_points = false;
};

/// What the command line asks for; or, if `done`, that it was answered already (help, version, bad usage).
struct CommandLine {
  Options options;
  bool done = false;
  int exit_code = 0;
};

CommandLine parse_command_line(int argc, char** argv);

}  // namespace hpe3par::daemon
