#include "docker_test.h"

#include <chrono>

#include "hpe3par_test/eventually.h"

namespace hpe3par::test {
DockerTest::DockerTest(const Words& engine_arguments)
    : DockerCommands(engine_, "hpe"),
      daemon_(directory_ / "daemon", daemon_options(simulator_)),
      engine_(directory_ / "engine", engine_arguments) {
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

std::size_t DockerTest::vluns() {
  return simulator_.objects().at("arrays").at("A").at("vluns").size();
}

void DockerTest::expect_detached() {
  EXPECT_TRUE(eventually(std::chrono::seconds(10), [this] { return vluns() == 0; })) << "a volume is still exported";
  EXPECT_EQ(mounts_below({daemon_.mount_dir()}), Words());
  EXPECT_EQ(loop_devices_below({directory_ / "arrays"}), Words());
}

}  // namespace hpe3par::test
