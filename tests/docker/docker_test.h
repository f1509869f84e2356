#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "docker_commands.h"
#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {

/// Simulated arrays, the daemon as driver "hpe", and an engine with the image kImage. After a test nothing may be left:
/// no mount, no loop device, no object on an array.
class DockerTest : public testing::Test, protected DockerCommands {
 protected:
  using Backends = std::function<std::vector<Backend>(const Simulator&)>;

  /// One array and one backend. @param engine_arguments more of them for dockerd
  explicit DockerTest(const Words& engine_arguments = {});
  DockerTest(const Words& arrays, const Backends& backends, const Words& engine_arguments = {});
  void TearDown() override;

  static DaemonOptions daemon_options(const Simulator& simulator);

  /// The daemon has reached all arrays, and has nothing left to be cleaned up there; in a minute at most.
  bool arrays_are_up() const;

  /// How many VLUNs there are.
  std::size_t vluns(const std::string& array = "A");

  /// No mount, no loop device and no VLUN, at the latest after some seconds.
  void expect_detached();

  TempDir directory_;
  Simulator simulator_;
  Daemon daemon_;
  Engine engine_;
  std::optional<LeakCheck> leaks_;
};

}  // namespace hpe3par::test
