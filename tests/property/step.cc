#include "tests/property/step.h"

#include <algorithm>
#include <array>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace hpe3par::test {
namespace {

struct Form {
  const char* actor;  ///< "host", "array" or the first word itself
  const char* verb;   ///< "": any
  std::size_t words;
};

constexpr std::array<Form, 24> kForms = {{
    {"host", "create", 3}, {"host", "remove", 3}, {"host", "mount", 4}, {"host", "unmount", 4},
    {"host", "get", 3},    {"host", "list", 2},   {"host", "write", 3}, {"host", "kill", 2},
    {"host", "start", 2},  {"host", "crash", 3},  {"array", "down", 2}, {"array", "mgmt_down", 2},
    {"array", "hang", 2},  {"array", "up", 2},    {"op", "", 3},        {"links", "down", 2},
    {"links", "up", 2},    {"witness", "", 2},    {"witness", "", 3},   {"clock", "", 2},
    {"settle", "", 1},     {"links", "", 3},      {"host", "paths", 3}, {"host", "paths", 4},
}};

std::string kind_of(const std::string& actor) {
  if (actor == "A" || actor == "B") return "array";
  return actor == "h1" || actor == "h2" || actor == "h3" ? "host" : actor;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \n\t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

void read_setting(const std::string& word, Plan& plan) {
  if (word == "peer_persistence" || word == "synchronous")
    plan.persistent = word == "peer_persistence";
  else if (word == "serve" || word == "refuse_alone")
    plan.peer_serves = word == "serve";
  else if (word == "dead" || word == "refuse")
    plan.fences_dead = word == "dead";
  else if (word == "mirrored")
    plan.mirrored = true;
  else
    throw std::invalid_argument("no setting of a plan: " + word);
}

}  // namespace

const std::string& Step::word(std::size_t index) const {
  static const std::string kNone;
  return index < words.size() ? words[index] : kNone;
}

std::vector<std::string> hosts_of(const Plan& plan) {
  std::vector<std::string> hosts = {"h1", "h2"};
  const auto is_third = [](const Step& step) { return step.word(0) == "h3"; };
  if (std::any_of(plan.steps.begin(), plan.steps.end(), is_third)) hosts.emplace_back("h3");
  return hosts;
}

Step parse_step(const std::string& line) {
  Step step{.words = words_of(line)};
  step.together = !step.words.empty() && step.words.back() == "&";
  if (step.together) step.words.pop_back();
  const bool known = std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) {
    return form.actor == kind_of(step.word(0)) && form.words == step.words.size() &&
           (*form.verb == '\0' || form.verb == step.word(1));
  });
  if (!known) throw std::invalid_argument("no step: " + line);
  return step;
}

std::string to_text(const Step& step) {
  std::string text;
  for (const std::string& word : step.words) text += (text.empty() ? "" : " ") + word;
  return text + (step.together ? " &" : "");
}

Plan parse_plan(const std::string& text) {
  Plan plan;
  std::istringstream in(text);
  std::string part;
  std::getline(in, part, ';');
  for (const std::string& word : words_of(part)) read_setting(word, plan);
  while (std::getline(in, part, ';'))
    if (!trimmed(part).empty()) plan.steps.push_back(parse_step(trimmed(part)));
  return plan;
}

std::string to_text(const Plan& plan) {
  std::string text = plan.persistent ? "peer_persistence" : "synchronous";
  text += plan.peer_serves ? " serve" : " refuse_alone";
  text += plan.fences_dead ? " dead" : " refuse";
  if (plan.mirrored) text += " mirrored";
  for (const Step& step : plan.steps) text += "; " + to_text(step);
  return text;
}

std::ostream& operator<<(std::ostream& out, const Plan& plan) {
  return out << to_text(plan);
}

}  // namespace hpe3par::test
