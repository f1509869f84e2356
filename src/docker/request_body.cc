#include "request_body.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "hpe3par/base/error.h"

namespace hpe3par::docker {
namespace {

using nlohmann::json;

constexpr int kDeepest = 16;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(ErrorKind::invalid_argument, reason);
}

json parse_strictly(const std::string& text) {
  std::vector<std::set<std::string>> members;
  std::string duplicate;
  bool too_deep = false;
  const auto watch = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > kDeepest) {
      too_deep = true;
      return false;  // not kept: a body of a million brackets would take 100 MB
    }
    if (event == json::parse_event_t::object_start) members.emplace_back();
    if (event == json::parse_event_t::object_end) members.pop_back();
    if (event == json::parse_event_t::key && !members.back().insert(value.get<std::string>()).second)
      duplicate = value.get<std::string>();
    return true;
  };
  json parsed = json::parse(text, watch, false);
  if (too_deep) refuse("the body of the request is nested too deeply");
  if (parsed.is_discarded()) refuse("the body of the request is not JSON");
  if (!parsed.is_object()) refuse("the body of the request is not a JSON object");
  if (!duplicate.empty()) refuse("the request has the member " + duplicate.substr(0, 60) + " twice");
  return parsed;
}

std::string text_member(const json& body, const char* member) {
  const auto found = body.find(member);
  if (found == body.end() || found->is_null()) return "";
  if (!found->is_string()) refuse(std::string("the member ") + member + " of the request must be a string");
  return found->get<std::string>();
}

}  // namespace

RequestBody parse_request_body(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos)
    refuse(
        "the request has no body; the engine sends that when it repeats a request whose connection broke, so nothing "
        "was "
        "done; repeat the command");
  const json body = parse_strictly(text);
  RequestBody request;
  request.name = text_member(body, "Name");
  request.id = text_member(body, "ID");
  const auto options = body.find("Opts");
  if (options == body.end() || options->is_null()) return request;
  if (!options->is_object()) refuse("the member Opts of the request must be an object");
  for (const auto& [name, value] : options->items()) {
    if (!value.is_string()) refuse("option " + name.substr(0, 60) + " must be a string");
    request.options[name] = value.get<std::string>();
  }
  return request;
}

}  // namespace hpe3par::docker
