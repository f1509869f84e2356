#include "command_tree.h"

#include <CLI/CLI.hpp>
#include <sstream>

namespace hpe3par::manual {
namespace {

// CLI11 shows a value as "TEXT:{table,json}".
void read_value(const std::string& type, OptionEntry& entry) {
  entry.value = type.substr(0, type.find(':'));
  const std::size_t open = type.find('{');
  if (open == std::string::npos) return;
  std::istringstream choices(type.substr(open + 1, type.find('}') - open - 1));
  for (std::string choice; std::getline(choices, choice, ',');) entry.choices.push_back(choice);
}

OptionEntry read_option(const CLI::Option& option) {
  OptionEntry entry;
  for (const std::string& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) entry.names.push_back("--" + name);
  if (option.get_items_expected_max() > 0) read_value(option.get_type_name(), entry);
  entry.description = option.get_description();
  entry.default_value = option.get_default_str();
  entry.repeatable = option.get_items_expected_max() > 1;
  entry.required = option.get_required();
  return entry;
}

CommandEntry read_command(const CLI::App& app, const std::string& name) {
  CommandEntry entry;
  entry.name = name;
  entry.description = app.get_description();
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) entry.options.push_back(read_option(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    entry.commands.push_back(
        read_command(*command, name.empty() ? command->get_name() : name + " " + command->get_name()));
  return entry;
}

}  // namespace

CommandEntry read_program(const CLI::App& app) {
  return read_command(app, "");
}

std::vector<CommandEntry> leaves(const CommandEntry& program) {
  if (program.commands.empty()) return program.name.empty() ? std::vector<CommandEntry>{} : std::vector{program};
  std::vector<CommandEntry> found;
  for (const CommandEntry& command : program.commands)
    for (CommandEntry& leaf : leaves(command)) found.push_back(std::move(leaf));
  return found;
}

}  // namespace hpe3par::manual
