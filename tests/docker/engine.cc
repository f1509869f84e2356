#include "engine.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/leak_check.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

void mount_tmpfs(const fs::path& directory) {
  fs::create_directories(directory);
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "mode=755") != 0) {
    throw std::system_error(errno, std::generic_category(), "tmpfs on " + directory.string());
  }
}

/// dockerd wants cgroups. A container without any gets a cgroup2 of its own.
void ensure_cgroups() {
  const fs::path root = "/sys/fs/cgroup";
  if (!fs::is_empty(root)) return;
  if (::mount("cgroup2", root.c_str(), "cgroup2", 0, nullptr) != 0) {
    throw std::system_error(errno, std::generic_category(), "there are no cgroups here and cgroup2 cannot be mounted");
  }
}

std::string storage_driver(const fs::path& directory) {
  const fs::path probe = directory / "probe";
  std::string options;
  for (const char* layer : {"lowerdir", "upperdir", "workdir"}) {
    fs::create_directories(probe / layer);
    options += (options.empty() ? "" : ",") + std::string(layer) + "=" + (probe / layer).string();
  }
  fs::create_directories(probe / "merged");
  const bool works = ::mount("overlay", (probe / "merged").c_str(), "overlay", 0, options.c_str()) == 0;
  if (works) {
    ::umount2((probe / "merged").c_str(), 0);
  } else {
    std::fprintf(stderr, "overlayfs cannot be mounted here (%s): the engine uses vfs\n", std::strerror(errno));
  }
  fs::remove_all(probe);
  return works ? "overlay2" : "vfs";
}

void remove_cgroups(const std::string& name) {
  std::error_code ignored;
  const fs::path root = "/sys/fs/cgroup";
  fs::remove(root / name, ignored);
  for (const auto& controller : fs::directory_iterator(root, ignored)) {
    ::rmdir((controller.path() / name).c_str());
  }
}

std::vector<std::string> docker_argv(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {"docker"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

std::string without_line_feed(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

void fill_image(const fs::path& root) {
  for (const char* name : {"bin", "etc", "tmp", "proc", "sys", "dev", "seed/sub"}) fs::create_directories(root / name);
  fs::copy_file("/bin/busybox", root / "bin/busybox");
  for (const char* applet :
       {"sh", "cat", "dd", "echo", "sleep", "stat", "ls", "grep", "sha256sum", "test", "sync", "touch", "true", "id"}) {
    fs::create_symlink("busybox", root / "bin" / applet);
  }
  write_file(root / "etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
  write_file(root / "seed/hello", "from the image\n");
  write_file(root / "seed/sub/deep", "deeper\n");
}

}  // namespace

Engine::Engine(fs::path directory, std::vector<std::string> arguments)
    : directory_(std::move(directory)),
      cgroup_(directory_.parent_path().filename().string() + "-" + directory_.filename().string()),
      arguments_(std::move(arguments)) {
  mount_tmpfs(directory_);
  // With --userns-remap, root of a container is somebody else, and the engine refuses a way that it cannot go.
  fs::permissions(directory_.parent_path(), fs::perms::others_exec, fs::perm_options::add);
  try {
    start();
  } catch (...) {
    stop();
    throw;
  }
}

Engine::~Engine() {
  stop();
}

void Engine::start() {
  ensure_cgroups();
  fs::create_directories(directory_ / "config");
  write_file(directory_ / "daemon.json", "{}\n");
  std::vector<std::string> argv = {"dockerd",
                                   "--bridge=none",
                                   "--iptables=false",
                                   "--ip-forward=false",
                                   "--ip-masq=false",
                                   "--data-root",
                                   data_root(),
                                   "--exec-root",
                                   directory_ / "exec",
                                   "-p",
                                   directory_ / "dockerd.pid",
                                   "--config-file",
                                   directory_ / "daemon.json",
                                   "--cgroup-parent",
                                   "/" + cgroup_,
                                   "--storage-driver",
                                   storage_driver(directory_),
                                   "-H",
                                   socket()};
  argv.insert(argv.end(), arguments_.begin(), arguments_.end());
  dockerd_ = std::make_unique<Process>(argv, directory_ / "dockerd");
  HttpCall ping;
  ping.url = "http://docker/_ping";
  ping.unix_socket = directory_ / "docker.sock";
  ping.timeout = std::chrono::seconds(5);
  const bool answered =
      eventually(std::chrono::seconds(60), [&] { return !dockerd_->running() || http_call(ping).status == 200; });
  if (!answered || !dockerd_->running()) {
    throw std::runtime_error("dockerd does not run here:\n" + last_lines(dockerd_->errors(), 20));
  }
}

void Engine::terminate() {
  dockerd_->stop(std::chrono::seconds(30));
}

void Engine::kill9() {
  dockerd_->kill9();
}

void Engine::stop() noexcept {
  try {
    if (dockerd_) {
      remove_containers();
      dockerd_->stop(std::chrono::seconds(20));
      dockerd_.reset();
    }
    auto mounts = mounts_below({directory_});
    while (!mounts.empty() && ::umount2(directory_.c_str(), MNT_DETACH) == 0) mounts = mounts_below({directory_});
    remove_cgroups(cgroup_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stopping the engine: %s\n", error.what());
  }
}

Environment Engine::environment() const {
  return {{"DOCKER_HOST", socket()}, {"DOCKER_CONFIG", directory_ / "config"}};
}

RunResult Engine::docker(const std::vector<std::string>& arguments) const {
  return run(docker_argv(arguments), directory_ / "docker", std::chrono::seconds(150), environment());
}

std::unique_ptr<Process> Engine::docker_in_background(const std::vector<std::string>& arguments) const {
  return std::make_unique<Process>(docker_argv(arguments), directory_ / "docker-in-background", environment());
}

HttpReply Engine::post(const std::string& path, const nlohmann::json& body) const {
  HttpCall call;
  call.method = "POST";
  call.url = "http://docker" + path;
  call.unix_socket = directory_ / "docker.sock";
  call.body = body.dump();
  call.headers = {"Content-Type: application/json"};
  return http_call(call);
}

std::string Engine::docker_ok(const std::vector<std::string>& arguments) const {
  const auto result = docker(arguments);
  if (!result.ok()) {
    std::string command = "docker";
    for (const auto& argument : arguments) command += " " + argument;
    ADD_FAILURE() << command << ": " << to_string(result.status) << ": " << result.errors;
  }
  return without_line_feed(result.output);
}

// The engine would give each of them ten seconds to stop.
void Engine::remove_containers() const {
  std::istringstream ids(docker({"ps", "-aq"}).output);
  for (std::string id; std::getline(ids, id);) docker({"rm", "-f", id});
}

void Engine::import_image(const std::string& name) const {
  const fs::path root = directory_ / "image";
  const fs::path archive = directory_ / "image.tar";
  fill_image(root);
  const auto packed = run({"tar", "-C", root, "-cf", archive, "."}, directory_ / "tar");
  if (!packed.ok()) throw std::runtime_error("tar: " + packed.errors);
  docker_ok({"import", archive, name});
  fs::remove_all(root);
  fs::remove(archive);
}

}  // namespace hpe3par::test
