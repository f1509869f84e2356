#include "hpe3par/base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "hpe3par/base/error.h"
#include "hpe3par/base/unique_fd.h"

namespace hpe3par {
namespace {

constexpr std::size_t kMaxOutput = 1024 * 1024;
constexpr Millis kSlice{50};

// The daemon's own PATH may lack the sbin directories, where mkfs lives.
std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  for (const char* directory : {"/usr/local/sbin/", "/usr/local/bin/", "/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (access((directory + name).c_str(), X_OK) == 0) return directory + name;
  return name;
}

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(ErrorKind::resource_exhausted, std::string("cannot make a pipe: ") + std::strerror(errno));
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Runs in the child between fork and exec: async-signal-safe calls only. Reports errno of a failed exec through
// `status`.
[[noreturn]] void exec_child(const char* program, char* const* arguments, const Pipe& in, const Pipe& out,
                             const Pipe& err, const Pipe& status) {
  static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  static char locale[] = "LC_ALL=C";
  static char* environment[] = {path, locale, nullptr};
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  dup2(in.read.get(), STDIN_FILENO);
  dup2(out.write.get(), STDOUT_FILENO);
  dup2(err.write.get(), STDERR_FILENO);
  execve(program, arguments, environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(status.write.get(), &error, sizeof error);
  _exit(127);
}

// Reads what is there; closes the descriptor at its end.
void drain(UniqueFd& fd, std::string& into) {
  std::array<char, 16 * 1024> bytes;
  const ssize_t count = read(fd.get(), bytes.data(), bytes.size());
  if (count > 0) {
    into.append(bytes.data(),
                std::min(static_cast<std::size_t>(count), kMaxOutput - std::min(kMaxOutput, into.size())));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    fd.reset();
  }
}

void feed(UniqueFd& fd, std::string_view& input) {
  const ssize_t count = input.empty() ? 0 : write(fd.get(), input.data(), input.size());
  if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
  if (input.empty() || (count < 0 && errno != EINTR && errno != EAGAIN)) fd.reset();
}

// Moves bytes until the child has closed both outputs. False when the deadline came first.
bool communicate(UniqueFd in, UniqueFd out, UniqueFd err, std::string_view input, CommandResult& result,
                 const Deadline& deadline) {
  fcntl(in.get(), F_SETFL, O_NONBLOCK);
  while (out || err) {
    if (deadline.expired()) return false;
    if (in && input.empty()) in.reset();
    std::array<pollfd, 3> watched = {{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}, {in.get(), POLLOUT, 0}}};
    poll(watched.data(), watched.size(), static_cast<int>(std::min(kSlice, deadline.remaining()).count()));
    if (out && watched[0].revents) drain(out, result.output);
    if (err && watched[1].revents) drain(err, result.errors);
    if (in && watched[2].revents) feed(in, input);
  }
  return true;
}

// Waits for the child itself, which may outlive its outputs. False when the deadline came first.
bool reap(pid_t child, int& status, const Deadline& deadline) {
  while (true) {
    if (waitpid(child, &status, WNOHANG) == child) return true;
    if (deadline.expired()) return false;
    deadline.clock().sleep_for(Millis(2));
  }
}

std::string single_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  if (text.size() > 240) text.resize(240);
  return text;
}

}  // namespace

std::string CommandResult::summary() const {
  std::string text;
  switch (outcome) {
    case Outcome::exited: text = "exit status " + std::to_string(exit_code); break;
    case Outcome::signalled: text = "killed by signal " + std::to_string(signal); break;
    case Outcome::not_started: text = std::string("could not be started: ") + std::strerror(exit_code); break;
    case Outcome::timed_out: text = "did not end in time and was killed"; break;
  }
  const std::string said = single_line(errors.empty() ? output : errors);
  return said.empty() ? text : text + ": " + said;
}

CommandResult SystemCommandRunner::run(const Command& command, const Deadline& deadline) {
  Pipe in = make_pipe();
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Pipe status = make_pipe();
  const std::string program = find_program(command.arguments.front());
  std::vector<char*> arguments;
  for (const std::string& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  CommandResult result;
  const pid_t child = fork();
  if (child < 0) {
    result.exit_code = errno;
    return result;
  }
  if (child == 0) exec_child(program.c_str(), arguments.data(), in, out, err, status);
  setpgid(child, child);  // also done by the child; whoever is first
  in.read.reset();
  out.write.reset();
  err.write.reset();
  status.write.reset();

  int exec_error = 0;
  if (read(status.read.get(), &exec_error, sizeof exec_error) == sizeof exec_error) {
    waitpid(child, nullptr, 0);
    result.exit_code = exec_error;
    return result;
  }
  int wait_status = 0;
  if (!communicate(std::move(in.write), std::move(out.read), std::move(err.read), command.input, result, deadline) ||
      !reap(child, wait_status, deadline)) {
    kill(-child, SIGKILL);
    waitpid(child, &wait_status, 0);
    result.outcome = CommandResult::Outcome::timed_out;
    result.signal = SIGKILL;
  } else if (WIFEXITED(wait_status)) {
    result.outcome = CommandResult::Outcome::exited;
    result.exit_code = WEXITSTATUS(wait_status);
  } else {
    result.outcome = CommandResult::Outcome::signalled;
    result.signal = WTERMSIG(wait_status);
  }
  return result;
}

}  // namespace hpe3par
