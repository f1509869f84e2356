#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "listener.h"
#include "model.h"

namespace hpe3par::sim {

struct ArrayOption {
  std::string name;
  Address address;
};

/// What the command line asks for.
struct Options {
  std::vector<ArrayOption> arrays;
  std::vector<std::pair<std::string, std::string>> links;
  std::string user;
  std::string password;
  std::filesystem::path data_dir;
  std::optional<Address> control;
  std::set<std::string> domains;
  Profile profile = Profile::three_par;
  bool tls = false;
};

/// `HOST:PORT`, with an IPv6 host in brackets.
/// @throws Error invalid_argument
Address parse_address(const std::string& text);

/// What to do when the command line is not one to run with: print `text` and exit.
struct EarlyExit {
  int code = 0;
  std::string text;
};

/// @throws EarlyExit code 0 for --help, 2 with one exact sentence for bad usage
Options parse_options(int argc, const char* const* argv);

}  // namespace hpe3par::sim
