#include "client.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "failure.h"
#include "hpe3par/base/unique_fd.h"
#include "table.h"

namespace hpe3par::ctl {
namespace {

using nlohmann::json;

// 10,000 volumes are 6 MiB.
constexpr std::size_t kMaxAnswer = 256UL * 1024 * 1024;

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > kMaxAnswer) return 0;
  body.append(data, size * count);
  return size * count;
}

// errno of connect(), or 0 if somebody is there (now).
int try_to_connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  const UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

bool is_socket(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode);
}

std::string why_not_reached(const std::string& path) {
  const std::string socket = printable(path);
  switch (const int error = try_to_connect(path)) {
    case ENOENT:
    case ENOTDIR: return "there is no socket " + socket + "; is hpe3pard running, with this --admin-socket?";
    case ECONNREFUSED:
      return is_socket(path) ? "nobody listens on " + socket + "; is hpe3pard running?" : socket + " is not a socket";
    case EACCES:
    case EPERM: return "permission denied for " + socket + "; only root may use it: try sudo hpe3parctl";
    case 0:
    case EAGAIN: return socket + " accepted no connection in time; hpe3pard is overloaded, or has just been restarted";
    default: return "cannot connect to " + socket + ": " + std::strerror(error) + "; is hpe3pard running?";
  }
}

// Deeper than anything that hpe3pard sends; what is written out again is written recursively.
constexpr int kMaxDepth = 32;

// Discarded if it is no JSON, or nested too deeply.
json parse(const std::string& text) {
  struct TooDeep {};
  const auto limit = [](int depth, json::parse_event_t, const json&) {
    if (depth > kMaxDepth) throw TooDeep();
    return true;
  };
  try {
    return json::parse(text, limit, false);
  } catch (const TooDeep&) {
    return json(json::value_t::discarded);
  }
}

bool is_error(const json& body) {
  return body.is_object() && body.contains("error") && body["error"].is_object() && body["error"].contains("message") &&
         body["error"]["message"].is_string();
}

}  // namespace

json Client::get(const std::string& path) const {
  const Reply reply = ask(path);
  json body = parse(reply.body);
  if (reply.status == 200 && body.is_object()) return body;
  if (reply.status != 200 && is_error(body)) {
    const auto& message = body["error"]["message"].get_ref<const std::string&>();
    throw Failure(ExitStatus::failed, printable(message));
  }
  complain("HTTP status " + std::to_string(reply.status) + (body.is_object() ? "" : ", and no JSON object"));
}

void Client::complain(const std::string& what) const {
  throw Failure(ExitStatus::failed, "the answer from " + printable(socket_) + " makes no sense (" + what +
                                        "); is it hpe3pard, of this version, that listens there?");
}

Client::Reply Client::ask(const std::string& path) const {
  if (socket_.empty()) throw Failure(ExitStatus::bad_usage, "--admin-socket: the path is empty");
  if (socket_.size() >= sizeof(sockaddr_un::sun_path))
    throw Failure(ExitStatus::bad_usage, "--admin-socket: a path of " + std::to_string(socket_.size()) +
                                             " bytes is too long for a socket; allowed: 1 to " +
                                             std::to_string(sizeof(sockaddr_un::sun_path) - 1));
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (!curl) throw Failure(ExitStatus::failed, "libcurl does not work");
  Reply reply;
  std::array<char, CURL_ERROR_SIZE> error{};
  curl_easy_setopt(curl.get(), CURLOPT_URL, ("http://hpe3pard" + path).c_str());
  curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, patience_);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, error.data());
  const CURLcode code = curl_easy_perform(curl.get());
  switch (code) {
    case CURLE_OK: break;
    case CURLE_COULDNT_CONNECT: throw Failure(ExitStatus::no_daemon, why_not_reached(socket_));
    case CURLE_OPERATION_TIMEDOUT:
      throw Failure(ExitStatus::no_daemon, "no answer from " + printable(socket_) + " within " +
                                               std::to_string(patience_) +
                                               " seconds; does hpe3pard hang? Its log may tell");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      throw Failure(ExitStatus::no_daemon, "hpe3pard ended the connection without an answer; is it restarting?");
    case CURLE_PARTIAL_FILE:
      throw Failure(ExitStatus::no_daemon,
                    "hpe3pard ended the connection in the middle of its answer; is it restarting?");
    default: complain(error.front() != '\0' ? printable(error.data()) : curl_easy_strerror(code));
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  return reply;
}

std::string percent_encoded(const std::string& name) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      text += c;
    } else {
      text += '%';
      text += kHex[byte >> 4U];
      text += kHex[byte & 0xFU];
    }
  }
  return text;
}

std::string default_socket(const std::vector<std::string>& sockets) {
  for (const std::string& socket : sockets) {
    const int error = try_to_connect(socket);
    if (error == 0 || error == EAGAIN) return socket;
  }
  return sockets.front();
}

}  // namespace hpe3par::ctl
