#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine.h"

namespace hpe3par::test {

constexpr const char* kImage = "bb:1";

using Words = std::vector<std::string>;

/// What the tests do with an engine that has the image kImage and with volumes of one driver.
class DockerCommands {
 public:
  /// @param engine is used from the first call on and must outlive this
  DockerCommands(const Engine& engine, std::string driver) : where_(engine), driver_(std::move(driver)) {}

  /// The engine quietly makes a local volume when it cannot use the plugin, so the driver is always named.
  std::string mount_option(const std::string& volume, const std::string& directory = "/data") const;

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

 private:
  const Engine& where_;
  std::string driver_;
};

/// For texts of which only a part is known.
testing::AssertionResult contains(const std::string& text, const std::string& part);

}  // namespace hpe3par::test
