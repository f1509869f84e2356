#include "daemon.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>

#include "hpe3par/admin/admin_api.h"
#include "hpe3par/array/wsapi_array.h"
#include "hpe3par/base/error.h"
#include "hpe3par/base/service_manager.h"
#include "hpe3par/base/stop_flag.h"
#include "hpe3par/base/subprocess.h"
#include "hpe3par/base/unix_server.h"
#include "hpe3par/config/config.h"
#include "hpe3par/docker/driver.h"
#include "hpe3par/docker/engine.h"
#include "hpe3par/host/file_systems.h"
#include "hpe3par/host/local_host.h"
#include "hpe3par/host/loop_attacher.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/volumes/volume_service.h"

namespace hpe3par::daemon {
namespace {

namespace fs = std::filesystem;

// Everything together stays below the eight seconds after which the engine's patience ends.
constexpr Millis kFinishRequests{5'500};
constexpr Millis kFinishBackground{1'500};

void make_directory(const fs::path& path, fs::perms mode) {
  std::error_code error;
  if (fs::is_directory(path, error)) return;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, mode, error);
  if (error)
    throw Error(ErrorKind::failed_precondition,
                "cannot create the directory " + path.string() + ": " + error.message());
}

array::HostIdentity make_identity(const config::Config& config) {
  const std::string name =
      config.host.host_name.empty() ? host::short_host_name() : host::legal_host_name(config.host.host_name);
  const std::string initiator =
      config.host.initiator_iqn.empty() ? host::loop_initiator(name) : config.host.initiator_iqn;
  return {name, {initiator}};
}

std::shared_ptr<array::Array> connect_to(const config::ArrayAccess& access, int sessions, Clock& clock) {
  array::ConnectionConfig connection;
  connection.name = access.array;
  connection.api_url = access.api_url;
  connection.username = access.username;
  connection.password = access.password;
  connection.max_sessions = sessions;
  connection.ca_file = access.ca_file;
  connection.tls_pin = access.tls_pin;
  connection.tls_verify = access.tls_verify;
  connection.must_be_identified = true;
  connection.user_agent = std::string("hpe3pard/") + HPE3PAR_VERSION;
  return array::make_wsapi_array(std::move(connection), clock);
}

// One Array per address, shared by the backends that use it, and by those whose peer it is; the first of them says how
// to log in.
class Arrays {
 public:
  explicit Arrays(Clock& clock) : clock_(clock) {}

  catalog::ArrayConfig& at(const config::ArrayAccess& access, int sessions) {
    const auto known = std::find_if(arrays_.begin(), arrays_.end(),
                                    [&](const catalog::ArrayConfig& each) { return each.key == access.array; });
    if (known != arrays_.end()) return *known;
    return arrays_.emplace_back(catalog::ArrayConfig{access.array, {}, connect_to(access, sessions, clock_)});
  }
  std::vector<catalog::ArrayConfig> take() { return std::move(arrays_); }

 private:
  Clock& clock_;
  std::vector<catalog::ArrayConfig> arrays_;
};

std::vector<catalog::ArrayConfig> make_arrays(const config::Config& config, Clock& clock) {
  Arrays arrays(clock);
  for (const config::BackendConfig& backend : config.backends)
    arrays.at(backend, backend.wsapi_sessions).backends.push_back(backend.name);
  for (const config::BackendConfig& backend : config.backends) {
    if (!backend.replication) continue;
    arrays.at(backend, backend.wsapi_sessions).targets[backend.name] = backend.replication->backend_id;
    arrays.at(*backend.replication, backend.wsapi_sessions).peer_of[backend.name] = backend.array;
  }
  return arrays.take();
}

// What exists only with a usable configuration.
struct Working {
  Working(config::Config loaded, const Options& options, Clock& clock)
      : config(std::move(loaded)),
        journal(journal::Journal::open(options.state_dir, host::read_boot_id())),
        attacher(host::make_loop_attacher()),
        file_systems(host::make_file_systems(runner)),
        service(volumes::make_volume_service(make_parts(options, clock), make_arrays(config, clock))) {}

  volumes::Parts make_parts(const Options& options, Clock& clock) {
    volumes::Parts parts{config, *journal, *attacher, *file_systems, clock, options.mount_dir, make_identity(config)};
    parts.engine_is_gone = docker::engine_is_gone;
    return parts;
  }

  config::Config config;
  SystemCommandRunner runner;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<host::Attacher> attacher;
  std::unique_ptr<host::FileSystems> file_systems;
  std::unique_ptr<volumes::VolumeService> service;
};

docker::Budgets make_budgets(const config::HostConfig& host) {
  docker::Budgets budgets;
  if (host.create_mount_timeout) budgets.create_mount = *host.create_mount_timeout;
  if (host.other_timeout) budgets.other = *host.other_timeout;
  return budgets;
}

UnixServer::Options docker_server(const std::string& path, docker::Driver& driver) {
  UnixServer::Options server;
  server.path = path;
  // Constant, fast, slow. Calls that wait for an array that hangs must leave threads for the other arrays.
  server.lanes = {{2, 256}, {32, 512}, {512, 64}};
  server.choose_lane = docker::Driver::choose_lane;
  server.handle = [&driver](const HttpRequest& request) { return driver.handle(request); };
  server.refuse = docker::Driver::refuse;
  return server;
}

UnixServer::Options admin_server(const std::string& path, admin::AdminApi& api) {
  UnixServer::Options server;
  server.path = path;
  server.lanes = {{4, 64}};
  server.choose_lane = [](std::string_view) { return std::size_t{0}; };
  server.handle = [&api](const HttpRequest& request) { return UnixServer::Reply{api.handle(request)}; };
  server.refuse = admin::AdminApi::refuse;
  return server;
}

int wait_for_signal() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  int received = 0;
  sigwait(&wanted, &received);
  return received;
}

config::Config load(const Options& options) {
  if (!options.bad_environment.empty()) throw Error(ErrorKind::invalid_argument, options.bad_environment);
  const auto warn = [](const std::string& warning) { log(LogLevel::warning, warning); };
  config::Config config = config::load_config(options.config, warn);
  for (const std::string& warning : config::read_secrets(config)) warn(warning);
  return config;
}

// Absent: `obstacle` says why; people will read it at the Docker prompt.
std::unique_ptr<Working> try_make(const Options& options, Clock& clock, docker::Budgets& budgets,
                                  volumes::Obstacle& obstacle) {
  try {
    obstacle.in_configuration = true;
    config::Config config = load(options);
    obstacle.in_configuration = false;
    budgets = make_budgets(config.host);
    make_directory(options.state_dir, fs::perms::owner_all);
    make_directory(options.mount_dir, fs::perms(0755));
    return std::make_unique<Working>(std::move(config), options, clock);
  } catch (const journal::HeldError&) {
    throw;  // the sockets belong to that process as well
  } catch (const Error& error) {
    obstacle.reason = error.what();
    log(LogLevel::error, "cannot work; every call is answered with this", {{"reason", obstacle.reason}});
    return nullptr;
  }
}

}  // namespace

void run(const Options& options) {
  SystemClock clock;
  StopFlag stop(clock);
  ServiceManager manager;
  for (const std::string& socket : {options.socket, options.admin_socket})
    make_directory(fs::path(socket).parent_path(), fs::perms(0755));

  if (!options.csi_addons_socket.empty())
    log(LogLevel::warning, "--csi-addons-socket has no effect: csi-addons is not served by this version");

  volumes::Obstacle obstacle;
  docker::Budgets budgets;
  std::unique_ptr<Working> working = try_make(options, clock, budgets, obstacle);
  std::unique_ptr<volumes::Service> refusing;
  if (!working) refusing = volumes::make_refusing_service(obstacle);
  volumes::Service& service = working ? *working->service : *refusing;

  docker::Driver driver(service, clock, stop, budgets);
  admin::AdminApi api(service, clock, stop, HPE3PAR_VERSION);
  UnixServer docker_socket(docker_server(options.socket, driver));
  UnixServer admin_socket(admin_server(options.admin_socket, api));
  docker_socket.start();
  admin_socket.start();
  log(LogLevel::info, "hpe3pard serves", {{"version", HPE3PAR_VERSION}, {"socket", options.socket}});
  if (working) working->service->start();
  manager.ready([&] { return answers(options.socket); });

  const int signal = wait_for_signal();
  log(LogLevel::info, "stopping; mounts stay", {{"signal", signal}});
  manager.stopping();
  stop.request();
  admin_socket.stop(Millis(500));
  const bool finished = docker_socket.stop(kFinishRequests);
  if (working) working->service->stop(Deadline::after(clock, kFinishBackground));
  if (finished) return;
  log(LogLevel::warning, "requests were cut off; the next start finishes their work");
  _exit(0);  // their threads still use what would be destroyed now
}

}  // namespace hpe3par::daemon
