#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "docker_commands.h"
#include "engine.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"
#include "managed_plugin.h"

namespace hpe3par::test {

/// Simulated arrays, an engine with the image kImage, and the daemon as its managed plugin. After a test nothing may be
/// left: no mount, no loop device, no object on an array.
class ManagedPluginTest : public testing::Test, protected DockerCommands {
 protected:
  using Backends = std::function<std::vector<Backend>(const Simulator&)>;
  struct Setting {
    Words arrays = {"A"};
    Backends backends = [](const Simulator& simulator) { return std::vector<Backend>{Backend::of(simulator)}; };
    Words engine_arguments = {};
    PidNamespace pids = PidNamespace::host;
  };

  ManagedPluginTest();
  explicit ManagedPluginTest(const Setting& setting);
  void TearDown() override;

  /// "v1", whose file on the array is lun_file_.
  void create_volume();
  nlohmann::json status() const;
  std::size_t vluns();

  void expect_attached();

  /// No mount, no loop device and no VLUN, at the latest after some seconds.
  void expect_detached();

  /// A second container of the volume sees what the first one has written, and leaves.
  void expect_served_beside(const std::string& writer);

  /// The container is gone; its volume, with all that it wrote, too.
  void expect_all_there_and_remove(long written);

  /// A container that writes to v1, stopped and started again: it goes on. Then as expect_all_there_and_remove().
  void expect_to_start_again_and_remove(const std::string& writer);

  /// The one in the plugin, as docs/managed-plugin.md has it. @return what it printed
  std::string hpe3parctl(const Words& arguments) const;

  std::string engine_log() const { return read_file(directory_ / "engine/dockerd.err"); }

  TempDir directory_;
  Simulator simulator_;
  Engine engine_;
  ManagedPlugin plugin_;
  LeakCheck leaks_;
  std::filesystem::path lun_file_;
};

}  // namespace hpe3par::test
