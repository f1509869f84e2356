#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "engine.h"
#include "hpe3par_test/simulator.h"

namespace hpe3par::test {

/// `pidhost` in config.json. Without it the plugin sees neither the engine nor its mounts.
enum class PidNamespace { host, own };

/// hpe3pard as a managed plugin of an engine: packed with what it needs to run, created and enabled.
///
/// `<directory>` of the host holds what outlives the plugin: etc/hpe.conf, mounted at /etc/hpedockerplugin, and state/,
/// mounted at /var/lib/hpe3pard; and the package that the engine gets. What the array exports is mounted where the host
/// has it.
class ManagedPlugin {
 public:
  ManagedPlugin(const Engine& engine, std::filesystem::path directory, const Simulator& simulator,
                PidNamespace pids = PidNamespace::host);

  /// Removes it from the engine, in use or not.
  ~ManagedPlugin();
  ManagedPlugin(const ManagedPlugin&) = delete;
  ManagedPlugin& operator=(const ManagedPlugin&) = delete;

  static std::string name() { return "hpe9:1"; }  ///< the volume driver's, too

  void enable() const;
  void disable_by_force() const;  ///< what uses it or not

  /// Its process, 0 if there is none. The PID namespace of the tests shows no other hpe3pard.
  pid_t pid() const;

  /// Ends its process with SIGKILL; the engine starts another one. @return the pid of that
  pid_t kill9() const;

  /// Packs the same program once more and has the engine take it from a registry, with `docker plugin upgrade`. The
  /// plugin must be disabled.
  void upgrade(const std::string& description) const;

  /// The description of the package that is installed.
  std::string description() const;

  /// Where the host sees what the plugin has mounted.
  std::filesystem::path mounts() const { return installed_ / "propagated-mount"; }

 private:
  /// `docker plugin create`.
  void create(const std::string& name, const std::string& description) const;

  const Engine& engine_;
  std::filesystem::path directory_;
  std::filesystem::path exports_;
  PidNamespace pids_;
  std::filesystem::path installed_;  ///< where the engine has it
};

}  // namespace hpe3par::test
