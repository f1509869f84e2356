#include "options.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "hpe3par/base/error.h"

namespace hpe3par::daemon {

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  Options& options = line.options;
  std::string level = "info";
  std::string format = "text";
  CLI::App app("Docker volume plugin for HPE 3PAR, Primera and Alletra arrays", "hpe3pard");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_version_flag("--version", std::string("hpe3pard ") + HPE3PAR_VERSION);
  app.add_option("--config", options.config, "configuration file")->capture_default_str();
  app.add_option("--socket", options.socket, "socket for the Docker engine")->capture_default_str();
  app.add_option("--admin-socket", options.admin_socket, "socket for hpe3parctl")->capture_default_str();
  app.add_option("--csi-addons-socket", options.csi_addons_socket,
                 "socket for csi-addons (off; not served by this version)");
  app.add_option("--state-dir", options.state_dir, "directory of the journal")->capture_default_str();
  app.add_option("--mount-dir", options.mount_dir, "directory below which volumes are mounted")->capture_default_str();
  app.add_option("--log-level", level, "trace, debug, info, warning or error")->capture_default_str();
  app.add_option("--log-format", format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  app.add_flag("--check-config", options.check_config, "check the configuration file, print what it means, and exit");
  app.add_flag("--list-crash-points", options.list_crash_points, "print the names for HPE3PARD_CRASH_AT, and exit");
  try {
    app.parse(argc, argv);
    options.log_level = parse_log_level(level);
    options.log_format = format == "json" ? LogFormat::json : LogFormat::text;
  } catch (const CLI::ParseError& error) {
    line.done = true;
    line.exit_code = app.exit(error) == 0 ? 0 : 2;
  } catch (const Error& error) {
    std::cerr << "hpe3pard: --log-level: " << error.what() << "\n";
    line.done = true;
    line.exit_code = 2;
  }
  return line;
}

}  // namespace hpe3par::daemon
