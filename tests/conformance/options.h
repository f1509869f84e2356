#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace volconf {

/// The command line.
struct Options {
  std::string socket;
  std::map<std::string, std::string> given;  ///< options with a text, by name: {"--crash-command", "kill -9 …"}
  nlohmann::json volume_options = nlohmann::json::object();
  nlohmann::json other_options = nlohmann::json::object();
  std::vector<std::string> only;
  bool list = false;
  bool long_run = false;
  double slack = 1;

  bool has(const std::string& option) const { return given.contains(option); }
  std::string text(const std::string& option) const { return has(option) ? given.at(option) : ""; }
};

/// @return nullopt: nothing is to be done, and `exit_code` is what the program ends with
std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code);

}  // namespace volconf
