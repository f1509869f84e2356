#pragma once

#include <string>

#include "hpe3par/base/http_engine.h"
#include "hpe3par/base/stop_flag.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::admin {

/// The REST API on the admin socket, for `hpe3parctl` and for programs: docs/admin-api.md.
///
/// Everything is a GET, and shows what is: an array is asked no more than `docker volume ls` and `inspect` ask it, and
/// no answer takes longer than two seconds. With a configuration that cannot be used, only /v1/status is answered.
///
/// Holds no state; thread-safe.
class AdminApi {
 public:
  AdminApi(volumes::Service& service, Clock& clock, const StopFlag& stop, std::string version)
      : service_(service), clock_(clock), stop_(stop), version_(std::move(version)) {}

  /// Never throws: an error is an answer too.
  HttpResponse handle(const HttpRequest& request);

  /// The answer to a request that never came to handle(): 400, 413 or 503.
  static HttpResponse refuse(int status, const std::string& reason);

 private:
  HttpResponse answer(const HttpRequest& request, const Deadline& deadline);
  HttpResponse show_status();
  HttpResponse list_backends();
  HttpResponse list_volumes(const Deadline& deadline);
  HttpResponse show_volume(const std::string& name, const Deadline& deadline);
  HttpResponse list_clean_up();

  volumes::Service& service_;
  Clock& clock_;
  const StopFlag& stop_;
  std::string version_;
};

}  // namespace hpe3par::admin
