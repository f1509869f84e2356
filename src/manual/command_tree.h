#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hpe3par::manual {

/// An option or a positional argument.
struct OptionEntry {
  std::vector<std::string> names;  ///< "-o", "--output"; of a positional: none
  std::string value;               ///< "PATH"; empty: a flag
  std::vector<std::string> choices;
  std::string description;
  std::string default_value;
  bool repeatable = false;
  bool required = false;

  bool positional() const { return names.empty(); }
};

struct CommandEntry {
  std::string name;  ///< with those above it, but for the program: "volume ls"
  std::string description;
  std::vector<OptionEntry> options;
  std::vector<CommandEntry> commands;
};

/// What a CLI11 App knows about itself, but for what is hidden.
CommandEntry read_program(const CLI::App& app);

/// Every command that has none below it, in order.
std::vector<CommandEntry> leaves(const CommandEntry& program);

}  // namespace hpe3par::manual
