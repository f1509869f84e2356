#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hpe3par::manual {

/// A paragraph of running text; with a term, an entry of a list; verbatim, an example whose lines stay as they are.
struct Paragraph {
  std::string text;
  std::string term = {};
  bool verbatim = false;
};

struct Section {
  std::string title;  ///< "EXIT STATUS"
  std::vector<Paragraph> paragraphs;
};

/// What a program's manual says beyond its options and commands, which are read off its CLI11 App. So `--help`, the man
/// page and the completion of a program have one source. ASCII only.
struct Manual {
  int section = 8;
  std::string version;            ///< "hpe3pard 0.1.0"
  std::vector<Section> sections;  ///< DESCRIPTION, if it is the first, stands before the options
  /// For completion: the name of a value ("VOLUME") -> the arguments with which the program prints, one a line, what
  /// may stand there. Options of the whole program whose value is a PATH are handed on.
  std::map<std::string, std::string> values = {};
};

/// The man page of the program, in roff. Options in the empty group of CLI11 are left out.
std::string man_page(const CLI::App& app, const Manual& manual);

/// A completion for bash that needs nothing but bash. What the program prints for a value is offered only if it is made
/// of letters, digits, '.', '_' and '-', because bash puts it on the command line as it is.
std::string bash_completion(const CLI::App& app, const Manual& manual);

/// The section for the end of `--help`, lines of at most 80 characters.
std::string plain_text(const Section& section);

/// What `--generate man` or `--generate bash-completion` prints, if these are all the arguments; the build calls that.
std::optional<std::string> generate(int argc, const char* const* argv, const CLI::App& app, const Manual& manual);

}  // namespace hpe3par::manual
