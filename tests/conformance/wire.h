#pragma once

#include <chrono>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace volconf {

using Millis = std::chrono::milliseconds;

/// No answer: refused, closed, silent, or not HTTP.
class WireError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  bool stays_open = true;  ///< the server did not announce that it closes the connection
};

/// One connection to a unix socket, with raw bytes out and HTTP/1.1 in. Every method throws WireError.
class Connection {
 public:
  explicit Connection(const std::string& socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A server that refuses a request before it is whole may have closed already; receive() tells what it said.
  void send(std::string_view bytes) const;
  Response receive(Millis limit);

  /// The server has closed it.
  bool is_over() const;

 private:
  bool read_more(std::chrono::steady_clock::time_point end);
  std::string take_line(std::chrono::steady_clock::time_point end);
  std::string take_bytes(std::size_t count, std::chrono::steady_clock::time_point end);
  std::string take_chunks(std::chrono::steady_clock::time_point end);
  std::string take_rest(std::chrono::steady_clock::time_point end);
  std::string take_body(const Response& response, std::chrono::steady_clock::time_point end);

  int fd_;
  std::string received_;
};

bool accepts_connections(const std::string& socket);

}  // namespace volconf
