#include "hpe3par/base/service_manager.h"

#include <httplib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string_view>
#include <utility>

#include "hpe3par/base/log.h"
#include "hpe3par/base/unique_fd.h"

namespace hpe3par {
namespace {

constexpr Millis kOften{1'000};
constexpr Millis kAskAgain{5'000};
constexpr std::chrono::seconds kPatience{5};

struct Address {
  sockaddr_un name{};
  socklen_t size = 0;
};

// "@" stands for the abstract namespace. Absent: too long.
std::optional<Address> address_of(const std::string& path) {
  Address address;
  address.name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.name.sun_path) return std::nullopt;
  std::memcpy(address.name.sun_path, path.data(), path.size());
  if (path.front() == '@') address.name.sun_path[0] = '\0';
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  return address;
}

std::string take_from_environment(const char* name) {
  const char* const value = std::getenv(name);
  std::string taken = value == nullptr ? "" : value;
  ::unsetenv(name);
  return taken;
}

}  // namespace

std::optional<Millis> watchdog_interval(const char* watchdog_usec) {
  std::uint64_t limit = 0;
  const std::string_view text = watchdog_usec == nullptr ? "" : watchdog_usec;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit == 0) return std::nullopt;
  return std::max(kOften, Millis(static_cast<Millis::rep>(limit / 1000 / 3)));
}

bool answers(const std::string& socket) {
  if (socket.empty()) return false;
  httplib::ClientImpl client(socket);  // httplib::Client takes a path for a URL
  client.set_address_family(AF_UNIX);
  client.set_connection_timeout(kPatience);
  client.set_read_timeout(kPatience);
  client.set_write_timeout(kPatience);
  const httplib::Result result = client.Post("/VolumeDriver.Capabilities", "{}", "application/json");
  return result && result->status == 200;
}

ServiceManager::ServiceManager()
    : socket_(take_from_environment("NOTIFY_SOCKET")),
      watchdog_(watchdog_interval(take_from_environment("WATCHDOG_USEC").c_str())) {}

void ServiceManager::ready(std::function<bool()> is_alive) {
  tell("READY=1");
  if (socket_.empty() || !watchdog_) return;
  alive_ = std::jthread(
      [this, is_alive = std::move(is_alive)](const std::stop_token& stop) { give_signs_of_life(stop, is_alive); });
}

void ServiceManager::stopping() {
  alive_ = {};
  tell("STOPPING=1");
}

void ServiceManager::give_signs_of_life(const std::stop_token& stop, const std::function<bool()>& is_alive) const {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock hold(mutex);
  while (!stop.stop_requested()) {
    const bool alive = is_alive();
    if (alive) {
      tell("WATCHDOG=1");
    } else {
      log(LogLevel::error, "the plugin's own socket does not answer; the service manager is not told to go on waiting");
    }
    wake.wait_for(hold, stop, alive ? *watchdog_ : std::min(*watchdog_, kAskAgain), [] { return false; });
  }
}

// Whoever does not listen misses nothing that this process could mend.
void ServiceManager::tell(const std::string& state) const {
  const std::optional<Address> address = address_of(socket_);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!address || !fd) return;
  ::sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address->name),
           address->size);
}

}  // namespace hpe3par
