#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par_test/process.h"

namespace hpe3par::test {

/// A mount for as long as this lives.
class ScopedMount {
 public:
  /// `source` and `options` as mount(2) wants them. The directory is made if need be.
  ScopedMount(const std::string& source, std::filesystem::path place, const std::string& type, unsigned long flags = 0,
              const std::string& options = "");
  ~ScopedMount();
  ScopedMount(const ScopedMount&) = delete;
  ScopedMount& operator=(const ScopedMount&) = delete;

 private:
  std::filesystem::path place_;
};

/// Unpacks a Debian 12 that has systemd on its disk, from the mirrors of this machine.
/// @throws std::runtime_error it cannot be made; with the reason
void make_debian(const std::filesystem::path& directory, const std::filesystem::path& log);

/// A Debian in a directory, with /proc, /dev, /sys and an empty /run, in which programs run. No systemd runs there.
class CleanRoot {
 public:
  /// @param directory of make_debian(). What happens in it stays.
  explicit CleanRoot(const std::filesystem::path& directory);

  /// A throw-away layer over `lower`, which must stay as it is meanwhile.
  /// @param scratch an absent directory
  CleanRoot(const std::filesystem::path& lower, const std::filesystem::path& scratch);

  const std::filesystem::path& path() const { return path_; }

  /// Where programs see what is `place` in there.
  std::filesystem::path at(const std::filesystem::path& place) const { return path_ / place.relative_path(); }

  std::vector<std::string> command(const std::vector<std::string>& argv) const;
  RunResult run_in(const std::vector<std::string>& argv) const;

 private:
  void mount_the_kernels();

  std::filesystem::path path_;
  std::filesystem::path log_;
  std::optional<ScopedMount> layer_, merged_, proc_, dev_, sys_, run_;
};

}  // namespace hpe3par::test
