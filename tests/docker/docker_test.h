#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <optional>

#include "docker_commands.h"
#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {

/// A simulated array, the daemon as driver "hpe", and an engine with the image kImage. After a test nothing may be
/// left: no mount, no loop device, no object on the array.
class DockerTest : public testing::Test, protected DockerCommands {
 protected:
  /// @param engine_arguments more of them for dockerd
  explicit DockerTest(const Words& engine_arguments = {});
  void TearDown() override;

  static DaemonOptions daemon_options(const Simulator& simulator);

  /// How many VLUNs there are.
  std::size_t vluns();

  /// No mount, no loop device and no VLUN, at the latest after some seconds.
  void expect_detached();

  TempDir directory_;
  Simulator simulator_{directory_.path()};
  Daemon daemon_;
  Engine engine_;
  std::optional<LeakCheck> leaks_;
};

}  // namespace hpe3par::test
