#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>

#include "command_line.h"
#include "commands.h"
#include "failure.h"

namespace {

using namespace hpe3par::ctl;

// One sentence a line.
void complain(const std::string& sentences) {
  std::string text = sentences;
  if (!text.ends_with('\n')) text += '\n';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at) + 1;
    std::fprintf(stderr, "hpe3parctl: %s", text.substr(at, end - at).c_str());
    at = end;
  }
}

// A reader that has seen enough (`| head`) is no error worth a sentence.
ExitStatus print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written) return ExitStatus::done;
  if (errno != EPIPE) complain(std::string("cannot write the answer: ") + std::strerror(errno));
  return ExitStatus::failed;
}

ExitStatus run(int argc, char** argv) {
  const CommandLine line = parse_command_line(argc, argv);
  if (!line.answer.empty()) return print(line.answer);
  const Outcome outcome = run_command(line);
  const ExitStatus printed = print(outcome.output);
  if (!outcome.warnings.empty()) complain(outcome.warnings);
  return printed == ExitStatus::done ? outcome.status : printed;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // what is to be said on stderr is said although nobody reads stdout any more
  try {
    return static_cast<int>(run(argc, argv));
  } catch (const Failure& failure) {
    complain(failure.what());
    return static_cast<int>(failure.status());
  } catch (const std::exception& error) {
    complain(std::string("internal error: ") + error.what() + "; please report it");
    return static_cast<int>(ExitStatus::failed);
  }
}
