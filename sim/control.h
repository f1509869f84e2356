#pragma once

#include "exchange.h"
#include "hpe3par/base/http_engine.h"

namespace hpe3par::sim {

class Simulator;

/// The control port: what tests ask of the simulator and tell it, as JSON. Errors are `{"error":"…"}` with 400 for
/// words that it does not know (naming those that it does), 404 for objects that do not exist. Thread-safe.
class Control {
 public:
  /// `simulator` must outlive it.
  explicit Control(Simulator& simulator) : simulator_(simulator) {}

  /// Never throws.
  HttpResponse handle(const HttpRequest& request);

  /// The answer to bytes that are no HTTP request.
  static HttpResponse refuse(int status, const std::string& why);

 private:
  Simulator& simulator_;
};

}  // namespace hpe3par::sim
