#include "hpe3par/admin/admin_api.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

namespace hpe3par::admin {
namespace {

using nlohmann::json;

HttpResponse respond(int status, const json& body) {
  return {.status = status,
          .content_type = "application/json",
          .body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

}  // namespace

HttpResponse AdminApi::handle(const HttpRequest& request) {
  if (request.path != "/v1/status")
    return refuse(404, "there is no " + request.path.substr(0, 80) + "; try /v1/status");
  if (request.method != "GET") return refuse(405, "only GET is allowed for /v1/status");
  json status = json::parse(service_.status_json());
  status["version"] = version_;
  status["pid"] = getpid();
  return respond(200, status);
}

HttpResponse AdminApi::refuse(int status, const std::string& reason) {
  return respond(status, {{"error", reason}});
}

}  // namespace hpe3par::admin
