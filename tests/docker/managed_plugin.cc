#include "managed_plugin.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/process.h"
#include "plugin_registry.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMountDir = "/opt/hpe/data";

/// The shared libraries of a program, the dynamic loader included: the absolute paths in the output of ldd.
std::vector<fs::path> libraries_of(const fs::path& program, const fs::path& log) {
  const RunResult result = run({"ldd", program}, log);
  if (!result.ok()) throw std::runtime_error("ldd " + program.string() + ": " + result.errors);
  std::vector<fs::path> libraries;
  std::istringstream words(result.output);
  for (std::string word; words >> word;)
    if (word.starts_with('/')) libraries.emplace_back(word);
  return libraries;
}

/// Links are followed: the root has files and directories only.
void put(const fs::path& root, const fs::path& file, const fs::path& place) {
  const fs::path target = root / place.relative_path();
  fs::create_directories(target.parent_path());
  fs::copy_file(file, target, fs::copy_options::overwrite_existing);
}

void put_program(const fs::path& root, const fs::path& file, const fs::path& place, const fs::path& log) {
  put(root, file, place);
  for (const fs::path& library : libraries_of(file, log)) put(root, library, library);
}

void fill_root(const fs::path& root, const fs::path& log) {
  // The engine sends it all through gzip, so without what a debugger wants.
  const fs::path lean = root.parent_path() / "hpe3pard";
  fs::create_directories(root);
  const RunResult stripped = run({"strip", "-o", lean, program("hpe3pard")}, log);
  if (!stripped.ok()) throw std::runtime_error("strip: " + stripped.errors);
  put_program(root, lean, "/usr/sbin/hpe3pard", log);
  put_program(root, "/usr/sbin/mkfs.ext4", "/usr/sbin/mkfs.ext4", log);
  put(root, "/etc/mke2fs.conf", "/etc/mke2fs.conf");
  fs::remove(lean);
  for (const char* name : {"dev", "proc", "sys", "tmp", "run/docker/plugins", "etc/hpedockerplugin"})
    fs::create_directories(root / name);
}

nlohmann::json bind(const fs::path& source, const fs::path& destination, const std::string& kind) {
  return {{"type", "bind"}, {"source", source}, {"destination", destination}, {"options", {kind}}};
}

nlohmann::json config(const std::string& description, const fs::path& directory, const fs::path& exports,
                      PidNamespace pids) {
  return {
      {"description", description},
      {"documentation", "docs/docker.md"},
      {"entrypoint", {"/usr/sbin/hpe3pard", "--log-level", "debug", "--mount-dir", kMountDir}},
      {"interface", {{"types", {"docker.volumedriver/1.0"}}, {"socket", "hpe.sock"}}},
      {"network", {{"type", "host"}}},
      {"pidhost", pids == PidNamespace::host},
      {"propagatedMount", kMountDir},
      {"mounts",
       {bind("/dev", "/dev", "rbind"), bind(directory / "etc", "/etc/hpedockerplugin", "bind"),
        bind(directory / "state", "/var/lib/hpe3pard", "bind"), bind(exports, exports, "bind")}},
      {"linux", {{"capabilities", {"CAP_SYS_ADMIN"}}, {"allowAllDevices", true}, {"devices", nlohmann::json::array()}}},
  };
}

/// 0: the directory below /proc belongs to no process.
pid_t as_pid(const std::string& name) {
  pid_t pid = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return problem == std::errc{} && end == name.data() + name.size() ? pid : 0;
}

}  // namespace

ManagedPlugin::ManagedPlugin(const Engine& engine, fs::path directory, const Simulator& simulator, PidNamespace pids)
    : engine_(engine), directory_(std::move(directory)), exports_(simulator.loop_dir()), pids_(pids) {
  for (const char* name : {"etc", "state"}) fs::create_directories(directory_ / name);
  write_config(directory_ / "etc/hpe.conf", "h1", {Backend::of(simulator)});
  create(name(), "hpe3pard for the tests");
  installed_ = engine_.data_root() / "plugins" / engine_.docker_ok({"plugin", "inspect", "-f", "{{.Id}}", name()});
  enable();
}

ManagedPlugin::~ManagedPlugin() {
  engine_.docker({"plugin", "rm", "-f", name()});
}

// The engine gives up on a call to a managed plugin after this time-out, which is 30 s otherwise.
void ManagedPlugin::enable() const {
  engine_.docker_ok({"plugin", "enable", "--timeout", "120", name()});
}

void ManagedPlugin::disable_by_force() const {
  engine_.docker_ok({"plugin", "disable", "-f", name()});
}

pid_t ManagedPlugin::pid() const {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = as_pid(entry.path().filename());
    if (pid > 0 && read_file(entry.path() / "comm") == "hpe3pard\n") return pid;
  }
  return 0;
}

pid_t ManagedPlugin::kill9() const {
  const pid_t old = pid();
  if (old == 0) throw std::runtime_error("the plugin does not run");
  ::kill(old, SIGKILL);
  pid_t now = 0;
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] {
    now = pid();
    return now != 0 && now != old;
  })) << "the engine does not start the plugin again";
  return now;
}

void ManagedPlugin::create(const std::string& name, const std::string& description) const {
  const fs::path package = directory_ / "package";
  fill_root(package / "rootfs", directory_ / "packing");
  write_file(package / "config.json", config(description, directory_, exports_, pids_).dump(2));
  engine_.docker_ok({"plugin", "create", name, package});
  fs::remove_all(package);
}

void ManagedPlugin::upgrade(const std::string& description) const {
  const std::string next = "hpe9-next:1";
  const fs::path blobs = engine_.data_root() / "plugins/storage/blobs/sha256";
  const auto before = blob_names(blobs);
  create(next, description);
  const PluginRegistry registry(blobs, before);
  engine_.docker_ok({"plugin", "rm", next});
  engine_.docker_ok(
      {"plugin", "upgrade", "--grant-all-permissions", "--skip-remote-check", name(), registry.reference()});
  EXPECT_GE(registry.downloads(), 3) << "the manifest, what config.json has become, and the file system";
}

std::string ManagedPlugin::description() const {
  return engine_.docker_ok({"plugin", "inspect", "-f", "{{.Config.Description}}", name()});
}

}  // namespace hpe3par::test
