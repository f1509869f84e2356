#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/simulator.h"
#include "plugin_registry.h"

namespace hpe3par::test {

/// scripts/build-plugin with the programs of the tests: `<package>/rootfs` and `<package>/config.json`, as shipped.
void pack_plugin(const std::filesystem::path& package);

/// `pidhost` in config.json. Without it the plugin sees neither the engine nor its mounts.
enum class PidNamespace { host, own };

/// hpe3pard as a managed plugin of an engine: packed as it ships, created, set up and enabled.
///
/// `<directory>` of the host holds what outlives the plugin, etc/ with hpe.conf and state/, and the package while the
/// engine takes it. What is not settable is changed in the package: pidhost, and a mount more, because what the arrays
/// of the simulator export is in files of the host.
class ManagedPlugin {
 public:
  ManagedPlugin(const Engine& engine, std::filesystem::path directory, const Simulator& simulator,
                const std::vector<Backend>& backends, PidNamespace pids = PidNamespace::host);

  /// Removes it from the engine, in use or not.
  ~ManagedPlugin();
  ManagedPlugin(const ManagedPlugin&) = delete;
  ManagedPlugin& operator=(const ManagedPlugin&) = delete;

  static std::string name() { return "hpe9:1"; }  ///< the volume driver's, too

  void enable() const;
  void disable_by_force() const;  ///< what uses it or not

  /// `docker plugin rm`, and `create` and `enable` of the same package: another plugin with the same name. The plugin
  /// must be disabled.
  void replace();

  /// Its process, 0 if there is none. The PID namespace of the tests shows no other hpe3pard.
  pid_t pid() const;

  /// Ends its process with SIGKILL; the engine starts another one. @return the pid of that
  pid_t kill9() const;

  /// `docker plugin rm`, and `docker plugin install` of the same package from a registry, which enables it. The plugin
  /// must be disabled. @param more settings, KEY=VALUE
  void install(const std::vector<std::string>& more);

  /// Packs the same program once more and has the engine take it from a registry, with `docker plugin upgrade`. The
  /// plugin must be disabled.
  void upgrade(const std::string& description);

  /// `docker plugin inspect`. @param path as Go's templates want it, e.g. ".Config.Description"
  std::string inspect(const std::string& path) const;

  /// Where the host sees what the plugin has mounted.
  std::filesystem::path mounts() const { return installed_ / "propagated-mount"; }

  /// Of hpe.conf, the journal and the socket for hpe3parctl.
  std::filesystem::path directory(const std::string& name) const { return directory_ / name; }

 private:
  /// `docker plugin create` of a package that serves these tests.
  void create(const std::string& name, const std::string& description) const;

  /// To the registry of the tests. @return what it is called there
  std::string publish(const std::string& tag, const std::string& description);

  /// What `docker plugin set` and `install` are told.
  std::vector<std::string> settings() const;
  void set_up() const;
  void find_installed();

  const Engine& engine_;
  std::filesystem::path directory_;
  std::filesystem::path arrays_;
  PidNamespace pids_;
  std::filesystem::path installed_;  ///< where the engine has it
  std::unique_ptr<PluginRegistry> registry_;
};

}  // namespace hpe3par::test
