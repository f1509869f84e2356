#include "simulator.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "remote_copy_sync.h"
#include "system.h"

namespace hpe3par::sim {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

UniqueFd lock_directory(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  const fs::path path = directory / "wsapi-sim.lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) throw Error(ErrorKind::unavailable, "cannot write to the data directory " + directory.string());
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(ErrorKind::unavailable, "the data directory " + directory.string() + " is used by another wsapi-sim");
  return fd;
}

// Ids come from names; two names that fall on the same one are told apart.
int free_system_id(const std::string& name, std::set<int>& used) {
  int id = system_id_of(name);
  while (!used.insert(id).second) ++id;
  return id;
}

int generation_at(const Clock& clock) {
  constexpr std::int64_t kStart2026 = 1767225600;
  return static_cast<int>((to_unix(clock.wall()) - kStart2026) & 0x7FFFFFFF);
}

std::vector<std::string> hosts_of(const Options& options) {
  std::vector<std::string> hosts;
  for (const ArrayOption& array : options.arrays) hosts.push_back(array.address.host);
  return hosts;
}

}  // namespace

Simulator::Simulator(const Options& options) : directory_lock_(lock_directory(options.data_dir)) {
  if (options.tls) tls_ = std::make_unique<TlsIdentity>(options.data_dir, hosts_of(options));
  for (const auto& [a, b] : options.links) fabric_.links.push_back({a, b});
  std::set<int> ids;
  for (const ArrayOption& option : options.arrays) {
    Site& site = sites_[option.name];
    const int id = free_system_id(option.name, ids);
    Identity identity{option.name, id, serial_number_of(id), options.profile, generation_at(clock_)};
    site.array = std::make_unique<Array>(
        std::move(identity), options.domains, Credentials{options.user, options.password}, clock_,
        options.data_dir / option.name, fabric_, [this, name = option.name] { set_state(name, SiteState::down); });
    Array* array = site.array.get();
    site.listener = std::make_unique<Listener>(
        option.address,
        [array](const HttpRequest& request, Exchange& exchange) { return array->handle(request, exchange); },
        [array](int status, const std::string& why) { return array->refuse(status, why); },
        tls_ ? tls_->context() : nullptr);
    log(LogLevel::info, "array listens",
        {{"array", option.name},
         {"host", option.address.host},
         {"port", site.listener->port()},
         {"tls", options.tls ? "yes" : "no"}});
  }
  ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

Simulator::~Simulator() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  // Requests that wait would keep their listener from ending.
  for (auto& [name, site] : sites_) {
    if (site.listener) site.listener->set_mode(Listener::Mode::refuse);
    site.array->interrupt();
  }
  // A request to one array looks at the others, so all requests end before the first array does.
  for (auto& [name, site] : sites_) site.listener.reset();
}

Array* Simulator::find_array(const std::string& name) {
  const auto site = sites_.find(name);
  return site == sites_.end() ? nullptr : site->second.array.get();
}

std::vector<Array*> Simulator::arrays() {
  std::vector<Array*> all;
  for (auto& [name, site] : sites_) all.push_back(site.array.get());
  return all;
}

int Simulator::port_of(const std::string& array) const {
  return sites_.at(array).listener->port();
}

// Whoever looks at files alone must find what time has brought about, too.
void Simulator::tick(const std::stop_token& stop) {
  constexpr Millis kTick{50};
  std::unique_lock lock(fabric_.mutex);
  while (!stop.stop_requested()) {
    settle_and_watch();
    stop_.wait_for(lock, stop, kTick, [] { return false; });
  }
}

void Simulator::settle_and_watch() {
  try {
    settle(fabric_);
    fabric_.invariants.watch(fabric_, kByItself);
  } catch (const std::exception& error) {
    log(LogLevel::error, "remote copy failed inside the simulator", {{"error", error.what()}});
  }
}

