#include "plugin_registry.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

/// YAML, of which JSON is a part.
fs::path write_config(const fs::path& directory) {
  fs::create_directories(directory);
  const nlohmann::json config = {{"version", "0.1"},
                                 {"log", {{"accesslog", {{"disabled", true}}}}},
                                 {"storage", {{"filesystem", {{"rootdirectory", directory / "data"}}}}},
                                 {"http", {{"addr", "127.0.0.1:0"}}}};
  write_file(directory / "config.yml", config.dump());
  return directory / "config.yml";
}

/// host:port, when the log tells it; else empty.
std::string address_in(const std::string& log) {
  const std::string words = "listening on ";
  const auto found = log.find(words);
  if (found == std::string::npos) return "";
  const auto begin = found + words.size();
  const auto end = log.find_first_of("\", \n", begin);
  return end == std::string::npos ? "" : log.substr(begin, end - begin);
}

}  // namespace

PluginRegistry::PluginRegistry(const fs::path& directory)
    : process_({"docker-registry", "serve", write_config(directory)}, directory / "registry") {
  const bool listens = eventually(std::chrono::seconds(30), [this] {
    address_ = address_in(process_.errors());
    return !address_.empty() || !process_.running();
  });
  if (!listens || address_.empty())
    throw std::runtime_error("docker-registry does not run here:\n" + last_lines(process_.errors(), 20));
}

std::string PluginRegistry::reference(const std::string& tag) const {
  return address_ + "/hpe:" + tag;
}

}  // namespace hpe3par::test
