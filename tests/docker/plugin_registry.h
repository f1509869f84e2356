#pragma once

#include <filesystem>
#include <string>

#include "hpe3par_test/process.h"

namespace hpe3par::test {

/// Debian's docker-registry on a port of 127.0.0.1, with its data in a directory: an engine asks registries of this
/// machine without TLS.
class PluginRegistry {
 public:
  /// Returns when it listens. @throws std::runtime_error it does not; with the end of its log
  explicit PluginRegistry(const std::filesystem::path& directory);

  /// What `docker plugin push`, `install` and `upgrade` take.
  std::string reference(const std::string& tag) const;

 private:
  Process process_;
  std::string address_;
};

}  // namespace hpe3par::test
