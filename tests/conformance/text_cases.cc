// C49 and C50: what people read.
#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <sstream>

#include "cases.h"
#include "host.h"

namespace volconf {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestErr = 1024;

std::optional<std::string> fault_of(const Reply& reply, const std::string& secret) {
  const std::string err = reply.err();
  if (!secret.empty() && reply.body.find(secret) != std::string::npos) return "without the secret";
  if (err.find_first_of("\r\n") != std::string::npos) return "one line";
  if (err.size() > kLongestErr) return "at most 1 KB";
  for (const char* sign : {"<html", "<HTML", "<!DOCTYPE", "Traceback", "terminate called", "goroutine ", "0x0000"}) {
    if (err.find(sign) != std::string::npos) return std::string("a sentence, not ") + sign;
  }
  return std::nullopt;
}

void expect_good_text(const Reply& reply, const std::string& secret) {
  const auto fault = fault_of(reply, secret);
  expect(!fault, reply.story() + "; right: " + fault.value_or(""));
}

bool asks_for_help(const Reply& reply, const std::string& help_option) {
  return !help_option.empty() && reply.sent.find("\"" + help_option + "\":") != std::string::npos;
}

std::vector<Reply> provoke_errors(Trial& trial) {
  json wrong = trial.options().volume_options;
  wrong["volconf-unknown"] = "1";
  Plugin& plugin = trial.plugin();
  std::vector<Reply> errors = {plugin.create(trial.new_name(), wrong), plugin.mount(trial.new_name(), mount_id()),
                               plugin.get(trial.new_name()), plugin.path(trial.new_name())};
  if (!trial.options().has("--backend-down-command") || !trial.options().has("--backend-up-command")) {
    trial.note("without those of an outage: needs --backend-down-command");
    return errors;
  }
  const std::string name = trial.new_volume();
  trial.run("--backend-down-command");
  errors.push_back(plugin.create(trial.new_name(), trial.options().volume_options));
  errors.push_back(plugin.mount(name, mount_id()));
  errors.push_back(plugin.remove(name));
  return errors;
}

void errors_are_readable(Trial& trial) {
  const std::string secret = trial.options().text("--secret");
  for (const Reply& reply : provoke_errors(trial)) {
    expect_error(reply);
    expect_good_text(reply, secret);
    expect(reply.err().find(reply.name) != std::string::npos, reply.story() + "; right: an Err with the volume's name");
  }
  for (const Reply& reply : trial.plugin().errors()) {
    if (!asks_for_help(reply, trial.options().text("--help-option"))) expect_good_text(reply, secret);
  }
}

/// The value behind the first word that begins with "req": `req=14`, `"request_id":"ab"`.
std::string request_id_of(const std::string& line) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  const std::size_t key = line.find("req");
  const std::size_t mark = key == std::string::npos ? key : line.find_first_of("=:", key);
  if (mark == std::string::npos) return "";
  const auto begin = std::find_if(line.begin() + static_cast<std::ptrdiff_t>(mark), line.end(), is_word);
  return {begin, std::find_if_not(begin, line.end(), is_word)};
}

std::vector<std::string> lines_with(const std::string& text, const std::string& first, const std::string& second) {
  std::vector<std::string> result;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(first) != std::string::npos && line.find(second) != std::string::npos) result.push_back(line);
  }
  return result;
}

void calls_are_logged(Trial& trial) {
  const std::string name = trial.new_volume();
  for (int i = 0; i < 3; ++i) expect_ok(trial.plugin().get(name));
  std::vector<std::string> lines;
  eventually(trial.limit(5), [&] {
    lines = lines_with(read_file(trial.options().text("--log")), name, "Get");
    return lines.size() >= 3;
  });
  expect(lines.size() == 3, "three calls of Get for " + name + " made " + std::to_string(lines.size()) +
                                " lines with Get and that name in the log; right: one each");
  std::set<std::string> ids;
  for (const std::string& line : lines) ids.insert(request_id_of(line));
  expect(ids.size() == 3 && !ids.contains(""),
         "lines of the log such as: " + lines.front() + "; right: each with a request id of its own, as req=14");
  const std::string secret = trial.options().text("--secret");
  expect(secret.empty() || read_file(trial.options().text("--log")).find(secret) == std::string::npos,
         "the secret is in the log");
  if (secret.empty()) trial.note("not searched for a secret: needs --secret");
}

}  // namespace

std::vector<Case> text_cases() {
  return {
      {"C49", "an Err is one readable line with the volume's name", {}, errors_are_readable},
      {"C50", "the log has one line per call with a request id, and no secret", {"--log"}, calls_are_logged},
  };
}

}  // namespace volconf
