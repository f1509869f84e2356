#include "options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "hpe3par/base/error.h"
#include "hpe3par/manual/manual.h"

namespace hpe3par::daemon {

namespace {

manual::Manual make_manual() {
  manual::Manual manual;
  manual.section = 8;
  manual.version = "hpe3pard " HPE3PAR_VERSION;
  manual.sections = {
      {"DESCRIPTION",
       {{"Serves the volume plugin API of the Docker engine: docker volume create -d hpe makes a volume on an array, "
         "and "
         "a container that uses it gets a file system on it. What it knows of volumes is kept on the arrays; what it "
         "has promised on this host is in its journal, so that it may be stopped, killed and restarted while "
         "containers "
         "run."},
        {"With a configuration that cannot be used it runs all the same, and answers every call with what is wrong in "
         "which line."}}},
      {"EXIT STATUS",
       {{"It was asked to stop, by SIGTERM or SIGINT. Mounts stay.", "0"},
        {"It cannot run: the reason is on stderr.", "1"},
        {"Bad usage; with --check-config also a bad configuration.", "2"}}},
      {"FILES",
       {{"The configuration; docs/configuration.md describes every key.", "/etc/hpedockerplugin/hpe.conf"},
        {"The socket of the plugin. Its file name is the name of the driver.", "/run/docker/plugins/hpe.sock"},
        {"The socket for hpe3parctl, mode 0600.", "/run/hpe3pard/admin.sock"},
        {"The journal.", "/var/lib/hpe3pard/journal.db"}}},
      {"ENVIRONMENT",
       {{"The same as --config; the option counts.", "HPE3PARD_CONFIG"},
        {"The same as --log-level; the option counts.", "HPE3PARD_LOG_LEVEL"},
        {"For tests: NAME or NAME:N; it kills itself at this crash point, the N-th time it gets there.",
         "HPE3PARD_CRASH_AT"}}},
      {"SEE ALSO", {{"hpe3parctl(8), docker-volume(1)"}}}};
  return manual;
}

// A managed plugin that ends at its start leaves nobody but the engine's log to tell why.
void take_level_from_environment(Options& options) {
  const char* const level = std::getenv("HPE3PARD_LOG_LEVEL");
  if (level == nullptr || *level == '\0') return;
  try {
    options.log_level = parse_log_level(level);
  } catch (const Error& error) {
    options.bad_environment = std::string("HPE3PARD_LOG_LEVEL: ") + error.what();
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  Options& options = line.options;
  std::string level = "info";
  std::string format = "text";
  CLI::App app("Docker volume plugin for HPE 3PAR, Primera and Alletra arrays", "hpe3pard");
  app.set_help_flag("-h,--help", "show this help, and exit");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_version_flag("--version", "hpe3pard " HPE3PAR_VERSION, "show the version, and exit");
  app.add_option("--config", options.config, "configuration file")
      ->type_name("FILE")
      ->envname("HPE3PARD_CONFIG")
      ->capture_default_str();
  app.add_option("--socket", options.socket, "socket for the Docker engine")->type_name("PATH")->capture_default_str();
  app.add_option("--admin-socket", options.admin_socket, "socket for hpe3parctl")
      ->type_name("PATH")
      ->capture_default_str();
  app.add_option("--csi-addons-socket", options.csi_addons_socket,
                 "socket for csi-addons (off; not served by this version)")
      ->type_name("PATH");
  app.add_option("--state-dir", options.state_dir, "directory of the journal")->type_name("DIR")->capture_default_str();
  app.add_option("--mount-dir", options.mount_dir, "directory below which volumes are mounted")
      ->type_name("DIR")
      ->capture_default_str();
  const CLI::Option* const given_level =
      app.add_option("--log-level", level, "trace, debug, info, warning or error (also HPE3PARD_LOG_LEVEL)")
          ->type_name("LEVEL")
          ->capture_default_str();
  app.add_option("--log-format", format, "form of the log")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.add_flag("--check-config", options.check_config, "check the configuration file, print what it means, and exit");
  app.add_flag("--list-crash-points", options.list_crash_points, "print the names for HPE3PARD_CRASH_AT, and exit");
  if (const auto text = manual::generate(argc, argv, app, make_manual())) {
    std::cout << *text;
    line.done = true;
    return line;
  }
  try {
    app.parse(argc, argv);
    options.log_level = parse_log_level(level);
    if (given_level->count() == 0) take_level_from_environment(options);
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
