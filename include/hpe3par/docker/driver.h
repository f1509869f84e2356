#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "hpe3par/base/clock.h"
#include "hpe3par/base/stop_flag.h"
#include "hpe3par/base/unix_server.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::docker {

/// How long a call may take before it is answered with an error. The engine itself waits 120 and 60 s on a legacy
/// socket.
struct Budgets {
  Millis create_mount{110'000};
  Millis other{50'000};
  Millis look{2'000};  ///< Get and List
};

/// Docker's VolumeDriver protocol: parses requests, calls the Service, formats answers. Decides nothing, holds no
/// state.
///
/// Every answer is a JSON object with `Err`, in HTTP status 200 if the method exists: the engine takes another status,
/// or an empty body, for something worse than it is. A retry by the engine comes with an empty body, so a request that
/// names no volume is always an error. Thread-safe.
class Driver {
 public:
  Driver(volumes::Service& service, Clock& clock, const StopFlag& stop, const Budgets& budgets)
      : service_(service), clock_(clock), stop_(stop), budgets_(budgets) {}

  /// Answers one request; logs one line about it.
  UnixServer::Reply handle(const HttpRequest& request);

  /// The answer to a request that cannot be served at all.
  static HttpResponse refuse(int status, const std::string& reason);

  /// Three lanes: what answers at once (Activate, Capabilities, refusals) must not queue behind what may look at an
  /// array for a moment, nor that behind what takes its time.
  static constexpr std::size_t kConstantLane = 0;
  static constexpr std::size_t kFastLane = 1;
  static constexpr std::size_t kSlowLane = 2;
  static std::size_t choose_lane(std::string_view path);

 private:
  struct Call;

  void dispatch(Call& call);
  void create(Call& call);
  void remove(Call& call);
  void mount(Call& call);
  void unmount(Call& call);
  void path(Call& call);
  void get(Call& call);
  void list(Call& call);

  Deadline deadline_for(const Call& call, Millis budget) const;
  Deadline deadline_while_heard(const Call& call, Millis budget) const;
  void log_call(const Call& call, Millis took, std::uint64_t requests) const;

  volumes::Service& service_;
  Clock& clock_;
  const StopFlag& stop_;
  Budgets budgets_;
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace hpe3par::docker
