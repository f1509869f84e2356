#include "docker_test.h"

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

DockerTest::DockerTest(const Words& engine_arguments)
    : daemon_(directory_ / "daemon", daemon_options(simulator_)), engine_(directory_ / "engine", engine_arguments) {
  engine_.import_image(kImage);
  // Not the data root itself: the engine mounts that on itself, in another peer group after each start.
  leaks_.emplace(
      std::vector<std::filesystem::path>{daemon_.mount_dir(), directory_ / "arrays", engine_.data_root() / "overlay2",
                                         engine_.data_root() / "containers"},
      &simulator_);
}

void DockerTest::TearDown() {
  leaks_->check();
}

DaemonOptions DockerTest::daemon_options(const Simulator& simulator) {
  DaemonOptions options;
  options.backends = {Backend::of(simulator)};
  options.socket = "/run/docker/plugins/hpe.sock";
  return options;
}

std::string DockerTest::mount_option(const std::string& volume, const std::string& directory) {
  return "type=volume,src=" + volume + ",dst=" + directory + ",volume-driver=hpe";
}

std::string DockerTest::run_with(const std::string& volume, const std::string& command) const {
  return engine_.docker_ok(
      {"run", "--rm", "--network=none", "--mount", mount_option(volume), kImage, "/bin/sh", "-c", command});
}

RunResult DockerTest::try_to_run_with(const std::string& volume, const std::string& command) const {
  return engine_.docker(
      {"run", "--rm", "--network=none", "--mount", mount_option(volume), kImage, "/bin/sh", "-c", command});
}

void DockerTest::start_container(const std::string& container, const std::string& volume, const Words& options) const {
  Words arguments = {"run", "-d", "--name", container, "--network=none", "--mount", mount_option(volume)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {kImage, "/bin/sleep", "1000"});
  engine_.docker_ok(arguments);
}

void DockerTest::start_writer(const std::string& container, const std::string& volume, const Words& options) const {
  Words arguments = {"run", "-d", "--name", container, "--network=none", "--mount", mount_option(volume)};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), {kImage, "/bin/sh", "-c", kWriteNumbers});
  engine_.docker_ok(arguments);
  EXPECT_TRUE(eventually(seconds(10), [&] { return last_number(container) > 0; })) << container << " writes nothing";
}

long DockerTest::last_number(const std::string& container) const {
  std::istringstream numbers(engine_.docker({"exec", container, "/bin/cat", "/data/numbers"}).output);
  long last = 0;
  for (std::string line; std::getline(numbers, line);) last = std::strtol(line.c_str(), nullptr, 10);
  return last;
}

void DockerTest::expect_writing(const std::string& container) const {
  const long before = last_number(container);
  EXPECT_GT(before, 0) << container;
  EXPECT_TRUE(eventually(seconds(10), [&] { return last_number(container) > before; }))
      << container << " at " << before;
}

long DockerTest::count_numbers(const std::string& volume) const {
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

std::string DockerTest::exec(const std::string& container, const std::string& command) const {
  return engine_.docker_ok({"exec", container, "/bin/sh", "-c", command});
}

bool DockerTest::is_running(const std::string& container) const {
  return engine_.docker({"inspect", "-f", "{{.State.Running}}", container}).output == "true\n";
}

void DockerTest::create(const std::string& volume, const Words& options) const {
  Words arguments = {"volume", "create", "-d", "hpe", "-o", "size=1"};
  for (const auto& option : options) arguments.insert(arguments.end(), {"-o", option});
  arguments.push_back(volume);
  EXPECT_EQ(engine_.docker_ok(arguments), volume);
}

void DockerTest::remove(const std::string& volume) const {
  EXPECT_EQ(engine_.docker_ok({"volume", "rm", volume}), volume);
}

void DockerTest::remove_container(const std::string& container) const {
  engine_.docker_ok({"rm", "-f", container});
}

std::string DockerTest::list_volumes() const {
  return engine_.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"});
}

std::size_t DockerTest::vluns() {
  return simulator_.objects().at("arrays").at("A").at("vluns").size();
}

void DockerTest::expect_detached() {
  EXPECT_TRUE(eventually(seconds(10), [this] { return vluns() == 0; })) << "a volume is still exported";
  EXPECT_EQ(mounts_below({daemon_.mount_dir()}), Words());
  EXPECT_EQ(loop_devices_below({directory_ / "arrays"}), Words());
}

testing::AssertionResult contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "\"" << part << "\" is not in: " << text;
}

}  // namespace hpe3par::test
