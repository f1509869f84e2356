#pragma once

#include <string>

#include "hpe3par/base/http_engine.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::admin {

/// The REST API on the admin socket; only `GET /v1/status` so far. Holds no state; thread-safe.
class AdminApi {
 public:
  AdminApi(volumes::Service& service, std::string version) : service_(service), version_(std::move(version)) {}

  HttpResponse handle(const HttpRequest& request);
  static HttpResponse refuse(int status, const std::string& reason);

 private:
  volumes::Service& service_;
  std::string version_;
};

}  // namespace hpe3par::admin
