#include "hpe3par_test/process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;

std::size_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : static_cast<std::size_t>(size);
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> merged_environment(const Environment& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!extra.contains(text.substr(0, text.find('=')))) result.push_back(text);
  }
  for (const auto& [name, value] : extra) result.push_back(name + "=" + value);
  return result;
}

/// Everything posix_spawn wants to know: descriptors 0 to 2, no others, default signals.
class SpawnPlan {
 public:
  SpawnPlan(const fs::path& output, const fs::path& errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND;
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, output.c_str(), kFlags, 0644);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, errors.c_str(), kFlags, 0644);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  pid_t spawn(std::vector<std::string> argv, std::vector<std::string> environment) const {
    pid_t pid = -1;
    const int error = posix_spawnp(&pid, argv.front().c_str(), &actions_, &attributes_, pointers(argv).data(),
                                   pointers(environment).data());
    if (error != 0) throw std::runtime_error("cannot start " + argv.front() + ": " + std::strerror(error));
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::string to_string(const ExitStatus& status) {
  return status.code ? "exit status " + std::to_string(*status.code) : "signal " + std::to_string(status.signal);
}

Process::Process(const std::vector<std::string>& argv, const fs::path& log, const Environment& environment)
    : output_path_(log.string() + ".out"),
      errors_path_(log.string() + ".err"),
      output_offset_(size_or_zero(output_path_)),
      errors_offset_(size_or_zero(errors_path_)) {
  // posix_spawn cannot tell a log that it cannot open from a program that it cannot find.
  fs::create_directories(log.parent_path());
  pid_ = SpawnPlan(output_path_, errors_path_).spawn(argv, merged_environment(environment));
}

Process::~Process() {
  stop();
}

bool Process::running() {
  if (status_) return false;
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_) return true;
  status_ = WIFEXITED(raw) ? ExitStatus{WEXITSTATUS(raw), 0} : ExitStatus{std::nullopt, WTERMSIG(raw)};
  return false;
}

std::optional<ExitStatus> Process::wait(std::chrono::milliseconds timeout) {
  eventually(timeout, [this] { return !running(); });
  return status_;
}

bool Process::wait_for_line(const std::string& text, std::chrono::milliseconds timeout) {
  bool found = false;
  eventually(timeout, [&] {
    const bool over = !running();
    std::istringstream lines(output());
    for (std::string line; !found && std::getline(lines, line);) found = line.find(text) != std::string::npos;
    return found || over;
  });
  return found;
}

void Process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void Process::kill9() {
  signal(SIGKILL);
  wait(std::chrono::seconds(30));
}

ExitStatus Process::stop(std::chrono::milliseconds patience) {
  signal(SIGTERM);
  if (!wait(patience)) kill9();
  return status_.value_or(ExitStatus{});
}

std::string Process::output() const {
  auto text = read_file(output_path_);
  return text.substr(std::min(output_offset_, text.size()));
}

std::string Process::errors() const {
  auto text = read_file(errors_path_);
  return text.substr(std::min(errors_offset_, text.size()));
}

RunResult run(const std::vector<std::string>& argv, const fs::path& log, std::chrono::milliseconds timeout,
              const Environment& environment) {
  Process process(argv, log, environment);
  if (!process.wait(timeout)) process.kill9();
  return {process.stop(), process.output(), process.errors()};
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

fs::path program(const std::string& name) {
  const char* directory = std::getenv("HPE3PAR_BIN_DIR");
  return fs::path(directory != nullptr ? directory : HPE3PAR_BIN_DIR) / name;
}

std::string last_lines(const std::string& text, std::size_t count) {
  std::size_t begin = text.size();
  for (std::size_t lines = 0; begin > 0; --begin) {
    if (text[begin - 1] == '\n' && begin != text.size() && ++lines == count) break;
  }
  return text.substr(begin);
}

}  // namespace hpe3par::test
