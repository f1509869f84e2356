#include "command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "failure.h"
#include "table.h"

namespace hpe3par::ctl {
namespace {

using manual::Manual;

constexpr const char* kVersion = "hpe3parctl " HPE3PAR_VERSION;

const manual::Section& exit_status() {
  static const manual::Section section = {
      "EXIT STATUS",
      {{"Done. What is shown may tell of an array that is down: that is an answer too.", "0"},
       {"Refused or failed; the reason is on stderr. Also if one of several volumes does not exist, and if the answer "
        "could not be written.",
        "1"},
       {"Bad usage: there is no such command or option, or the value is not allowed.", "2"},
       {"The daemon cannot be reached, does not answer, or ends the connection before its answer is whole.", "3"}}};
  return section;
}

Manual make_manual() {
  Manual manual;
  manual.section = 8;
  manual.version = kVersion;
  manual.values = {{"VOLUME", "--patience 2 volume ls --quiet"}};
  manual.sections = {
      {"DESCRIPTION",
       {{"Shows what hpe3pard on this host does: the arrays and backends that it knows, the volumes, and what it still "
         "has to finish or to undo. It asks the daemon through a socket that only root may use, and changes nothing."},
        {"Times are UTC, as in 2026-01-31T12:00:00Z. A table shows - for what is empty or not known. Options may stand "
         "before or behind the command."}}},
      exit_status(),
      {"FILES",
       {{"The socket on which hpe3pard answers, mode 0600.", "/run/hpe3pard/admin.sock"},
        {"That of the managed plugin, asked if nobody listens on the other.", "/var/lib/hpe3pard/admin.sock"},
        {"The configuration of hpe3pard, with the backends.", "/etc/hpedockerplugin/hpe.conf"}}},
      {"EXAMPLES",
       {{"Is everything well?"},
        {"hpe3parctl status", "", true},
        {"What is known of two volumes:"},
        {"hpe3parctl volume inspect web-data db-data", "", true},
        {"The names of all volumes that are mounted on this host, in a script:"},
        {"hpe3parctl -o json volume ls |\n  jq -r '.volumes[] | select(.mounts > 0) | .name'", "", true},
        {"What could not be unmounted, and why:"},
        {"hpe3parctl cleanup ls", "", true}}},
      {"SEE ALSO", {{"hpe3pard(8), docker-volume(1), docs/hpe3parctl.md and docs/admin-api.md"}}}};
  return manual;
}

// Not CLI::IsMember: its sentence shows the words as a set of mathematics.
CLI::Validator one_of(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  CLI::Validator validator;
  validator.operation([words, list](std::string& value) {
    const bool allowed = std::find(words.begin(), words.end(), value) != words.end();
    return allowed ? std::string() : "'" + printable(value) + "' is not allowed; allowed: " + list;
  });
  std::string braces = "{" + list + "}";
  braces.erase(std::remove(braces.begin(), braces.end(), ' '), braces.end());
  validator.description(braces);
  return validator;
}

void declare(CLI::App& app, CommandLine& line, std::string& format) {
  app.set_help_flag("-h,--help", "show this help");
  app.set_version_flag("--version", kVersion, "show the version");
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--admin-socket", line.admin_socket,
                 "socket of hpe3pard; without it that of the service, else that of the managed plugin")
      ->type_name("PATH");
  app.add_option("-o,--output", format, "form of the answer")
      ->type_name("FORMAT")
      ->check(one_of({"table", "json"}))
      ->capture_default_str();
  app.add_flag("--no-header", line.no_header, "tables without their first line, for scripts")->disable_flag_override();
  // For the completion: who presses TAB does not wait for a daemon that hangs.
  app.add_option("--patience", line.patience, "seconds to wait for an answer")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600))
      ->group("");
  app.fallthrough();
  app.require_subcommand(0, 1);  // a second command would be run instead of, or ignored beside, the first
  app.footer("--admin-socket, --output and --no-header may stand here too; hpe3parctl --help tells more.\n");

  app.add_subcommand("status", "the daemon, its arrays, how many volumes are mounted here");
  CLI::App* backend = app.add_subcommand("backend", "the backends of hpe.conf");
  backend->add_subcommand("ls", "list the backends with the state of their arrays");
  CLI::App* volume = app.add_subcommand("volume", "the volumes");
  CLI::App* volume_ls = volume->add_subcommand("ls", "list the volumes of all arrays");
  volume_ls->add_flag("-q,--quiet", line.names_only, "names only, one a line")->disable_flag_override();
  CLI::App* inspect = volume->add_subcommand("inspect", "show all that is known of volumes");
  inspect->add_option("NAME", line.volumes, "names of volumes")->type_name("VOLUME")->required();
  CLI::App* cleanup = app.add_subcommand("cleanup", "what is left to be finished or undone on this host");
  cleanup->add_subcommand("ls", "list it, with the error of the last try; a mount under way is listed too");
  app.footer(manual::plain_text(exit_status()));  // of the program only: commands have that of their birth
}

