#include "control.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "behaviour.h"
#include "control_body.h"
#include "errors.h"
#include "percent.h"
#include "simulator.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;
using namespace control_body;

HttpResponse reply(int status, const json& body) {
  return {.status = status,
          .headers = {},
          .content_type = "application/json",
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

constexpr const char* kUpDown[] = {"up", "down"};
constexpr const char* kState[] = {"state"};

using Names = std::vector<std::string>;
using Action = json (*)(Simulator&, const Names&, const std::string& body);

json show_statistics(Simulator& simulator, const Names&, const std::string&) {
  json arrays = json::object();
  for (Array* array : simulator.arrays()) {
    arrays[array->name()] = array->statistics();
    arrays[array->name()]["tls_resumed"] = simulator.tls_resumed(array->name());
  }
  return {{"arrays", std::move(arrays)}};
}

json reset_statistics(Simulator& simulator, const Names&, const std::string&) {
  for (Array* array : simulator.arrays()) array->reset_statistics();
  simulator.reset_tls_resumed();
  simulator.reset_invariants();
  return json::object();
}

Fault parse_fault(const json& object) {
  const std::optional<FaultKind> kind = parse_fault_kind(text(object, "kind"));
  if (!kind) refuse("kind must be one of: " + fault_kind_words());
  const bool is_error = *kind == FaultKind::error || *kind == FaultKind::error_after;
  constexpr int kMaxDelayMs = 24 * 3600 * 1000;
  Fault fault{.kind = *kind,
              .method = text(object, "method"),
              .route = text(object, "route"),
              .status = static_cast<int>(integer(object, "status", 0, is_error ? 400 : 200, 599)),
              .code = static_cast<int>(integer(object, "code", 1, 1, kMaxInt)),
              .delay = Millis(integer(object, "delay_ms", 0, 0, kMaxDelayMs)),
              .count = static_cast<int>(integer(object, "count", 1, 0, kMaxInt)),
              .skip = static_cast<int>(integer(object, "skip", 0, 0, kMaxInt)),
              .name = text(object, "name")};
  if (object.contains("body")) fault.body = text(object, "body");
  if (fault.kind == FaultKind::latency && fault.delay == Millis::zero()) refuse("a latency needs delay_ms");
  return fault;
}

json add_fault(Simulator& simulator, const Names&, const std::string& body) {
  static constexpr const char* kMembers[] = {"array",    "method", "route", "kind", "status", "code",
                                             "delay_ms", "count",  "skip",  "name", "body"};
  const json object = parse_object(body, kMembers);
  if (!object.contains("array")) refuse("array is missing");
  Array& array = array_named(simulator, text(object, "array"));
  array.faults().add(parse_fault(object));
  return json::object();
}

json show_faults(Simulator& simulator, const Names&, const std::string&) {
  json arrays = json::object();
  for (Array* array : simulator.arrays()) arrays[array->name()] = array->faults().report();
  return {{"arrays", std::move(arrays)}};
}

json clear_faults(Simulator& simulator, const Names&, const std::string& body) {
  static constexpr const char* kMembers[] = {"array", "name"};
  const json object = body.empty() ? json::object() : parse_object(body, kMembers);
  const std::string name = text(object, "name");
  if (object.contains("array")) {
    array_named(simulator, text(object, "array")).faults().clear(name);
    return json::object();
  }
  for (Array* array : simulator.arrays()) array->faults().clear(name);
  return json::object();
}

json set_array_state(Simulator& simulator, const Names& names, const std::string& body) {
  static constexpr const char* kStates[] = {"up", "down", "mgmt_down", "hang"};
  array_named(simulator, names.at(0));
  const std::string state = one_of(parse_object(body, kState), "state", kStates);
  const auto index = std::find(std::begin(kStates), std::end(kStates), state) - std::begin(kStates);
  constexpr SiteState kValues[] = {SiteState::up, SiteState::down, SiteState::mgmt_down, SiteState::hang};
  simulator.set_state(names.at(0), kValues[index]);
  return json::object();
}

json set_host_login(Simulator& simulator, const Names& names, const std::string& body) {
  static constexpr const char* kMembers[] = {"logged_in"};
  Array& array = array_named(simulator, names.at(0));
  const json object = parse_object(body, kMembers);
  if (!object.contains("logged_in") || !object.at("logged_in").is_boolean()) refuse("logged_in must be true or false");
  try {
    array.set_logged_in(names.at(1), object.at("logged_in").get<bool>());
  } catch (const Refusal&) {
    not_found("array " + names.at(0) + " has no host '" + names.at(1) + "'");
  }
  return json::object();
}

json set_link_state(Simulator& simulator, const Names& names, const std::string& body) {
  static constexpr const char* kMembers[] = {"state", "link"};
  const json object = parse_object(body, kMembers);
  const bool up = one_of(object, "state", kUpDown) == "up";
  std::optional<int> number;
  if (object.contains("link")) number = static_cast<int>(integer(object, "link", 0, 1, 2)) - 1;
  const std::size_t comma = names.at(0).find(',');
  const bool found = comma != std::string::npos &&
                     simulator.set_link(names.at(0).substr(0, comma), names.at(0).substr(comma + 1), number, up);
  if (!found) not_found("there is no link '" + names.at(0) + "'");
  return json::object();
}

json set_quorum_state(Simulator& simulator, const Names&, const std::string& body) {
  static constexpr const char* kMembers[] = {"state", "array"};
  const json object = parse_object(body, kMembers);
  const bool up = one_of(object, "state", kUpDown) == "up";
  if (object.contains("array"))
    simulator.set_quorum_of(array_named(simulator, text(object, "array")).name(), up);
  else
    simulator.set_quorum(up);
  return json::object();
}

json set_behaviour(Simulator& simulator, const Names&, const std::string& body) {
  return change_behaviour(simulator, body);
}

json advance_clock(Simulator& simulator, const Names&, const std::string& body) {
  static constexpr const char* kMembers[] = {"advance_s"};
  const json object = parse_object(body, kMembers);
  if (!object.contains("advance_s")) refuse("advance_s is missing");
  constexpr int kTenYears = 10 * 366 * 24 * 3600;
  simulator.advance_clock(std::chrono::seconds(integer(object, "advance_s", 0, 0, kTenYears)));
  return json::object();
}

json show_invariants(Simulator& simulator, const Names&, const std::string&) {
  return simulator.invariants();
}

json show_objects(Simulator& simulator, const Names&, const std::string&) {
  json arrays = json::object();
  for (Array* array : simulator.arrays()) arrays[array->name()] = array->objects();
  return {{"arrays", std::move(arrays)}};
}

json reset(Simulator& simulator, const Names&, const std::string&) {
  simulator.reset();
  return json::object();
}

struct Route {
  const char* method;
  const char* first;  ///< first part of the path
  std::size_t names;  ///< how many parts follow as names; a fixed second part counts as `second`
  const char* second;
  Action action;
};

constexpr Route kRoutes[] = {
    {"GET", "stats", 0, nullptr, show_statistics},    {"POST", "stats", 0, "reset", reset_statistics},
    {"POST", "faults", 0, nullptr, add_fault},        {"GET", "faults", 0, nullptr, show_faults},
    {"DELETE", "faults", 0, nullptr, clear_faults},   {"POST", "arrays", 1, nullptr, set_array_state},
    {"POST", "hosts", 2, nullptr, set_host_login},    {"POST", "links", 1, nullptr, set_link_state},
    {"POST", "quorum", 0, nullptr, set_quorum_state}, {"POST", "behaviour", 0, nullptr, set_behaviour},
    {"POST", "clock", 0, nullptr, advance_clock},     {"GET", "invariants", 0, nullptr, show_invariants},
    {"GET", "objects", 0, nullptr, show_objects},     {"POST", "reset", 0, nullptr, reset},
};

Names path_parts(std::string_view target) {
  target = target.substr(0, target.find('?'));
  Names parts;
  while (!target.empty()) {
    const std::size_t slash = target.find('/', 1);
    parts.push_back(percent_decoded(target.substr(1, slash == std::string_view::npos ? slash : slash - 1)));
    target.remove_prefix(slash == std::string_view::npos ? target.size() : slash);
  }
  return parts;
}

bool fits(const Route& route, const Names& parts) {
  if (parts.empty() || parts.front() != route.first) return false;
  if (route.second != nullptr) return parts.size() == 2 && parts[1] == route.second;
  return parts.size() == 1 + route.names;
}

json act(Simulator& simulator, const HttpRequest& request) {
  const Names parts = path_parts(request.target);
  bool known = false;
  for (const Route& route : kRoutes) {
    if (!fits(route, parts)) continue;
    known = true;
    if (request.method == route.method) return route.action(simulator, {parts.begin() + 1, parts.end()}, request.body);
  }
  if (known) throw BadRequest{405, request.method + " is not for " + request.path};
  not_found("there is no " + request.path + " on the control port");
}

}  // namespace

HttpResponse Control::handle(const HttpRequest& request) {
  try {
    return reply(200, act(simulator_, request));
  } catch (const BadRequest& bad) {
    return refuse(bad.status, bad.sentence);
  } catch (const std::exception& error) {
    return refuse(500, error.what());
  }
}

HttpResponse Control::refuse(int status, const std::string& why) {
  return reply(status, {{"error", why}});
}

}  // namespace hpe3par::sim
