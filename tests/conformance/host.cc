#include "host.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace volconf {
namespace {

namespace fs = std::filesystem;

// mountinfo writes space, tab, newline and backslash as \040 and so on.
std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      result += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
      i += 3;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::vector<std::string> mount_points() {
  std::vector<std::string> result;
  std::ifstream lines("/proc/self/mountinfo");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, point;
    fields >> id >> parent >> device >> root >> point;
    result.push_back(unescaped(point));
  }
  return result;
}

int exit_status(int raw) {
  return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
}

pid_t spawn_shell(const std::string& command, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  const std::array<const char*, 4> argv = {"sh", "-c", command.c_str(), nullptr};
  pid_t pid = -1;
  const int error = posix_spawnp(&pid, "sh", &actions, nullptr, const_cast<char**>(argv.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error(std::string("cannot start sh: ") + std::strerror(error));
  return pid;
}

CommandResult wait_for(pid_t pid, Millis limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  int raw = 0;
  while (waitpid(pid, &raw, WNOHANG) != pid) {
    if (std::chrono::steady_clock::now() > end) {
      kill(pid, SIGKILL);
      waitpid(pid, &raw, 0);
      return {.ended = false, .status = exit_status(raw), .output = ""};
    }
    std::this_thread::sleep_for(Millis(5));
  }
  return {.ended = true, .status = exit_status(raw), .output = ""};
}

std::string failed(const char* what) {
  return std::string(what) + ": " + std::strerror(errno);
}

}  // namespace

std::vector<std::string> mounts_below(const fs::path& directory) {
  const std::string root = directory.lexically_normal().string();
  std::vector<std::string> result;
  if (root.empty()) return result;
  for (const std::string& point : mount_points()) {
    if (point == root || point.compare(0, root.size() + 1, root + "/") == 0) result.push_back(point);
  }
  return result;
}

std::size_t times_mounted(const fs::path& path) {
  const auto points = mount_points();
  return static_cast<std::size_t>(std::count(points.begin(), points.end(), path.lexically_normal().string()));
}

std::vector<std::string> entries(const fs::path& directory) {
  std::vector<std::string> result;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    result.push_back(entry->path().filename());
  std::sort(result.begin(), result.end());
  return result;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string write_through(const fs::path& path, const std::string& content) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return failed("open");
  std::string problem;
  if (write(fd, content.data(), content.size()) != static_cast<ssize_t>(content.size())) problem = failed("write");
  if (problem.empty() && fsync(fd) != 0) problem = failed("fsync");
  close(fd);
  return problem;
}

// A file instead of a pipe takes the output, because what stays in the background would keep a pipe open.
CommandResult run_command(const std::string& command, Millis limit, const std::string& volume) {
  setenv("VOLCONF_VOLUME", volume.c_str(), 1);
  const int output = memfd_create("output", MFD_CLOEXEC);
  CommandResult result = wait_for(spawn_shell(command, output), limit);
  std::array<char, 4096> bytes;
  off_t at = 0;
  for (ssize_t count = 0; (count = pread(output, bytes.data(), bytes.size(), at)) > 0; at += count)
    result.output.append(bytes.data(), static_cast<std::size_t>(count));
  close(output);
  return result;
}

// The bind has a place of its own, as in a container: the kernel drops mounts whose mount point is removed, in every
// namespace.
Holder::Holder(const fs::path& directory) : place_(fs::temp_directory_path() / "volconf-XXXXXX") {
  if (mkdtemp(place_.data()) == nullptr) throw std::runtime_error(failed("mkdtemp"));
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    throw std::runtime_error(failed("socketpair"));
  pid_ = fork();
  if (pid_ == 0) {
    close(pair[0]);  // else it would never see the other end go
    serve(pair[1], directory);
  }
  close(pair[1]);
  socket_ = pair[0];
  const std::string problem = use();
  if (problem.empty()) return;
  end();
  throw std::runtime_error("cannot play a container: " + problem);
}

Holder::~Holder() {
  end();
}

void Holder::end() const {
  close(socket_);
  waitpid(pid_, nullptr, 0);
  rmdir(place_.c_str());
}

std::string Holder::use() const {
  const char go = 'g';
  std::array<char, 256> answer{};
  if (send(socket_, &go, 1, MSG_NOSIGNAL) != 1) return failed("send");
  const ssize_t count = recv(socket_, answer.data(), answer.size(), 0);
  if (count <= 0) return "the container is gone";
  const std::string text(answer.data(), static_cast<std::size_t>(count));
  return text == "ok" ? "" : text;
}

// In a mount namespace of its own only the bind is left of the directory.
std::string Holder::move_in(const fs::path& directory) const {
  if (unshare(CLONE_NEWNS) != 0) return failed("unshare");
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return failed("private mounts");
  if (mount(directory.c_str(), place_.c_str(), nullptr, MS_BIND, nullptr) != 0) return failed("bind");
  if (umount2(directory.c_str(), MNT_DETACH) != 0) return failed("umount");
  return "";
}

// Each round proves that what the last one wrote is still there.
void Holder::serve(int socket, const fs::path& directory) const {
  std::string problem = move_in(directory);
  const std::string file = place_ + "/held-by-volconf";
  std::string written;
  char go = 0;
  while (recv(socket, &go, 1, 0) == 1) {
    if (problem.empty() && read_file(file) != written) problem = "what was written is not there any more";
    written += "x";
    if (problem.empty()) problem = write_through(file, written);
    const std::string answer = problem.empty() ? "ok" : problem.substr(0, 200);
    if (send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
  }
  _exit(0);
}

}  // namespace volconf
