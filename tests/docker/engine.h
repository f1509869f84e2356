#pragma once

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hpe3par_test/http_call.h"
#include "hpe3par_test/process.h"

namespace hpe3par::test {

/// A private dockerd. Its data lie on a tmpfs at `directory`, so that overlay2 works whatever is below, and stopping it
/// is cheap. It finds plugins in /run/docker/plugins; run_tests_in_private_namespace() gives the program a /run of its
/// own. Containers need --network=none.
///
/// It can end in several ways and start again on the same data; containers that outlive it are found again.
class Engine {
 public:
  /// Returns when the API answers. @param arguments more of them for dockerd, e.g. --live-restore
  /// @throws std::runtime_error with the end of the log: it cannot run here
  explicit Engine(std::filesystem::path directory, std::vector<std::string> arguments = {});

  /// Removes the containers, stops the engine and unmounts its directory.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Returns when the API answers, after terminate() or kill9().
  void start();

  /// SIGTERM, as `systemctl stop docker` sends it, and the wait for the end.
  void terminate();
  void kill9();

  /// `docker <arguments>`, run to its end.
  RunResult docker(const std::vector<std::string>& arguments) const;

  /// The same, and fails the test unless it succeeds. Returns stdout without the last line feed.
  std::string docker_ok(const std::vector<std::string>& arguments) const;

  /// `docker <arguments>` on its way.
  std::unique_ptr<Process> docker_in_background(const std::vector<std::string>& arguments) const;

  /// POST to the API, for what would take a program each.
  HttpReply post(const std::string& path, const nlohmann::json& body) const;

  /// Imports a busybox image with the files /seed/hello ("from the image") and /seed/sub/deep ("deeper").
  void import_image(const std::string& name) const;

  /// `docker rm -f` of all that there are.
  void remove_containers() const;

  std::filesystem::path data_root() const { return directory_ / "data"; }

 private:
  void stop() noexcept;
  Environment environment() const;
  std::string socket() const { return "unix://" + (directory_ / "docker.sock").string(); }

  std::filesystem::path directory_;
  std::string cgroup_;
  std::vector<std::string> arguments_;
  std::unique_ptr<Process> dockerd_;
};

}  // namespace hpe3par::test
