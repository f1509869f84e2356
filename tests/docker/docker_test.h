#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {

constexpr const char* kImage = "bb:1";

using Words = std::vector<std::string>;

/// A simulated array, the daemon as driver "hpe", and an engine with the image kImage. After a test nothing may be
/// left: no mount, no loop device, no object on the array.
class DockerTest : public testing::Test {
 protected:
  /// @param engine_arguments more of them for dockerd
  explicit DockerTest(const Words& engine_arguments = {});
  void TearDown() override;

  static DaemonOptions daemon_options(const Simulator& simulator);

  /// The engine quietly makes a local volume when it cannot use the plugin, so the driver is always named.
  static std::string mount_option(const std::string& volume, const std::string& directory = "/data");

  /// `docker run` of a shell command that ends by itself, with the volume at /data; what it printed.
  std::string run_with(const std::string& volume, const std::string& command) const;

  /// The same, whatever comes of it.
  RunResult try_to_run_with(const std::string& volume, const std::string& command = "true") const;

  /// A container that stays, with the volume at /data. @param options more of them for `docker run`
  void start_container(const std::string& container, const std::string& volume, const Words& options = {}) const;

  /// The same, and all the time it appends the next number to /data/numbers. It ends at once on `docker stop`.
  void start_writer(const std::string& container, const std::string& volume, const Words& options = {}) const;

  /// The last whole number in /data/numbers of a container.
  long last_number(const std::string& container) const;

  /// The writer of that container comes on: its volume is still there.
  void expect_writing(const std::string& container) const;

  /// Of a volume that no container uses any more: every number is there, once, in order. @return how many
  long count_numbers(const std::string& volume) const;

  std::string exec(const std::string& container, const std::string& command) const;
  bool is_running(const std::string& container) const;
  void create(const std::string& volume, const Words& options = {}) const;
  void remove(const std::string& volume) const;
  void remove_container(const std::string& container) const;
  std::string list_volumes() const;  ///< "hpe v1", a line each

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

/// For texts of which only a part is known.
testing::AssertionResult contains(const std::string& text, const std::string& part);

}  // namespace hpe3par::test
