#include <CLI/CLI.hpp>
#include <algorithm>

#include "command_tree.h"
#include "hpe3par/manual/manual.h"

namespace hpe3par::manual {
namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

bool is_path(const OptionEntry& option) {
  return option.value == "PATH" || option.value == "FILE" || option.value == "DIR";
}

// Every option with a value, of the program and all its commands.
void collect(const CommandEntry& command, std::vector<OptionEntry>& options) {
  for (const OptionEntry& option : command.options)
    if (!option.value.empty() && !option.positional()) options.push_back(option);
  for (const CommandEntry& below : command.commands) collect(below, options);
}

std::vector<std::string> option_names(const CommandEntry& command) {
  std::vector<std::string> names;
  for (const OptionEntry& option : command.options) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

// `"name") list=(words) ;;`, or nothing.
std::string arm(const std::string& command, const std::vector<std::string>& words) {
  if (words.empty()) return "";
  return "      \"" + command + "\") candidates=(" + joined(words, " ") + ") ;;\n";
}

std::string option_arms(const CommandEntry& command, std::vector<std::string> inherited) {
  for (const std::string& name : option_names(command))
    if (std::find(inherited.begin(), inherited.end(), name) == inherited.end()) inherited.push_back(name);
  std::string text = arm(command.name, inherited);
  for (const CommandEntry& below : command.commands) text += option_arms(below, inherited);
  return text;
}

std::string command_arms(const CommandEntry& command) {
  std::vector<std::string> names;
  for (const CommandEntry& below : command.commands) names.push_back(below.name.substr(below.name.rfind(' ') + 1));
  std::string text = arm(command.name, names);
  for (const CommandEntry& below : command.commands) text += command_arms(below);
  return text;
}

std::string value_arms(const std::vector<OptionEntry>& options) {
  std::string text;
  for (const OptionEntry& option : options) {
    text += "      " + joined(option.names, "|") + ") ";
    if (is_path(option)) {
      text += "mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames 2>/dev/null; return ;;\n";
    } else {
      text += "candidates=(" + joined(option.choices, " ") + ") ;;\n";
    }
  }
  return text;
}

std::string argument_arms(const CommandEntry& command, const Manual& manual) {
  std::string text;
  for (const OptionEntry& option : command.options) {
    const auto value = manual.values.find(option.value);
    if (!option.positional() || value == manual.values.end()) continue;
    text += "      \"" + command.name + "\") mapfile -t candidates < <(\"$program\" \"${given[@]}\" " + value->second +
            " 2>/dev/null </dev/null) ;;\n";
  }
  for (const CommandEntry& below : command.commands) text += argument_arms(below, manual);
  return text;
}

std::string quoted_or(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "\"" : "|\"") + word + "\"";
  return text.empty() ? "\"\"" : text;
}

void replace(std::string& text, const std::string& what, const std::string& with) {
  text.replace(text.find(what), what.size(), with);
}

constexpr const char* kFunction = R"(# Completion of @PROGRAM@ for bash; made by @PROGRAM@ --generate bash-completion.
_@FUNCTION@() {
  local program="${1/#\~/$HOME}" current="${COMP_WORDS[COMP_CWORD]}" command="" option="" word i
  local -a candidates=() given=()
  COMPREPLY=()
  [[ $current == "=" ]] && current=""
  # Which command is being typed, and of which option a value is.
  for ((i = 1; i < COMP_CWORD; ++i)); do
    word="${COMP_WORDS[i]}"
    [[ $word == "=" ]] && continue # bash makes three words of --option=value
    if [[ -n $option ]]; then
      case "$option" in
        @PATH_OPTIONS@) given+=("$option" "${word/#\~/$HOME}") ;;
      esac
      option=""
      continue
    fi
    case "$word" in
      @VALUE_OPTIONS@) option="$word" ;;
      -*) ;;
      *)
        case "$command" in
          @LEAVES@) ;; # what follows are its arguments
          *) command="${command:+$command }$word" ;;
        esac
        ;;
    esac
  done
  if [[ -n $option ]]; then
    case "$option" in
@VALUES@    esac
  elif [[ $current == -* ]]; then
    case "$command" in
@OPTIONS@    esac
  else
    case "$command" in
@COMMANDS@    esac
  fi
  for word in "${candidates[@]}"; do
    # Names come from the arrays, and bash puts them on the command line as they are.
    [[ $current == -* || $word =~ ^[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || continue
    [[ $word == "$current"* ]] && COMPREPLY+=("$word")
  done
}
complete -F _@FUNCTION@ @PROGRAM@
)";

}  // namespace

std::string bash_completion(const CLI::App& app, const Manual& manual) {
  const CommandEntry tree = read_program(app);
  std::vector<OptionEntry> options;
  collect(tree, options);
  std::vector<std::string> value_options;
  for (const OptionEntry& option : options)
    value_options.insert(value_options.end(), option.names.begin(), option.names.end());
  std::vector<std::string> path_options;
  for (const OptionEntry& option : tree.options)
    if (option.value == "PATH") path_options.insert(path_options.end(), option.names.begin(), option.names.end());
  std::vector<std::string> leaf_names;
  for (const CommandEntry& leaf : leaves(tree)) leaf_names.push_back(leaf.name);

  std::string function = app.get_name();
  std::replace(function.begin(), function.end(), '-', '_');
  std::string text = kFunction;
  for (int i = 0; i < 3; ++i) replace(text, "@PROGRAM@", app.get_name());
  for (int i = 0; i < 2; ++i) replace(text, "@FUNCTION@", function);
  replace(text, "@PATH_OPTIONS@", quoted_or(path_options));
  replace(text, "@VALUE_OPTIONS@", quoted_or(value_options));
  replace(text, "@LEAVES@", quoted_or(leaf_names));
  replace(text, "@VALUES@", value_arms(options));
  replace(text, "@OPTIONS@", option_arms(tree, {}));
  replace(text, "@COMMANDS@", command_arms(tree) + argument_arms(tree, manual));
  return text;
}

}  // namespace hpe3par::manual
