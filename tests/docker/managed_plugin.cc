#include "managed_plugin.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "docker_commands.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/process.h"
#include "plugin_registry.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDescription = "hpe3pard for the tests";

std::vector<std::string> with_all(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json read_json(const fs::path& file) {
  return nlohmann::json::parse(read_file(file));
}

/// 0: the directory below /proc belongs to no process.
pid_t as_pid(const std::string& name) {
  pid_t pid = 0;
  const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return problem == std::errc{} && end == name.data() + name.size() ? pid : 0;
}

}  // namespace

void pack_plugin(const fs::path& package) {
  fs::create_directories(package);
  const RunResult packed = run({HPE3PAR_SOURCE_DIR "/scripts/build-plugin", package}, package.string() + ".log",
                               std::chrono::seconds(60), {{"HPE3PAR_BIN", program("hpe3pard").parent_path()}});
  if (!packed.ok()) throw std::runtime_error("scripts/build-plugin: " + packed.errors);
}

ManagedPlugin::ManagedPlugin(const Engine& engine, fs::path directory, const Simulator& simulator,
                             const std::vector<Backend>& backends, PidNamespace pids)
    : engine_(engine), directory_(std::move(directory)), arrays_(simulator.loop_dir().parent_path()), pids_(pids) {
  for (const char* name : {"etc", "state"}) fs::create_directories(directory_ / name);
  write_config(directory_ / "etc/hpe.conf", "h1", backends);
  create(name(), kDescription);
  set_up();
  find_installed();
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

// Another one may serve the machine on which the tests run.
pid_t ManagedPlugin::pid() const {
  const std::string id = installed_.filename();
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = as_pid(entry.path().filename());
    if (pid > 0 && read_file(entry.path() / "comm") == "hpe3pard\n" &&
        contains(read_file(entry.path() / "mountinfo"), id))
      return pid;
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

void ManagedPlugin::replace() {
  engine_.docker_ok({"plugin", "rm", "-f", name()});  // refused without -f while the engine knows a volume of it
  create(name(), kDescription);
  set_up();
  find_installed();
  enable();
}

void ManagedPlugin::create(const std::string& name, const std::string& description) const {
  const fs::path package = directory_ / "package";
  pack_plugin(package);
  auto config = read_json(package / "config.json");
  config["description"] = description;
  config["pidhost"] = pids_ == PidNamespace::host;
  config["mounts"].push_back({{"type", "bind"}, {"source", arrays_}, {"destination", arrays_}, {"options", {"bind"}}});
  write_file(package / "config.json", config.dump(2));
  engine_.docker_ok({"plugin", "create", name, package});
  fs::remove_all(package);
}

std::vector<std::string> ManagedPlugin::settings() const {
  return {"HPE3PARD_LOG_LEVEL=debug", "config.source=" + (directory_ / "etc").string(),
          "state.source=" + (directory_ / "state").string()};
}

void ManagedPlugin::set_up() const {
  engine_.docker_ok(with_all({"plugin", "set", name()}, settings()));
}

void ManagedPlugin::find_installed() {
  installed_ = engine_.data_root() / "plugins" / inspect(".Id");
}

std::string ManagedPlugin::publish(const std::string& tag, const std::string& description) {
  if (!registry_) registry_ = std::make_unique<PluginRegistry>(directory_ / "registry");
  std::string reference = registry_->reference(tag);
  create(reference, description);
  engine_.docker_ok({"plugin", "push", reference});
  engine_.docker_ok({"plugin", "rm", reference});
  return reference;
}

void ManagedPlugin::install(const std::vector<std::string>& more) {
  const std::string reference = publish("1", kDescription);
  engine_.docker_ok({"plugin", "rm", name()});
  std::vector<std::string> arguments = {"plugin", "install", "--grant-all-permissions", "--alias", name(), reference};
  arguments = with_all(std::move(arguments), settings());
  engine_.docker_ok(with_all(std::move(arguments), more));
  find_installed();
}

// The engine sets the sources of mounts back and keeps the rest of what was set; docs/managed-plugin.md says so.
void ManagedPlugin::upgrade(const std::string& description) {
  const std::string reference = publish("2", description);
  engine_.docker_ok({"plugin", "upgrade", "--grant-all-permissions", "--skip-remote-check", name(), reference});
  EXPECT_TRUE(contains(inspect("json .Config.Mounts"), R"("Source":"/var/lib/hpe3pard")"));
  EXPECT_TRUE(contains(inspect("json .Settings.Env"), "HPE3PARD_LOG_LEVEL=debug"));
  set_up();
}

std::string ManagedPlugin::inspect(const std::string& path) const {
  return engine_.docker_ok({"plugin", "inspect", "-f", "{{" + path + "}}", name()});
}

}  // namespace hpe3par::test
