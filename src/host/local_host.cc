#include "hpe3par/host/local_host.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "system_error.h"

namespace hpe3par::host {
namespace {

constexpr std::size_t kMaxHostName = 31;

// Locale-free, unlike std::isalnum.
bool is_legal(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

std::string read_boot_id() {
  const std::string path = "/proc/sys/kernel/random/boot_id";
  std::ifstream stream(path);
  std::string id;
  if (!std::getline(stream, id) || id.empty()) throw_unavailable("read " + path, EIO);
  return id;
}

std::string legal_host_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !is_legal(c); }, '-');
  name.erase(0, std::min(name.find_first_not_of('-'), name.size()));
  if (name.empty()) return "host";
  return name.substr(0, kMaxHostName);
}

std::string short_host_name() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) throw_unavailable("read the host name");
  const std::string name = buffer.data();
  return legal_host_name(name.substr(0, name.find('.')));
}

std::string loop_initiator(const std::string& host_name) {
  return "iqn.2026-01.hpe3par.loop:" + host_name;
}

}  // namespace hpe3par::host
