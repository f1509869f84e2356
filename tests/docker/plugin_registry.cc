#include "plugin_registry.h"

#include <httplib.h>

#include <atomic>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "hpe3par_test/process.h"

namespace hpe3par::test {

namespace fs = std::filesystem;

class PluginRegistry::Server {
 public:
  explicit Server(std::map<std::string, std::string> blobs) : blobs_(std::move(blobs)) {
    server_.Get("/v2/", [](const httplib::Request&, httplib::Response&) {});
    server_.Get("/v2/hpe/manifests/.*", [this](const httplib::Request&, httplib::Response& response) {
      answer(manifest_, manifest_type_, response);
    });
    server_.Get("/v2/hpe/blobs/sha256:(.*)", [this](const httplib::Request& request, httplib::Response& response) {
      answer(request.matches[1], "application/octet-stream", response);
    });
    find_manifest();
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }

  ~Server() {
    while (!server_.is_running()) std::this_thread::yield();  // a stop before that is forgotten
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }
  int downloads() const { return downloads_; }

 private:
  void find_manifest() {
    for (const auto& [name, content] : blobs_) {
      const auto json = nlohmann::json::parse(content, nullptr, false);
      if (!json.is_object() || !json.contains("layers")) continue;
      manifest_ = name;
      manifest_type_ = json.value("mediaType", "application/vnd.docker.distribution.manifest.v2+json");
    }
    if (manifest_.empty()) throw std::runtime_error("the engine keeps no manifest of the plugin");
  }

  void answer(const std::string& name, const std::string& type, httplib::Response& response) {
    const auto blob = blobs_.find(name);
    if (blob == blobs_.end()) {
      response.status = 404;
      return;
    }
    ++downloads_;
    response.set_header("Docker-Content-Digest", "sha256:" + name);
    response.set_content(blob->second, type);
  }

  std::map<std::string, std::string> blobs_;
  std::string manifest_;  ///< its name
  std::string manifest_type_;
  std::atomic<int> downloads_ = 0;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

PluginRegistry::PluginRegistry(const fs::path& blobs, const std::set<std::string>& others) {
  std::map<std::string, std::string> copies;
  for (const auto& name : blob_names(blobs))
    if (!others.contains(name)) copies[name] = read_file(blobs / name);
  server_ = std::make_unique<Server>(std::move(copies));
}

PluginRegistry::~PluginRegistry() = default;

std::string PluginRegistry::reference() const {
  return "127.0.0.1:" + std::to_string(server_->port()) + "/hpe:2";
}

int PluginRegistry::downloads() const {
  return server_->downloads();
}

std::set<std::string> blob_names(const fs::path& blobs) {
  std::set<std::string> names;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(blobs, missing)) names.insert(entry.path().filename());
  return names;
}

}  // namespace hpe3par::test
