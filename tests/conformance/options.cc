#include "options.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <utility>

namespace volconf {
namespace {

// Options with a text that cases ask for by name.
constexpr std::pair<const char*, const char*> kTexts[] = {
    {"--propagated", "directory below which the plugin mounts; without it nothing is mounted"},
    {"--start-command", "starts the plugin, and may return before it listens"},
    {"--stop-command", "ends the plugin with SIGTERM, and returns when it is gone"},
    {"--crash-command", "ends the plugin with SIGKILL, and returns when it is gone"},
    {"--backend-down-command", "nobody reaches the storage any more"},
    {"--backend-slow-command", "every request to the storage takes a second or two"},
    {"--backend-stuck-command", "requests to the storage take longer than any call may, or hang"},
    {"--attach-fails-command", "the storage refuses to attach volumes"},
    {"--backend-up-command", "ends what the four commands above began"},
    {"--snapshot-command", "makes a snapshot of the volume $VOLCONF_VOLUME"},
    {"--inventory-command", "what it prints has to be the same before and after each case"},
    {"--log", "log file of the plugin"},
    {"--secret", "text that must never be seen in an answer or in the log"},
    {"--size-option", "name of the option of Create that is a size"},
    {"--help-option", "name of the option of Create that asks for help"},
    {"--owner-option", "name of the option of Create that takes UID:GID of the root of the file system"},
    {"--mode-option", "name of the option of Create that takes the octal mode of that root"},
};

nlohmann::json object_of(const std::vector<std::string>& pairs) {
  nlohmann::json object = nlohmann::json::object();
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    object[pair.substr(0, equals)] = equals == std::string::npos ? "" : pair.substr(equals + 1);
  }
  return object;
}

}  // namespace

std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code) {
  CLI::App app{"Tests a Docker volume plugin from outside, as the engine would use it; see docs/conformance.md"};
  Options options;
  std::vector<std::string> volume_options, other_options;
  std::map<std::string, std::string> texts;
  app.add_option("--socket", options.socket, "socket of the plugin");
  for (const auto& [name, help] : kTexts) app.add_option(name, texts[name], help);
  app.add_option("--opts", volume_options, "option for Create, as k=v; may be repeated");
  app.add_option("--other-opts", other_options, "options of a volume that differs, as k=v");
  app.add_option("--only", options.only, "cases, as C01,C02")->delimiter(',');
  app.add_option("--slack", options.slack, "factor on limits of time, for a busy machine")
      ->check(CLI::Range(1.0, 100.0));
  app.add_flag("--long", options.long_run,
               "what takes too long for every day: storms, long lists, idle connections, stuck storage");
  app.add_flag("--list", options.list, "show the cases and what they need");
  try {
    app.parse(argc, argv);
    if (options.socket.empty() && !options.list) throw CLI::RequiredError("--socket");
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  for (const auto& [name, text] : texts) {
    if (!text.empty()) options.given[name] = text;
  }
  options.volume_options = object_of(volume_options);
  options.other_options = object_of(other_options);
  if (!other_options.empty()) options.given["--other-opts"] = other_options.front();
  return options;
}

}  // namespace volconf
