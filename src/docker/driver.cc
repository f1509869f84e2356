#include "hpe3par/docker/driver.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/docker/engine.h"
#include "request_body.h"

namespace hpe3par::docker {
namespace {

using nlohmann::json;
using volumes::VolumeInfo;

constexpr const char* kContentType = "application/vnd.docker.plugins.v1.2+json";
constexpr std::size_t kLongestError = 1000;
// After SIGTERM, what must not be left half done gets this long before it is cut off.
constexpr Millis kFinishAfterStop{4'000};

HttpResponse respond(int status, const json& body) {
  return {.status = status,
          .content_type = kContentType,
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

// One line of bounded length; what the engine shows behind "Error response from daemon".
std::string single_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  if (text.size() > kLongestError) text = text.substr(0, kLongestError - 3) + "...";
  return text;
}

struct Method {
  std::string_view path;
  std::size_t lane;
};

constexpr std::array kMethods = {
    Method{"/Plugin.Activate", Driver::kConstantLane},  Method{"/VolumeDriver.Capabilities", Driver::kConstantLane},
    Method{"/VolumeDriver.Get", Driver::kFastLane},     Method{"/VolumeDriver.List", Driver::kFastLane},
    Method{"/VolumeDriver.Path", Driver::kFastLane},    Method{"/VolumeDriver.Create", Driver::kSlowLane},
    Method{"/VolumeDriver.Remove", Driver::kSlowLane},  Method{"/VolumeDriver.Mount", Driver::kSlowLane},
    Method{"/VolumeDriver.Unmount", Driver::kSlowLane},
};

const Method* find_method(std::string_view path) {
  const auto found =
      std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& each) { return each.path == path; });
  return found == kMethods.end() ? nullptr : &*found;
}

json volume_of(const VolumeInfo& info) {
  json volume = {
      {"Name", info.name}, {"Mountpoint", info.mountpoint}, {"Status", json::parse(volumes::to_status_json(info))}};
  // Left out when unknown: the engine cannot decode an empty one.
  if (info.created > WallTime()) volume["CreatedAt"] = to_rfc3339(info.created);
  return volume;
}

}  // namespace

struct Driver::Call {
  const HttpRequest& http;
  std::uint64_t number = 0;
  std::string operation;
  RequestBody body;
  json answer = json::object();
  std::function<void(bool)> after = {};
  std::string result = "ok";
  std::string error = {};
};

UnixServer::Reply Driver::handle(const HttpRequest& request) {
  const SteadyTime began = clock_.now();
  const std::uint64_t requests_before = volumes::requests_of_this_thread();
  Call call{request, ++calls_, request.path.substr(request.path.find_last_of("./") + 1), {}};
  int status = 200;
  try {
    if (request.method != "POST") {
      status = 405;
      throw Error(ErrorKind::invalid_argument, "the method must be POST");
    }
    if (!find_method(request.path)) {
      status = 404;
      throw Error(ErrorKind::unimplemented, "there is no " + request.path.substr(0, 80) + " in this driver");
    }
    dispatch(call);
    call.answer["Err"] = "";
  } catch (const Error& error) {
    call.result = to_string(error.kind());
    call.error = error.what();
  } catch (const std::exception& error) {
    call.result = to_string(ErrorKind::internal);
    call.error = std::string("internal error: ") + error.what() + "; please report it with the log of hpe3pard";
  }
  if (call.result != "ok") {
    const bool is_help = call.body.options.contains("help");
    const std::string& name = call.body.name;
    if (!is_help && !name.empty() && name.size() < 256 && call.error.find(name) == std::string::npos)
      call.error = "volume " + name + ": " + call.error;
    if (!is_help) call.error = single_line(call.error);
    call.answer = {{"Err", call.error}};
  }
  log_call(call, std::chrono::duration_cast<Millis>(clock_.now() - began),
           volumes::requests_of_this_thread() - requests_before);
  return {respond(status, call.answer), std::move(call.after)};
}

HttpResponse Driver::refuse(int status, const std::string& reason) {
  return respond(status, {{"Err", reason}});
}

std::size_t Driver::choose_lane(std::string_view path) {
  const Method* method = find_method(path);
  return method ? method->lane : kConstantLane;
}

void Driver::dispatch(Call& call) {
  const std::string& path = call.http.path;
  if (path == "/Plugin.Activate") {
    call.answer["Implements"] = json::array({"VolumeDriver"});
    return;
  }
  if (path == "/VolumeDriver.Capabilities") {
    call.answer["Capabilities"] = {{"Scope", "global"}};
    return;
  }
  if (path == "/VolumeDriver.List") return list(call);
  call.body = parse_request_body(call.http.body);
  if (call.body.name.empty())
    throw Error(ErrorKind::invalid_argument, "the request names no volume (member Name); nothing was done");
  if (path == "/VolumeDriver.Create") return create(call);
  if (path == "/VolumeDriver.Remove") return remove(call);
  if (path == "/VolumeDriver.Mount") return mount(call);
  if (path == "/VolumeDriver.Unmount") return unmount(call);
  if (path == "/VolumeDriver.Path") return this->path(call);
  get(call);
}

void Driver::create(Call& call) {
  service_.create(call.body.name, call.body.options, deadline_for(call, budgets_.create_mount));
}

void Driver::remove(Call& call) {
  service_.remove(call.body.name, engine_of(call.http.connection), deadline_for(call, budgets_.other));
}

void Driver::mount(Call& call) {
  const int connection = call.http.connection;
  volumes::MountTicket ticket =
      service_.mount(call.body.name, {call.body.id, engine_of(connection), process_of(connection)},
                     deadline_while_heard(call, budgets_.create_mount));
  call.answer["Mountpoint"] = ticket.mountpoint;
  call.after = std::move(ticket.settle);
}

void Driver::unmount(Call& call) {
  service_.unmount(call.body.name, call.body.id, deadline_for(call, budgets_.other));
}

void Driver::path(Call& call) {
  call.answer["Mountpoint"] = service_.find_path(call.body.name, deadline_while_heard(call, budgets_.look));
}

void Driver::get(Call& call) {
  call.answer["Volume"] = volume_of(
      service_.get(call.body.name, process_of(call.http.connection), deadline_while_heard(call, budgets_.look)));
}

void Driver::list(Call& call) {
  json volumes = json::array();
  for (const VolumeInfo& info : service_.list(deadline_while_heard(call, budgets_.look)).volumes)
    volumes.push_back({{"Name", info.name}, {"Mountpoint", info.mountpoint}});
  call.answer["Volumes"] = std::move(volumes);
}

// For what is finished even if nobody listens any more.
Deadline Driver::deadline_for(const Call&, Millis budget) const {
  return Deadline::after(clock_, budget, CancelToken([this] { return stop_.requested_for(kFinishAfterStop); }));
}

// For what is undone, or pointless, when nobody listens any more.
Deadline Driver::deadline_while_heard(const Call& call, Millis budget) const {
  return Deadline::after(clock_, budget, CancelToken([this, connection = call.http.connection] {
                           return stop_.requested() || UnixServer::peer_gone(connection);
                         }));
}

void Driver::log_call(const Call& call, Millis took, std::uint64_t requests) const {
  const bool constant = call.operation == "Activate" || call.operation == "Capabilities";
  const bool failed = call.result != "ok" && !call.body.options.contains("help");
  // The engine asks for every name before it creates it, so "not found" is an everyday answer.
  const bool expected = !failed || call.result == to_string(ErrorKind::not_found);
  const LogLevel level = !expected ? LogLevel::warning : constant ? LogLevel::debug : LogLevel::info;
  const std::string name = call.body.name.substr(0, 255);
  log(level, "docker",
      {{"req", call.number},
       {"op", call.operation.substr(0, 40)},
       {"volume", name},
       {"array", name.empty() ? "" : service_.array_of(name)},
       {"ms", took.count()},
       {"requests", requests},
       {"result", call.result},
       {"error", failed ? call.error : std::string()}});
}

}  // namespace hpe3par::docker