// What happened until now is judged by what was true until now.
template <typename Change>
void Simulator::change_fabric(Change change) {
  const std::lock_guard guard(fabric_.mutex);
  settle_and_watch();
  change();
  settle_and_watch();
}

void Simulator::set_state(const std::string& array, SiteState state) {
  const std::lock_guard guard(mutex_);
  if (ending_) return;  // an array dies of a request that was under way
  change_fabric([] {});
  apply(sites_.at(array), state);
  change_fabric([] {});
}

void Simulator::apply(Site& site, SiteState state) {
  switch (state) {
    case SiteState::up:
      site.array->restore_site();
      site.listener->set_mode(Listener::Mode::serve);
      break;
    case SiteState::down:
      site.listener->set_mode(Listener::Mode::refuse);
      site.array->lose_site();
      break;
    case SiteState::mgmt_down:
      site.array->restore_site();
      site.listener->set_mode(Listener::Mode::refuse);
      site.array->interrupt();
      break;
    case SiteState::hang:
      site.array->restore_site();
      site.listener->set_mode(Listener::Mode::hang);
      site.array->interrupt();
      break;
  }
}

bool Simulator::set_link(const std::string& a, const std::string& b, std::optional<int> number, bool up) {
  bool found = false;
  change_fabric([&] {
    Link* link = find_link(fabric_, a, b);
    found = link != nullptr;
    if (!found) return;
    if (number)
      link->up.at(static_cast<std::size_t>(*number)) = up;
    else
      link->up.fill(up);
  });
  return found;
}

void Simulator::set_quorum(bool up) {
  change_fabric([&] {
    fabric_.quorum_up = up;
    if (up) fabric_.without_quorum.clear();
  });
}

void Simulator::set_quorum_of(const std::string& array, bool reached) {
  change_fabric([&] {
    if (reached)
      fabric_.without_quorum.erase(array);
    else
      fabric_.without_quorum.insert(array);
  });
}

void Simulator::advance_clock(std::chrono::seconds by) {
  change_fabric([&] { clock_.advance(by); });
}

json Simulator::invariants() {
  const std::lock_guard guard(fabric_.mutex);
  settle_and_watch();
  return fabric_.invariants.report();
}

void Simulator::reset_invariants() {
  const std::lock_guard guard(fabric_.mutex);
  fabric_.invariants.reset();
}

bool Simulator::set_tls(const std::string& array, const TlsPlay& play) {
  const std::lock_guard guard(mutex_);
  if (!tls_) return false;
  apply_tls(sites_.at(array), play);
  return true;
}

TlsPlay Simulator::tls(const std::string& array) {
  const std::lock_guard guard(mutex_);
  return sites_.at(array).tls;
}

int Simulator::tls_resumed(const std::string& array) const {
  return sites_.at(array).listener->resumed();
}

void Simulator::reset_tls_resumed() {
  for (auto& [name, site] : sites_) site.listener->reset_resumed();
}

void Simulator::apply_tls(Site& site, const TlsPlay& play) {
  site.tls = play;
  site.listener->set_tls(tls_->make_context(play));
}

Behaviour Simulator::behaviour() {
  const std::lock_guard guard(fabric_.mutex);
  return fabric_.behaviour;
}

void Simulator::set_behaviour(const Behaviour& behaviour) {
  change_fabric([&] { fabric_.behaviour = behaviour; });
}

void Simulator::reset() {
  const std::lock_guard guard(mutex_);
  for (auto& [name, site] : sites_) {
    site.array->reset();
    if (tls_) apply_tls(site, {});
    apply(site, SiteState::up);
  }
  change_fabric([&] {
    clock_.reset();
    for (Link& link : fabric_.links) link.up.fill(true);
    fabric_.quorum_up = true;
    fabric_.without_quorum.clear();
    fabric_.behaviour = {};
    fabric_.invariants.forget();
  });
}

}  // namespace hpe3par::sim
