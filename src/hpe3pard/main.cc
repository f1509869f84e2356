#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <exception>
#include <iostream>

#include "daemon.h"
#include "hpe3par/base/error.h"
#include "hpe3par/config/config.h"
#include "hpe3par/journal/crash_point.h"
#include "options.h"

namespace {

using hpe3par::daemon::Options;

int check_config(const Options& options) {
  if (!options.bad_environment.empty()) {
    std::cerr << options.bad_environment << "\n";
    return 2;
  }
  try {
    const auto warn = [](const std::string& warning) { std::cerr << "warning: " << warning << "\n"; };
    const hpe3par::config::Config config = hpe3par::config::load_config(options.config, warn);
    std::cout << describe(config);
    return 0;
  } catch (const hpe3par::Error& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}

int list_crash_points() {
  for (const std::string_view name : hpe3par::journal::crash_points()) std::cout << name << "\n";
  return 0;
}

void block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

// A connection is a descriptor, and so is each session's; the usual soft limit of 1024 is meant for other programs.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const hpe3par::daemon::CommandLine line = hpe3par::daemon::parse_command_line(argc, argv);
    if (line.done) return line.exit_code;
    if (line.options.list_crash_points) return list_crash_points();
    if (line.options.check_config) return check_config(line.options);
    hpe3par::start_logging(line.options.log_level, line.options.log_format);
    try {
      hpe3par::journal::check_crash_environment();
    } catch (const hpe3par::Error& error) {
      std::cerr << "hpe3pard: " << error.what() << "\n";
      return 2;
    }
    block_signals();
    raise_descriptor_limit();
    hpe3par::daemon::run(line.options);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "hpe3pard: " << error.what() << "\n";
    return 1;
  }
}
