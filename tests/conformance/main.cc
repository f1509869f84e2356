#include <algorithm>
#include <iostream>

#include "cases.h"
#include "wire.h"

namespace volconf {
namespace {

enum class Outcome { passed, failed, not_run };

std::string single_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  return text;
}

Outcome report(const Case& each, const std::string& word, const std::string& text, Outcome outcome) {
  std::cout << each.id << " " << word << std::string(8 - word.size(), ' ') << single_line(text) << std::endl;
  return outcome;
}

/// Cleans up even after a failure, whose text is the more interesting one.
void run_and_clean_up(const Case& each, Trial& trial) {
  try {
    each.run(trial);
  } catch (const std::exception&) {
    try {
      trial.clean_up();
    } catch (const std::exception& error) {
      trial.note(error.what());
    }
    throw;
  }
  trial.clean_up();
}

std::string missing(const Case& each, const Options& options) {
  std::string text;
  for (const std::string& need : each.needs) {
    if (!options.has(need)) text += (text.empty() ? "needs " : ", ") + need;
  }
  return text;
}

Outcome run(const Case& each, const Options& options, Plugin& plugin) {
  if (const std::string text = missing(each, options); !text.empty())
    return report(each, "not run", text, Outcome::not_run);
  std::string notes;
  try {
    Trial trial(options, plugin, each.id);
    try {
      run_and_clean_up(each, trial);
    } catch (...) {
      notes = trial.notes();
      throw;
    }
    notes = trial.notes();
  } catch (const std::exception& error) {
    return report(each, "FAILED", error.what() + (notes.empty() ? "" : " (" + notes + ")"), Outcome::failed);
  }
  return report(each, "ok", each.title + (notes.empty() ? "" : " (" + notes + ")"), Outcome::passed);
}

void list(const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    const std::string needs = missing(each, Options());
    std::cout << each.id << "  " << each.title << (needs.empty() ? "" : " (" + needs + ")") << "\n";
  }
}

/// @return false: one of them is unknown
bool select(std::vector<Case>& cases, const std::vector<std::string>& only) {
  if (only.empty()) return true;
  for (const std::string& id : only) {
    if (std::any_of(cases.begin(), cases.end(), [&](const Case& each) { return each.id == id; })) continue;
    std::cerr << "volconf: there is no case " << id << "; see --list\n";
    return false;
  }
  const auto unwanted = [&](const Case& each) { return std::count(only.begin(), only.end(), each.id) == 0; };
  cases.erase(std::remove_if(cases.begin(), cases.end(), unwanted), cases.end());
  return true;
}

int run_all(const std::vector<Case>& cases, const Options& options) {
  Plugin plugin(options.socket);
  std::map<Outcome, int> count;
  for (const Case& each : cases) ++count[run(each, options, plugin)];
  std::cout << count[Outcome::passed] << " passed, " << count[Outcome::failed] << " failed, " << count[Outcome::not_run]
            << " not run" << std::endl;
  return count[Outcome::failed] == 0 ? 0 : 1;
}

int run_program(int argc, char** argv) {
  int exit_code = 0;
  const auto options = parse_command_line(argc, argv, exit_code);
  if (!options) return exit_code;
  std::vector<Case> cases = all_cases();
  if (!select(cases, options->only)) return 2;
  if (options->list) {
    list(cases);
    return 0;
  }
  if (!accepts_connections(options->socket)) {
    std::cerr << "volconf: nobody listens on " << options->socket << "\n";
    return 2;
  }
  return run_all(cases, *options);
}

}  // namespace

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& section : {handshake_cases(), input_cases(), volume_cases(), mount_cases(), held_cases(),
                              remove_cases(), failure_cases(), text_cases()})
    all.insert(all.end(), section.begin(), section.end());
  std::sort(all.begin(), all.end(), [](const Case& a, const Case& b) { return a.id < b.id; });
  return all;
}

}  // namespace volconf

int main(int argc, char** argv) {
  try {
    return volconf::run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "volconf: " << error.what() << "\n";
    return 2;
  }
}
