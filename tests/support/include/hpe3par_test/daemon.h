#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par_test/http_call.h"
#include "hpe3par_test/process.h"

namespace hpe3par::test {

class Simulator;

/// One section of hpe.conf.
struct Backend {
  std::string section = "DEFAULT";
  std::string api_url;
  std::string user;
  std::string password;
  std::string cpg = "cpg1";
  std::filesystem::path loop_dir;
  std::vector<std::string> lines;  ///< more keys, as they stand in the file

  /// The backend that an array of the simulator is.
  static Backend of(const Simulator& simulator, const std::string& array = "A");
};

/// Writes an hpe.conf of mode 0600. @param host_name empty: not written
void write_config(const std::filesystem::path& file, const std::string& host_name,
                  const std::vector<Backend>& backends);

struct DaemonOptions {
  std::string host_name = "h1";  ///< empty: not written
  std::vector<Backend> backends;
  std::filesystem::path socket;        ///< default <directory>/hpe.sock
  std::vector<std::string> launcher;   ///< a program and its arguments that executes the daemon, e.g. unshare
  std::vector<std::string> arguments;  ///< more of them
  Environment environment;             ///< for every start
  bool wait_until_ready = true;        ///< false: the constructor returns as soon as the process exists
};

/// Answer to a VolumeDriver call.
struct DriverReply {
  long status = 0;  ///< HTTP status; 0: no answer
  nlohmann::json json;
  std::string err;  ///< `Err`; for a reply that is not JSON, or none at all, a sentence that says so. Empty: success
  std::chrono::duration<double> elapsed{};

  bool ok() const { return err.empty(); }
};

using DriverOptions = std::map<std::string, std::string>;

/// A running hpe3pard on `<directory>`: hpe.conf, hpe.sock, admin.sock, state/, mnt/, hpe3pard.err (its log). The
/// directory outlives the daemon, so a second Daemon on it continues where the first one ended.
///
/// start, stop, kill9 and restart belong to one thread; calls may come from many.
class Daemon {
 public:
  /// Returns when the socket accepts connections.
  /// @throws std::runtime_error it does not; with the end of the log
  Daemon(std::filesystem::path directory, DaemonOptions options);

  /// Stops the daemon. If the test has failed, the end of the log goes to stderr.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// @param environment for this start only, e.g. {{"HPE3PARD_CRASH_AT", "mount.mounted"}}
  void start(const Environment& environment = {});
  ExitStatus stop();
  void kill9();
  void restart(const Environment& environment = {});  ///< stop() if it still runs, and start()
  Process& process() { return *process_; }

  const std::filesystem::path& socket() const { return options_.socket; }
  std::filesystem::path admin_socket() const { return directory_ / "admin.sock"; }
  std::filesystem::path config_file() const { return directory_ / "hpe.conf"; }
  std::filesystem::path state_dir() const { return directory_ / "state"; }
  std::filesystem::path mount_dir() const { return directory_ / "mnt"; }

  /// The log since the first start on this directory.
  std::string log() const;

  /// Replaces hpe.conf; seen at the next start.
  void configure(const std::string& host_name, const std::vector<Backend>& backends);

  /// @param method without prefix for VolumeDriver ("Mount"), else whole ("Plugin.Activate")
  DriverReply call(const std::string& method, const nlohmann::json& body = nlohmann::json::object(),
                   std::chrono::milliseconds timeout = std::chrono::seconds(125)) const;
  /// Body as it is; empty means Content-Length 0.
  DriverReply call_raw(const std::string& method, const std::string& body,
                       std::chrono::milliseconds timeout = std::chrono::seconds(125)) const;

  /// These return `err`: empty is success.
  std::string create(const std::string& name, const DriverOptions& options = {}) const;
  std::string remove(const std::string& name) const;
  std::string mount(const std::string& name, const std::string& id) const;
  std::string unmount(const std::string& name, const std::string& id) const;

  /// Where a volume is mounted; nullopt: it is not, or the call failed.
  std::optional<std::filesystem::path> path(const std::string& name) const;
  DriverReply get(const std::string& name) const;
  std::vector<std::string> list() const;  ///< names, sorted; a failed call fails the test

  /// GET on the admin socket.
  HttpReply admin(const std::string& path) const;

 private:
  std::filesystem::path directory_;
  DaemonOptions options_;
  std::unique_ptr<Process> process_;
};

}  // namespace hpe3par::test
