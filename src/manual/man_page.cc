#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <sstream>

#include "command_tree.h"
#include "hpe3par/manual/manual.h"

namespace hpe3par::manual {
namespace {

constexpr std::size_t kHelpWidth = 78;

// A dash would become a hyphen, which nobody can paste; a dot at the beginning of a line would be a request.
std::string escaped(const std::string& text) {
  std::string result;
  bool at_begin = true;
  for (const char c : text) {
    if (at_begin && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
    at_begin = c == '\n';
  }
  return result;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + escaped(text) + "\\fR";
}

// An argument of a macro in double quotes.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : escaped(text)) result += c == '"' ? std::string("\\(dq") : std::string(1, c);
  return result + "\"";
}

std::string heading(const OptionEntry& option) {
  std::string text;
  for (const std::string& name : option.names) text += (text.empty() ? "" : ", ") + bold(name);
  if (!option.value.empty()) text += (text.empty() ? "" : " ") + italic(option.value);
  if (option.positional() && option.repeatable) text += " ...";
  return text;
}

std::string body(const OptionEntry& option) {
  std::string text = option.description;
  if (!option.choices.empty()) {
    text += ": ";
    for (std::size_t i = 0; i < option.choices.size(); ++i)
      text += (i == 0 ? "" : i + 1 == option.choices.size() ? " or " : ", ") + option.choices[i];
  }
  if (!option.default_value.empty()) text += " (default: " + option.default_value + ")";
  return text;
}

std::string entry(const std::string& title, const std::string& text) {
  return ".TP\n" + title + "\n" + escaped(text) + "\n";
}

bool is_help(const OptionEntry& option) {
  return std::find(option.names.begin(), option.names.end(), "--help") != option.names.end();
}

std::string synopsis(const std::string& program, const CommandEntry& tree) {
  std::string text = ".SH SYNOPSIS\n" + bold(program);
  for (const OptionEntry& option : tree.options)
    if (option.required && !option.positional()) text += " " + bold(option.names.back()) + " " + italic(option.value);
  text += " [" + italic("OPTION") + " ...]";
  if (!tree.commands.empty()) text += " " + italic("COMMAND");
  return text + "\n";
}

std::string commands(const CommandEntry& tree) {
  const std::vector<CommandEntry> all = leaves(tree);
  if (all.empty()) return "";
  std::string text = ".SH COMMANDS\n";
  for (const CommandEntry& command : all) {
    std::string title = bold(command.name);
    std::string options;
    for (const OptionEntry& option : command.options) {
      if (is_help(option)) continue;
      title += option.positional() ? " " + heading(option) : " [" + heading(option) + "]";
      options += ".RS\n" + entry(heading(option), body(option)) + ".RE\n";
    }
    text += entry(title, command.description) + options;
  }
  return text;
}

std::string options(const CommandEntry& tree) {
  std::string text = ".SH OPTIONS\n";
  for (const OptionEntry& option : tree.options) text += entry(heading(option), body(option));
  return text;
}

std::string to_roff(const Paragraph& paragraph) {
  if (paragraph.verbatim) return ".PP\n.nf\n.RS\n" + escaped(paragraph.text) + "\n.RE\n.fi\n";
  if (!paragraph.term.empty()) return entry(bold(paragraph.term), paragraph.text);
  return ".PP\n" + escaped(paragraph.text) + "\n";
}

std::string to_roff(const Section& section) {
  std::string text = ".SH " + quoted(section.title) + "\n";
  for (const Paragraph& paragraph : section.paragraphs) text += to_roff(paragraph);
  return text;
}

// Words on lines of at most `kHelpWidth`, each line after the first indented.
std::string wrapped(const std::string& text, const std::string& first_indent, const std::string& indent) {
  std::istringstream words(text);
  std::string result;
  std::string line = first_indent;
  bool empty = true;
  for (std::string word; words >> word; empty = false) {
    if (!empty && line.size() + 1 + word.size() > kHelpWidth) {
      result += line + "\n";
      line = indent;
      empty = true;
    }
    line += (empty ? "" : " ") + word;
  }
  return result + line + "\n";
}

}  // namespace

std::string man_page(const CLI::App& app, const Manual& manual) {
  const CommandEntry tree = read_program(app);
  const std::string& program = app.get_name();
  const std::string summary = tree.description.substr(0, tree.description.find('\n'));
  std::string text = ".\\\" made by " + program + " --generate man\n";
  text += ".TH " + quoted(upper(program)) + " " + std::to_string(manual.section) + " \"\" " + quoted(manual.version) +
          "\n.SH NAME\n" + escaped(program) + " \\- " + escaped(summary) + "\n";
  text += synopsis(program, tree);
  auto rest = manual.sections.begin();
  if (rest != manual.sections.end() && rest->title == "DESCRIPTION") text += to_roff(*rest++);
  text += commands(tree) + options(tree);
  for (; rest != manual.sections.end(); ++rest) text += to_roff(*rest);
  return text;
}

std::string plain_text(const Section& section) {
  constexpr std::size_t kTermWidth = 6;
  std::string text = section.title.substr(0, 1);
  for (const char c : section.title.substr(1)) text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  text += ":\n";
  for (const Paragraph& paragraph : section.paragraphs) {
    std::string term = paragraph.term.empty() ? "" : "  " + paragraph.term;
    term.resize(std::max(term.size() + (term.empty() ? 2 : 1), kTermWidth), ' ');
    text += wrapped(paragraph.text, term, std::string(term.size(), ' '));
  }
  return text;
}

std::optional<std::string> generate(int argc, const char* const* argv, const CLI::App& app, const Manual& manual) {
  if (argc != 3 || std::string_view(argv[1]) != "--generate") return std::nullopt;
  if (std::string_view(argv[2]) == "man") return man_page(app, manual);
  if (std::string_view(argv[2]) == "bash-completion") return bash_completion(app, manual);
  return std::nullopt;
}

}  // namespace hpe3par::manual
