#include "wire.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace volconf {
namespace {

using std::chrono::steady_clock;

constexpr timeval kPatience{10, 0};  // as the engine dials

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw WireError("too long for a unix socket: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

std::string trimmed(std::string text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), is_space));
  text.erase(std::find_if_not(text.rbegin(), text.rend(), is_space).base(), text.end());
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::size_t number(const std::string& text, int base) {
  std::size_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (result.ec != std::errc() || value > (64U << 20U)) throw WireError("not a length: " + text);
  return value;
}

int status_of(const std::string& line) {
  if (line.compare(0, 7, "HTTP/1.") != 0 || line.size() < 12) throw WireError("not HTTP/1.x: " + line.substr(0, 80));
  return static_cast<int>(number(line.substr(9, 3), 10));
}

std::string header(const Response& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

}  // namespace

Connection::Connection(const std::string& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const sockaddr_un address = address_of(socket);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return;
  const std::string reason = std::strerror(errno);
  close(fd_);
  throw WireError("cannot connect to " + socket + ": " + reason);
}

Connection::~Connection() {
  close(fd_);
}

void Connection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (count < 0) throw WireError(std::string("cannot send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool Connection::is_over() const {
  pollfd watched{fd_, POLLIN, 0};
  if (poll(&watched, 1, 0) <= 0) return false;
  char byte = 0;
  return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

bool Connection::read_more(steady_clock::time_point end) {
  const auto left = std::chrono::ceil<Millis>(end - steady_clock::now()).count();
  pollfd readable{fd_, POLLIN, 0};
  if (left <= 0 || poll(&readable, 1, static_cast<int>(left)) <= 0) throw WireError("no answer in time");
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = recv(fd_, bytes.data(), bytes.size(), 0);
  if (count < 0) throw WireError(std::string("connection broke: ") + std::strerror(errno));
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string Connection::take_line(steady_clock::time_point end) {
  std::size_t stop = 0;
  while ((stop = received_.find('\n')) == std::string::npos) {
    if (!read_more(end)) throw WireError("EOF: the connection was closed without a whole answer");
  }
  std::string line = trimmed(received_.substr(0, stop));
  received_.erase(0, stop + 1);
  return line;
}

std::string Connection::take_bytes(std::size_t count, steady_clock::time_point end) {
  while (received_.size() < count) {
    if (!read_more(end)) throw WireError("EOF: the connection was closed in the middle of the body");
  }
  std::string bytes = received_.substr(0, count);
  received_.erase(0, count);
  return bytes;
}

std::string Connection::take_chunks(steady_clock::time_point end) {
  std::string body;
  while (const std::size_t size = number(take_line(end), 16)) {
    body += take_bytes(size, end);
    take_line(end);
  }
  take_line(end);
  return body;
}

std::string Connection::take_rest(steady_clock::time_point end) {
  while (read_more(end)) {
  }
  return std::exchange(received_, "");
}

std::string Connection::take_body(const Response& response, steady_clock::time_point end) {
  if (lower(header(response, "transfer-encoding")) == "chunked") return take_chunks(end);
  const std::string length = header(response, "content-length");
  return length.empty() ? take_rest(end) : take_bytes(number(length, 10), end);
}

Response Connection::receive(Millis limit) {
  const auto end = steady_clock::now() + limit;
  Response response;
  const std::string first = take_line(end);
  response.status = status_of(first);
  for (std::string line = take_line(end); !line.empty(); line = take_line(end)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) throw WireError("not a header: " + line.substr(0, 80));
    response.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  response.stays_open = first.compare(0, 8, "HTTP/1.1") == 0 && lower(header(response, "connection")) != "close";
  response.body = take_body(response, end);
  return response;
}

bool accepts_connections(const std::string& socket) {
  try {
    const Connection connection(socket);
    return true;
  } catch (const WireError&) {
    return false;
  }
}

}  // namespace volconf
