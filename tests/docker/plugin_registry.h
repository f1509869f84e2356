#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>

namespace hpe3par::test {

/// A registry on a port of 127.0.0.1 that has one plugin, for `docker plugin upgrade`: an engine asks registries of
/// this machine without TLS.
class PluginRegistry {
 public:
  /// Copies what `docker plugin create` has put among the engine's blobs; the plugin may be removed afterwards.
  /// @param blobs <data root>/plugins/storage/blobs/sha256
  /// @param others names of the blobs there that belong to other plugins
  PluginRegistry(const std::filesystem::path& blobs, const std::set<std::string>& others);
  ~PluginRegistry();

  /// What `docker plugin upgrade` takes as REMOTE.
  std::string reference() const;

  /// How many blobs and manifests were fetched.
  int downloads() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

/// The names of the blobs in a directory, which may be missing.
std::set<std::string> blob_names(const std::filesystem::path& blobs);

}  // namespace hpe3par::test
