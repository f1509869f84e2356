#include "options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "errors.h"
#include "hpe3par/base/error.h"
#include "hpe3par/manual/manual.h"
#include "validate.h"

namespace hpe3par::sim {
namespace {

constexpr const char* kDescription =
    "Simulates HPE 3PAR arrays: their WSAPI, and their volumes as files.\n"
    "Prints \"ready\" when it listens. What the arrays know lives in memory: a restart on the same data directory\n"
    "starts empty and removes the volume and export files that an earlier run left there.";

manual::Manual make_manual() {
  manual::Manual manual;
  manual.section = 1;
  manual.version = "wsapi-sim";
  manual.sections = {
      {"DESCRIPTION",
       {{"Plays arrays, so that hpe3pard can be tried and tested without one. Prints \"ready\" on stdout when it "
         "listens; "
         "everything else goes to stderr. What the arrays know lives in memory: a restart on the same data directory "
         "starts empty and removes the volume and export files that an earlier run left there."}}},
      {"EXIT STATUS", {{"It was asked to stop.", "0"}, {"It cannot run.", "1"}, {"Bad usage.", "2"}}},
      {"EXAMPLES",
       {{"wsapi-sim --array A=127.0.0.1:8008 --user 3paradm --password 3pardata \\\n    --data-dir /var/tmp/arrays", "",
         true}}},
      {"SEE ALSO", {{"hpe3pard(8), docs/simulator.md"}}}};
  return manual;
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(ErrorKind::invalid_argument, sentence);
}

std::pair<std::string, std::string> split_at(const std::string& text, char separator, const std::string& form) {
  const std::size_t at = text.find(separator);
  if (at == std::string::npos || at == 0 || at + 1 == text.size()) refuse("'" + text + "' is not of the form " + form);
  return {text.substr(0, at), text.substr(at + 1)};
}

void check_object_name(const std::string& name, const char* what) {
  try {
    check_name(name, 31, Letters::name, what);
  } catch (const Refusal&) {
    refuse(std::string(what) + " name '" + name + "' must have 1 to 31 of A-Z a-z 0-9 . _ - and not begin with -");
  }
}

ArrayOption parse_array(const std::string& text) {
  auto [name, address] = split_at(text, '=', "NAME=HOST:PORT");
  check_object_name(name, "array");
  return {std::move(name), parse_address(address)};
}

bool has_array(const Options& options, const std::string& name) {
  return std::any_of(options.arrays.begin(), options.arrays.end(),
                     [&](const ArrayOption& a) { return a.name == name; });
}

void add_array(Options& options, const std::string& text) {
  ArrayOption array = parse_array(text);
  if (has_array(options, array.name)) refuse("array " + array.name + " is given twice");
  options.arrays.push_back(std::move(array));
}

void add_link(Options& options, const std::string& text) {
  auto link = split_at(text, ',', "NAME,NAME");
  for (const std::string& name : {link.first, link.second})
    if (!has_array(options, name)) refuse("--link " + text + ": there is no --array " + name);
  if (link.first == link.second) refuse("--link " + text + ": an array has no link to itself");
  options.links.push_back(std::move(link));
}

struct RawOptions {
  std::vector<std::string> arrays;
  std::vector<std::string> links;
  std::vector<std::string> domains;
  std::string control;
  std::string data_dir;
  std::string profile = "3par";
};

Options checked(Options options, const RawOptions& raw) {
  for (const std::string& array : raw.arrays) add_array(options, array);
  for (const std::string& link : raw.links) add_link(options, link);
  for (const std::string& domain : raw.domains) check_object_name(domain, "domain");
  options.domains.insert(raw.domains.begin(), raw.domains.end());
  options.profile = parse_profile(raw.profile);
  options.data_dir = raw.data_dir;
  if (!raw.control.empty()) options.control = parse_address(raw.control);
  return options;
}

void declare(CLI::App& app, Options& options, RawOptions& raw) {
  constexpr int kOne = 1;
  const auto repeatable = [](CLI::Option* option) { option->expected(kOne)->take_all(); };
  repeatable(app.add_option("--array", raw.arrays,
                            "An array and where its WSAPI listens: NAME=HOST:PORT (port 0: any free one, told on "
                            "stderr); may be repeated")
                 ->required());
  repeatable(app.add_option("--link", raw.links,
                            "Two arrays with remote copy links between them: NAME,NAME; may be repeated"));
  app.add_option("--user", options.user, "User that may log in")->required();
  app.add_option("--password", options.password, "Its password")->required();
  app.add_option("--data-dir", raw.data_dir, "Directory for volume files; made if missing")->required();
  app.add_option("--control", raw.control, "Where the control port listens: HOST:PORT");
  repeatable(app.add_option("--domain", raw.domains, "A domain that every array knows; may be repeated"));
  app.add_option("--profile", raw.profile, "Generation to play: 3par (default), primera or alletramp");
  app.add_flag("--tls", options.tls, "Serve HTTPS; the authority to trust is written to DATA_DIR/ca.pem");
}

std::string single_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Address parse_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) refuse("'" + text + "' is not of the form HOST:PORT");
  Address address{.host = text.substr(0, colon), .port = -1};
  if (address.host.starts_with('[') && address.host.ends_with(']'))
    address.host = address.host.substr(1, address.host.size() - 2);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
  constexpr int kMaxPort = 65535;
  if (error != std::errc() || stop != end || address.port < 0 || address.port > kMaxPort)
    refuse("'" + text + "': the port must be a number from 0 to 65535");
  return address;
}

Options parse_options(int argc, const char* const* argv) {
  Options options;
  RawOptions raw;
  CLI::App app(kDescription, "wsapi-sim");
  declare(app, options, raw);
  if (const auto text = manual::generate(argc, argv, app, make_manual())) throw EarlyExit{0, *text};
  try {
    app.parse(argc, argv);
    return checked(std::move(options), raw);
  } catch (const CLI::CallForHelp&) {
    throw EarlyExit{0, app.help()};
  } catch (const CLI::ParseError& error) {
    throw EarlyExit{2, single_line(error.what())};
  } catch (const Error& error) {
    throw EarlyExit{2, error.what()};
  }
}

}  // namespace hpe3par::sim
