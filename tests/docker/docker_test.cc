#include "docker_test.h"

#include <algorithm>
#include <chrono>

#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
namespace {

SimulatorOptions with_arrays(const Words& arrays) {
  SimulatorOptions options;
  options.arrays = arrays;
  return options;
}

DaemonOptions as_driver(std::vector<Backend> backends) {
  DaemonOptions options;
  options.backends = std::move(backends);
  options.socket = "/run/docker/plugins/hpe.sock";
  return options;
}

}  // namespace

DockerTest::DockerTest(const Words& engine_arguments)
    : DockerTest(
          {"A"}, [](const Simulator& simulator) { return std::vector<Backend>{Backend::of(simulator)}; },
          engine_arguments) {}

DockerTest::DockerTest(const Words& arrays, const Backends& backends, const Words& engine_arguments)
    : DockerCommands(engine_, "hpe"),
      simulator_(directory_.path(), with_arrays(arrays)),
      daemon_(directory_ / "daemon", as_driver(backends(simulator_))),
      engine_(directory_ / "engine", engine_arguments) {
  engine_.import_image(kImage);
  // Not the data root itself: the engine mounts that on itself, in another peer group after each start.
  leaks_.emplace(
      std::vector<std::filesystem::path>{daemon_.mount_dir(), directory_ / "arrays", engine_.data_root() / "overlay2",
                                         engine_.data_root() / "containers"},
      &simulator_);
}

void DockerTest::TearDown() {
  leaks_->check(std::chrono::seconds(30));  // a failover is remembered for a moment
}

DaemonOptions DockerTest::daemon_options(const Simulator& simulator) {
  return as_driver({Backend::of(simulator)});
}

bool DockerTest::arrays_are_up() const {
  return eventually(std::chrono::seconds(60), [this] {
    if (!daemon_.call("List").ok()) return false;  // makes it look
    const nlohmann::json status = daemon_.admin("/v1/status").json();
    if (!status.is_object() || !status["clean_up"].empty()) return false;
    return std::ranges::all_of(status["arrays"], [](const auto& array) { return array["state"] == "up"; });
  });
}

std::size_t DockerTest::vluns(const std::string& array) {
  return simulator_.objects().at("arrays").at(array).at("vluns").size();
}

void DockerTest::expect_detached() {
  EXPECT_TRUE(eventually(std::chrono::seconds(10), [this] { return vluns() == 0; })) << "a volume is still exported";
  EXPECT_EQ(mounts_below({daemon_.mount_dir()}), Words());
  EXPECT_EQ(loop_devices_below({directory_ / "arrays"}), Words());
}

}  // namespace hpe3par::test
