#include "toy_plugin.h"

#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hpe3par::test {
namespace {

using nlohmann::json;

int listen_on(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(fd, 1024) != 0)
    throw std::runtime_error("cannot listen on " + path);
  return fd;
}

bool is_whole(const std::string& request) {
  const std::size_t end = request.find("\r\n\r\n");
  const std::size_t length = request.find("Content-Length: ");
  if (end == std::string::npos) return false;
  return length == std::string::npos || request.size() >= end + 4 + std::stoul(request.substr(length + 16, 9));
}

/// "Create" of "POST /VolumeDriver.Create HTTP/1.1".
std::string call_of(const std::string& request) {
  const std::size_t begin = request.find('.') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

json error(const std::string& text) {
  return {{"Err", text}};
}

}  // namespace

ToyPlugin::ToyPlugin(std::filesystem::path socket, Answer answer)
    : socket_(std::move(socket)),
      answer_(std::move(answer)),
      listener_(listen_on(socket_)),
      thread_([this] { serve(); }) {}

ToyPlugin::~ToyPlugin() {
  stop_ = true;
  thread_.join();
  close(listener_);
}

void ToyPlugin::serve() {
  std::map<int, std::string> requests;  // so far, by connection
  while (!stop_) {
    std::vector<pollfd> watched = {{listener_, POLLIN, 0}};
    for (const auto& [connection, request] : requests) watched.push_back({connection, POLLIN, 0});
    if (poll(watched.data(), watched.size(), 50) <= 0) continue;
    for (const pollfd& each : watched) {
      if (each.revents == 0) continue;
      if (each.fd == listener_) {
        requests[accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)];
      } else if (!read_from(each.fd, requests[each.fd])) {
        close(each.fd);
        requests.erase(each.fd);
      }
    }
  }
  for (const auto& [connection, request] : requests) close(connection);
}

bool ToyPlugin::read_from(int connection, std::string& request) const {
  std::array<char, 65536> bytes;
  const ssize_t count = recv(connection, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  request.append(bytes.data(), static_cast<std::size_t>(count));
  if (!is_whole(request)) return true;
  const std::string body = answer_(call_of(request), request.substr(request.find("\r\n\r\n") + 4));
  const std::string response =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  [[maybe_unused]] const ssize_t sent = send(connection, response.data(), response.size(), MSG_NOSIGNAL);
  return false;
}

ForgetfulVolumes::~ForgetfulVolumes() {
  for (const auto& [name, mounted] : mounted_) {
    if (mounted) umount2((directory_ / name).c_str(), MNT_DETACH);
  }
}

std::string ForgetfulVolumes::answer(const std::string& call, const std::string& body) {
  if (call == "Activate") return R"({"Implements":["VolumeDriver"]})";
  if (call == "Capabilities") return R"({"Capabilities":{"Scope":"local"}})";
  const json request = json::parse(body, nullptr, false);
  return act(call, request.is_object() ? request : json::object()).dump();
}

json ForgetfulVolumes::act(const std::string& call, const json& request) {
  if (call == "List") return list();
  const std::string name = request.value("Name", "");
  if (name.empty() || name.find('/') != std::string::npos) return error("a name, please");
  if (call == "Create") return mounted_.try_emplace(name, false), json::object();
  if (!mounted_.contains(name)) return error("no volume " + name);
  if (call == "Get") return {{"Volume", shown(name)}};
  if (call == "Path") return shown(name);
  if (call == "Mount") return mount(name);
  if (call == "Unmount" || call == "Remove") unmount(name);
  if (call == "Remove") mounted_.erase(name);
  return json::object();
}

json ForgetfulVolumes::mount(const std::string& name) {
  std::filesystem::create_directories(directory_ / name);
  if (!mounted_[name] && ::mount("tmpfs", (directory_ / name).c_str(), "tmpfs", 0, "size=1m") != 0)
    return error("cannot mount " + name + ": " + std::strerror(errno));
  mounted_[name] = true;
  return shown(name);
}

json ForgetfulVolumes::list() const {
  json volumes = json::array();
  for (const auto& [name, mounted] : mounted_) volumes.push_back({{"Name", name}});
  return {{"Volumes", volumes}};
}

json ForgetfulVolumes::shown(const std::string& name) const {
  return {{"Name", name}, {"Mountpoint", mounted_.at(name) ? (directory_ / name).string() : ""}};
}

void ForgetfulVolumes::unmount(const std::string& name) {
  if (mounted_[name]) umount2((directory_ / name).c_str(), MNT_DETACH);
  mounted_[name] = false;
}

}  // namespace hpe3par::test