const CLI::App* parsed_below(const CLI::App& app) {
  const auto below = app.get_subcommands();
  return below.empty() ? nullptr : below.front();
}

// "ls, inspect", or with a prefix "volume ls, volume inspect"; empty if nothing may follow.
std::string words_below(const CLI::App& app, const std::string& prefix = "") {
  std::string words;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
    words += (words.empty() ? "" : ", ") + prefix + each->get_name();
  return words;
}

// Of a command line that CLI11 read: which command it names.
std::string command_of(const CLI::App& app, const CLI::App*& last) {
  std::string command;
  last = &app;
  while (const CLI::App* next = parsed_below(*last)) {
    command += (command.empty() ? "" : " ") + next->get_name();
    last = next;
  }
  return command;
}

// What is wrong, if it is about commands and words that there are not; else empty.
std::string why_not_understood(const CLI::App& app) {
  const CLI::App* last = nullptr;
  const std::string command = command_of(app, last);
  const std::string prefix = command.empty() ? "" : command + " ";
  const std::string words = words_below(*last, prefix);
  const std::vector<std::string> rest = app.remaining(true);
  const auto option = std::find_if(rest.begin(), rest.end(), [](const auto& word) { return word.starts_with('-'); });
  const std::string program = "hpe3parctl" + (command.empty() ? "" : " " + command);
  if (option != rest.end()) return "there is no option " + printable(*option) + "; " + program + " --help shows them";
  if (!words.empty() && !rest.empty())
    return "there is no command " + prefix + printable(rest.front()) + "; allowed: " + words;
  if (!words.empty()) return "a command is missing behind " + program + "; allowed: " + words;
  if (!rest.empty()) return program + " takes no argument " + printable(rest.front());
  return "";
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  std::string format = "table";
  CLI::App app("asks hpe3pard what it does", "hpe3parctl");
  declare(app, line, format);
  if (const auto text = manual::generate(argc, argv, app, make_manual())) {
    line.answer = *text;
    return line;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    line.answer = app.help();
    return line;
  } catch (const CLI::CallForVersion&) {
    line.answer = std::string(kVersion) + "\n";
    return line;
  } catch (const CLI::ExtrasError&) {
    throw Failure(ExitStatus::bad_usage, why_not_understood(app));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    throw Failure(ExitStatus::bad_usage, text.substr(0, text.find(':')) + " has no value, or one too many; see --help");
  } catch (const CLI::RequiredError&) {
    throw Failure(ExitStatus::bad_usage, "hpe3parctl volume inspect needs the name of a volume");
  } catch (const CLI::ParseError& error) {
    throw Failure(ExitStatus::bad_usage, printable(error.what()));
  }
  const CLI::App* last = nullptr;
  line.command = command_of(app, last);
  if (!words_below(*last).empty()) throw Failure(ExitStatus::bad_usage, why_not_understood(app));
  if (std::any_of(line.volumes.begin(), line.volumes.end(), [](const auto& name) { return name.empty(); }))
    throw Failure(ExitStatus::bad_usage, "the name of a volume is empty");
  line.format = format == "json" ? Format::json : Format::table;
  return line;
}

}  // namespace hpe3par::ctl
