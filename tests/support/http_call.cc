#include "hpe3par_test/http_call.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace hpe3par::test {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* target) {
  static_cast<std::string*>(target)->append(data, size * count);
  return size * count;
}

using Handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

HeaderList make_headers(const HttpCall& call) {
  HeaderList list(nullptr, curl_slist_free_all);
  // Neither the engine nor we send these.
  for (const char* absent : {"Expect:", "Content-Type:"}) list.reset(curl_slist_append(list.release(), absent));
  for (const auto& header : call.headers) list.reset(curl_slist_append(list.release(), header.c_str()));
  return list;
}

void set_options(CURL* curl, const HttpCall& call, const HeaderList& headers, HttpReply& reply) {
  curl_easy_setopt(curl, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  if (!call.unix_socket.empty()) curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, call.unix_socket.c_str());
  if (call.method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(call.body.size()));
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, call.body.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  }
}

}  // namespace

nlohmann::json HttpReply::json() const {
  return nlohmann::json::parse(body, nullptr, false);
}

HttpReply http_call(const HttpCall& call) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Handle curl(curl_easy_init(), curl_easy_cleanup);
  if (initialised != CURLE_OK || !curl) throw std::runtime_error("libcurl does not work");
  HttpReply reply;
  const auto headers = make_headers(call);
  set_options(curl.get(), call, headers, reply);
  const auto begin = std::chrono::steady_clock::now();
  const CURLcode code = curl_easy_perform(curl.get());
  reply.elapsed = std::chrono::steady_clock::now() - begin;
  if (code == CURLE_OK) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  } else {
    reply.failure = curl_easy_strerror(code);
  }
  return reply;
}

bool accepts_connections(const std::filesystem::path& unix_socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (unix_socket.native().size() >= sizeof address.sun_path) {
    throw std::runtime_error("too long for a unix socket: " + unix_socket.string());
  }
  std::strncpy(address.sun_path, unix_socket.c_str(), sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool accepted = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return accepted;
}

int free_port() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error("no free TCP port");
  return ntohs(address.sin_port);
}

}  // namespace hpe3par::test
