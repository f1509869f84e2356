#include "hpe3par/docker/engine.h"

#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace hpe3par::docker {
namespace {

constexpr std::string_view kEngine = "dockerd:";
constexpr std::string_view kOutside = "outside:";

/// "<pid>:<start time in clock ticks since boot>", or empty if there is no such process.
std::string identify(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  if (!std::getline(file, line)) return "";
  // The second field is the name in parentheses, which may hold anything; the start time is the twenty-second.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return "";
  std::istringstream fields(line.substr(name_end + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number)
    if (!(fields >> field)) return "";
  return pid + ":" + field;
}

std::string name_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

std::optional<int> process_of(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return peer.pid;
}

std::string engine_of(int connection) {
  const std::optional<int> peer = process_of(connection);
  if (!peer) return "";
  if (*peer == 0) return std::string(kOutside) + identify(std::to_string(::getpid()));
  if (name_of(*peer) != "dockerd") return "";
  const std::string process = identify(std::to_string(*peer));
  return process.empty() ? "" : std::string(kEngine) + process;
}

bool engine_is_gone(const std::string& engine) {
  if (engine.starts_with(kOutside)) return engine.substr(kOutside.size()) != identify(std::to_string(::getpid()));
  if (!engine.starts_with(kEngine)) return false;
  const std::string process = engine.substr(kEngine.size());
  const std::string pid = process.substr(0, process.find(':'));
  const bool is_number = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return is_number && identify(pid) != process;
}

}  // namespace hpe3par::docker
