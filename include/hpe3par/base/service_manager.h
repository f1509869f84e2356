#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "hpe3par/base/clock.h"

namespace hpe3par {

/// Tells the service manager about this process, as sd_notify(3) says. Without NOTIFY_SOCKET nobody is told anything.
class ServiceManager {
 public:
  /// Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment, so that mkfs and its like do not inherit them.
  /// To be made before there are other threads.
  ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  /// From now on requests are served. If the manager wants to hear regularly, it hears as long as `is_alive` says so,
  /// which is called on a thread of its own and may take some seconds.
  void ready(std::function<bool()> is_alive);

  /// No more signs of life; the end is near.
  void stopping();

 private:
  void tell(const std::string& state) const;
  void give_signs_of_life(const std::stop_token& stop, const std::function<bool()>& is_alive) const;

  std::string socket_;
  std::optional<Millis> watchdog_;
  std::jthread alive_;
};

/// How often to give a sign of life to a manager that gives up after `watchdog_usec` (decimal); absent: never.
std::optional<Millis> watchdog_interval(const char* watchdog_usec);

/// Whether the plugin API on this socket answers within five seconds.
bool answers(const std::string& socket);

}  // namespace hpe3par
