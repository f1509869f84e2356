#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wire.h"

namespace volconf {

/// What came of one call.
struct Reply {
  std::string sent;     ///< for failure texts: `Create {"Name":"x"}`
  std::string name;     ///< of the volume, if the call had one
  int status = 0;       ///< HTTP status; 0: no answer, `failure` says why
  std::string body;     ///< as it came
  nlohmann::json json;  ///< the body, discarded if it is no JSON
  std::string failure;
  double seconds = 0;

  /// What the engine takes for success: HTTP 200, a JSON object, `Err` empty or absent.
  bool ok() const;

  /// What the engine shows as an error: a JSON object with an `Err`, whatever the HTTP status.
  bool is_error() const;

  std::string err() const;                             ///< `Err`, or empty
  std::string text(const std::string& member) const;   ///< a member that is a string, or empty
  nlohmann::json at(const std::string& member) const;  ///< null if it is not there

  nlohmann::json volume() const;  ///< `Volume` of Get; an empty object if it is none

  /// `sent Create {…}; came HTTP 200 {…}`, cut to a readable length.
  std::string story() const;
};

/// How requests look; the default is the engine's.
struct RequestStyle {
  std::string method = "POST";
  std::vector<std::string> headers = {"Accept: application/vnd.docker.plugins.v1.2+json"};
};

/// The bytes of a request.
std::string request_text(const std::string& path, const std::string& body, const RequestStyle& style = {});

/// "/VolumeDriver.Create" of "Create"; a name with a dot only gets the slash.
std::string path_of(const std::string& call);

/// What the engine waits for an answer.
Millis limit_of(const std::string& call);

Reply reply_of(const std::string& sent, const Response& response);

/// A volume plugin, asked as the Docker engine asks, with a connection for each call. Thread-safe.
class Plugin {
 public:
  explicit Plugin(std::string socket) : socket_(std::move(socket)) {}

  /// Never throws for what the plugin does.
  Reply call(const std::string& call, const nlohmann::json& body = nlohmann::json::object());
  Reply call_raw(const std::string& call, const std::string& body, const RequestStyle& style = {});

  Reply create(const std::string& name, const nlohmann::json& options);
  Reply remove(const std::string& name) { return call("Remove", {{"Name", name}}); }
  Reply get(const std::string& name) { return call("Get", {{"Name", name}}); }
  Reply path(const std::string& name) { return call("Path", {{"Name", name}}); }
  Reply mount(const std::string& name, const std::string& id) { return call("Mount", {{"Name", name}, {"ID", id}}); }
  Reply unmount(const std::string& name, const std::string& id) {
    return call("Unmount", {{"Name", name}, {"ID", id}});
  }

  const std::string& socket() const { return socket_; }

  /// Every answer with an `Err` so far.
  std::vector<Reply> errors() const;

 private:
  void remember(const Reply& reply);

  std::string socket_;
  mutable std::mutex mutex_;
  std::vector<Reply> errors_;
};

}  // namespace volconf
