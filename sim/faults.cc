#include "faults.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "errors.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using enum FaultKind;

constexpr std::pair<std::string_view, FaultKind> kKinds[] = {{"error", error},
                                                             {"error_after", error_after},
                                                             {"latency", latency},
                                                             {"reset", reset},
                                                             {"reset_after", reset_after},
                                                             {"hang", hang},
                                                             {"hang_after", hang_after},
                                                             {"garbage", garbage},
                                                             {"html", html},
                                                             {"html_after", html_after},
                                                             {"empty", empty},
                                                             {"empty_after", empty_after},
                                                             {"wrong_shape", wrong_shape},
                                                             {"wrong_shape_after", wrong_shape_after},
                                                             {"die", die},
                                                             {"die_after", die_after}};

constexpr std::size_t kMostHits = 1000;
constexpr const char* kJson = "application/json";
constexpr const char* kPage =
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n"
    "<body><form action=\"/login\"><input name=\"user\"></form></body></html>\n";
constexpr const char* kCutOff = R"({"total":3,"members":[{"name":"cut-off","id":1}]})";
constexpr const char* kWrongShape = R"({"members":{},"foo":1})";

std::string_view word_of(FaultKind kind) {
  return std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& known) { return known.second == kind; })
      ->first;
}

FaultAnswer error_answer(const Fault& fault) {
  constexpr int kInternal = 500;
  const int status = fault.status == 0 ? kInternal : fault.status;
  const json body = {{"code", fault.code}, {"desc", text_of_wire_number(fault.code, status)}};
  return {.delivery = Delivery::answer, .status = status, .content_type = kJson, .body = body.dump()};
}

}  // namespace

std::optional<FaultKind> parse_fault_kind(std::string_view word) {
  for (const auto& [name, kind] : kKinds)
    if (name == word) return kind;
  return std::nullopt;
}

std::string fault_kind_words() {
  std::string words;
  for (const auto& [name, kind] : kKinds) words.append(words.empty() ? "" : ", ").append(name);
  return words;
}

bool comes_after_the_effect(FaultKind kind) {
  return word_of(kind).ends_with("_after");
}

bool kills_the_array(FaultKind kind) {
  return kind == die || kind == die_after;
}

FaultAnswer answer_of(const Fault& fault, std::string_view method) {
  const auto status_or = [&](int usual) { return fault.status == 0 ? usual : fault.status; };
  switch (fault.kind) {
    case reset:
    case reset_after:
    case die:
    case die_after: return {.delivery = Delivery::reset};
    case hang:
    case hang_after: return {.delivery = Delivery::hang};
    case garbage: return {Delivery::cut, status_or(200), kJson, kCutOff};
    case html:
    case html_after: return {Delivery::answer, status_or(200), "text/html; charset=utf-8", kPage};
    case empty:
    case empty_after: return {Delivery::answer, status_or(200), "", ""};
    case wrong_shape:
    case wrong_shape_after:
      return {Delivery::answer, status_or(method == "POST" ? 201 : 200), kJson, fault.body.value_or(kWrongShape)};
    case error:
    case error_after:
    case latency: break;
  }
  return error_answer(fault);
}

void Faults::add(Fault fault) {
  const std::lock_guard guard(mutex_);
  faults_.push_back({.fault = std::move(fault)});
}

void Faults::clear(std::string_view name) {
  const std::lock_guard guard(mutex_);
  std::erase_if(faults_, [&](const Entry& entry) {
    const bool meant = name.empty() || entry.fault.name == name;
    if (meant) *entry.cleared = true;
    return meant;
  });
}

bool Faults::fits(const Entry& entry, std::string_view method, std::string_view route, std::string_view text) {
  const Fault& fault = entry.fault;
  return !entry.used_up && (fault.method.empty() || fault.method == method) &&
         (fault.route.empty() || fault.route == route) &&
         (fault.name.empty() || text.find(fault.name) != std::string_view::npos);
}

void Faults::strike(Entry& entry, std::string_view method, std::string_view route) {
  if (entry.fault.count > 0) entry.used_up = --entry.fault.count == 0;
  if (entry.hits.size() < kMostHits) entry.hits.push_back(std::string(method).append(" ").append(route));
  ++fired_;
}

Faults::Plan Faults::take(std::string_view method, std::string_view route, std::string_view text) {
  const std::lock_guard guard(mutex_);
  Plan plan;
  for (Entry& entry : faults_) {
    if (!fits(entry, method, route, text)) continue;
    if (entry.fault.skip > 0) {
      --entry.fault.skip;
      continue;
    }
    if (entry.fault.kind == latency) {
      plan.delay += entry.fault.delay;
    } else if (!plan.failure) {
      plan.failure = entry.fault;
      plan.cleared = entry.cleared;
    } else {
      continue;
    }
    strike(entry, method, route);
  }
  return plan;
}

int Faults::fired() const {
  const std::lock_guard guard(mutex_);
  return fired_;
}

void Faults::reset_fired() {
  const std::lock_guard guard(mutex_);
  fired_ = 0;
}

json Faults::report() const {
  const std::lock_guard guard(mutex_);
  json report = json::array();
  for (const Entry& entry : faults_)
    report.push_back({{"kind", word_of(entry.fault.kind)}, {"name", entry.fault.name}, {"hits", entry.hits}});
  return report;
}

}  // namespace hpe3par::sim
