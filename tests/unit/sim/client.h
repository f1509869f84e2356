#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>

#include "hpe3par/base/unique_fd.h"
#include "socket.h"

namespace hpe3par::sim {

/// A connection to 127.0.0.1 that says exactly what it is told.
class RawClient {
 public:
  explicit RawClient(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) error_ = errno;
    set_timeouts(fd_.get(), 10);
  }

  void send(const std::string& bytes) { ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Everything until the end; error() tells of a reset.
  std::string receive() {
    std::string all;
    char buffer[4096];
    while (true) {
      const ssize_t count = ::recv(fd_.get(), buffer, sizeof buffer, 0);
      if (count < 0) error_ = errno;
      if (count <= 0) return all;
      all.append(buffer, static_cast<std::size_t>(count));
    }
  }

  int error() const { return error_; }
  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
  int error_ = 0;
};

struct Reply {
  int status = 0;
  std::string head;
  std::string text;
  nlohmann::json body;
};

/// One request and its reply; status 0 when none came.
inline Reply exchange(int port, const std::string& method, const std::string& path, const std::string& body = {},
                      const std::string& key = {}) {
  RawClient client(port);
  std::string bytes = method + " " + path + " HTTP/1.1\r\nHost: sim\r\nUser-Agent: test/1\r\n";
  if (!key.empty()) bytes += "x-hp3par-wsapi-sessionkey: " + key + "\r\n";
  bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  client.send(bytes);
  const std::string all = client.receive();
  Reply reply;
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos) return reply;
  reply.status = std::stoi(all.substr(9, 3));
  reply.head = all.substr(0, end + 2);
  reply.text = all.substr(end + 4);
  reply.body = nlohmann::json::parse(reply.text, nullptr, false);
  return reply;
}

}  // namespace hpe3par::sim
