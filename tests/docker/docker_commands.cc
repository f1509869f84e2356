#include "docker_commands.h"

#include <chrono>
#include <cstdlib>
#include <sstream>

#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

// A number is written with one call, so a whole line is there or nothing of it.
constexpr const char* kWriteNumbers =
    "trap 'exit 0' TERM; n=$(grep -c . /data/numbers); "
    "while :; do n=$((n+1)); echo $n >> /data/numbers || exit 1; sleep 0.02; done";

}  // namespace

std::string DockerCommands::mount_option(const std::string& volume, const std::string& directory) const {
  return "type=volume,src=" + volume + ",dst=" + directory + ",volume-driver=" + driver_;
}

std::string DockerCommands::run_with(const std::string& volume, const std::string& command) const {
  return where_.docker_ok(
      {"run", "--rm", "--network=none", "--mount", mount_option(volume), kImage, "/bin/sh", "-c", command});
}

RunResult DockerCommands::try_to_run_with(const std::string& volume, const std::string& command) const {
  return where_.docker(
      {"run", "--rm", "--network=none", "--mount", mount_option(volume), kImage, "/bin/sh", "-c", command});
}

void DockerCommands::start_container(const std::string& container, const std::string& volume,
                                     const Words& options) const {
  Words arguments = {"run", "-d", "--name", container, "--network=none", "--mount", mount_option(volume)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {kImage, "/bin/sleep", "1000"});
  where_.docker_ok(arguments);
}

void DockerCommands::start_writer(const std::string& container, const std::string& volume, const Words& options) const {
  Words arguments = {"run", "-d", "--name", container, "--network=none", "--mount", mount_option(volume)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {kImage, "/bin/sh", "-c", kWriteNumbers});
  where_.docker_ok(arguments);
  EXPECT_TRUE(eventually(seconds(10), [&] { return last_number(container) > 0; })) << container << " writes nothing";
}

long DockerCommands::last_number(const std::string& container) const {
  std::istringstream numbers(where_.docker({"exec", container, "/bin/cat", "/data/numbers"}).output);
  long last = 0;
  for (std::string line; std::getline(numbers, line);) last = std::strtol(line.c_str(), nullptr, 10);
  return last;
}

void DockerCommands::expect_writing(const std::string& container) const {
  const long before = last_number(container);
  EXPECT_GT(before, 0) << container;
  EXPECT_TRUE(eventually(seconds(10), [&] { return last_number(container) > before; }))
      << container << " at " << before;
}

long DockerCommands::count_numbers(const std::string& volume) const {
  std::istringstream numbers(run_with(volume, "cat /data/numbers"));
  long expected = 0;
  for (std::string line; std::getline(numbers, line);) {
    if (line == std::to_string(expected + 1)) {
      ++expected;
      continue;
    }
    ADD_FAILURE() << "the number after " << expected << " is " << line;
    break;
  }
  return expected;
}

std::string DockerCommands::exec(const std::string& container, const std::string& command) const {
  return where_.docker_ok({"exec", container, "/bin/sh", "-c", command});
}

bool DockerCommands::is_running(const std::string& container) const {
  return where_.docker({"inspect", "-f", "{{.State.Running}}", container}).output == "true\n";
}

void DockerCommands::create(const std::string& volume, const Words& options) const {
  Words arguments = {"volume", "create", "-d", driver_, "-o", "size=1"};
  for (const auto& option : options) arguments.insert(arguments.end(), {"-o", option});
  arguments.push_back(volume);
  EXPECT_EQ(where_.docker_ok(arguments), volume);
}

void DockerCommands::remove(const std::string& volume) const {
  EXPECT_EQ(where_.docker_ok({"volume", "rm", volume}), volume);
}

void DockerCommands::remove_container(const std::string& container) const {
  where_.docker_ok({"rm", "-f", container});
}

std::string DockerCommands::list_volumes() const {
  return where_.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"});
}

testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << part << "\" is not in: " << text;
}

}  // namespace hpe3par::test
