#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace hpe3par::test {

struct HttpCall {
  std::string method = "GET";
  std::string url;                    ///< http://anything/path for a unix socket
  std::filesystem::path unix_socket;  ///< empty: TCP
  std::string body;
  std::vector<std::string> headers;  ///< "Name: value"
  std::chrono::milliseconds timeout = std::chrono::seconds(60);
};

struct HttpReply {
  long status = 0;  ///< 0: no answer, `failure` says why
  std::string body;
  std::string failure;
  std::chrono::duration<double> elapsed{};

  /// The body as JSON; a discarded value if it is none.
  nlohmann::json json() const;
};

/// One request on a connection of its own. Never throws for what the server does. Thread-safe.
HttpReply http_call(const HttpCall& call);

/// Something accepts connections on this unix socket.
bool accepts_connections(const std::filesystem::path& unix_socket);

/// A TCP port of 127.0.0.1 that nobody uses at this moment.
int free_port();

}  // namespace hpe3par::test
