#include "hpe3par/admin/admin_api.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/base/unix_server.h"
#include "json.h"

namespace hpe3par::admin {
namespace {

using nlohmann::json;

constexpr Millis kPatience{2'000};
constexpr std::string_view kVolume = "/v1/volumes/";
constexpr const char* kPaths = "/v1/status, /v1/backends, /v1/volumes, /v1/volumes/NAME and /v1/cleanup";

HttpResponse respond(int status, const json& body) {
  return {.status = status,
          .content_type = "application/json",
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

HttpResponse respond_error(int status, ErrorKind kind, const std::string& message) {
  return respond(status, {{"error", {{"kind", to_string(kind)}, {"message", message}}}});
}

int http_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::already_exists:
    case ErrorKind::failed_precondition: return 409;
    case ErrorKind::unimplemented: return 501;
    case ErrorKind::aborted:            // the daemon is stopping
    case ErrorKind::permission_denied:  // the array's words to us, not ours to the caller
    case ErrorKind::unauthenticated:
    case ErrorKind::resource_exhausted:
    case ErrorKind::unavailable:
    case ErrorKind::deadline_exceeded: return 503;
    case ErrorKind::internal: break;
  }
  return 500;
}

bool is_known(const std::string& path) {
  return path == "/v1/status" || path == "/v1/backends" || path == "/v1/volumes" || path == "/v1/cleanup" ||
         (path.starts_with(kVolume) && path.size() > kVolume.size());
}

// Paths come from outside; what cannot be read is not shown.
std::string shown(const std::string& path) {
  std::string text = path.substr(0, 80);
  for (char& c : text)
    if (c < ' ' || c == 0x7F) c = '?';
  return text;
}

}  // namespace

HttpResponse AdminApi::handle(const HttpRequest& request) {
  const CancelToken cancel([this, &request] { return stop_.requested() || UnixServer::peer_gone(request.connection); });
  try {
    return answer(request, Deadline::after(clock_, kPatience, cancel));
  } catch (const Error& error) {
    return respond_error(http_status(error.kind()), error.kind(), error.what());
  } catch (const std::exception& error) {
    log(LogLevel::error, "admin request failed", {{"path", shown(request.path)}, {"reason", error.what()}});
    return respond_error(500, ErrorKind::internal, std::string("internal error: ") + error.what());
  }
}

HttpResponse AdminApi::refuse(int status, const std::string& reason) {
  return respond_error(status, status == 503 ? ErrorKind::resource_exhausted : ErrorKind::invalid_argument, reason);
}

HttpResponse AdminApi::answer(const HttpRequest& request, const Deadline& deadline) {
  const std::string& path = request.path;
  if (!is_known(path))
    return respond_error(404, ErrorKind::unimplemented, "there is no " + shown(path) + "; there are " + kPaths);
  if (request.method != "GET") {
    HttpResponse response = respond_error(405, ErrorKind::unimplemented,
                                          "the method " + shown(request.method) + " is not allowed; allowed: GET");
    response.headers.emplace_back("Allow", "GET");
    return response;
  }
  if (path == "/v1/status") return show_status();
  const std::string refusal = service_.status().refusal;
  if (!refusal.empty()) return respond_error(503, ErrorKind::failed_precondition, refusal);
  if (path == "/v1/backends") return list_backends();
  if (path == "/v1/volumes") return list_volumes(deadline);
  if (path == "/v1/cleanup") return list_clean_up();
  return show_volume(path.substr(kVolume.size()), deadline);
}

HttpResponse AdminApi::show_status() {
  json status = status_json(service_.status());
  status["version"] = version_;
  status["pid"] = getpid();
  return respond(200, status);
}

HttpResponse AdminApi::list_backends() {
  json backends = json::array();
  for (const volumes::BackendInfo& backend : service_.backends()) backends.push_back(backend_json(backend));
  return respond(200, {{"backends", std::move(backends)}});
}

HttpResponse AdminApi::list_volumes(const Deadline& deadline) {
  const volumes::VolumeList list = service_.list(deadline);
  json volumes = json::array();
  for (const volumes::VolumeInfo& volume : list.volumes) volumes.push_back(volume_json(volume));
  json silent = json::array();
  for (const volumes::ArrayInfo& array : list.silent_arrays) silent.push_back(array_json(array));
  return respond(200, {{"volumes", std::move(volumes)}, {"silent_arrays", std::move(silent)}});
}

HttpResponse AdminApi::show_volume(const std::string& name, const Deadline& deadline) {
  return respond(200, volume_json(service_.get(name, deadline)));
}

HttpResponse AdminApi::list_clean_up() {
  json clean_up = json::array();
  for (const volumes::CleanUpWork& work : service_.status().clean_up) clean_up.push_back(clean_up_json(work));
  return respond(200, {{"clean_up", std::move(clean_up)}});
}

}  // namespace hpe3par::admin
