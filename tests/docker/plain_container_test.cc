// hpe3pard in a plain container of the engine that it serves, as packaging/compose.yaml has it.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "docker_commands.h"
#include "engine.h"
#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/shared_directory.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"
#include "managed_plugin.h"

namespace hpe3par::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

using Option = std::pair<std::string, std::string>;
const std::vector<Option> kAsInTheExample = {{"--restart", "always"},
                                             {"--pid", "host"},
                                             {"--cap-add", "SYS_ADMIN"},
                                             {"--security-opt", "apparmor:unconfined"},
                                             {"--device-cgroup-rule", "b *:* rw"},
                                             {"--device-cgroup-rule", "c 10:* rw"},
                                             {"-v", "/dev:/dev"},
                                             {"-v", "/run/docker/plugins:/run/docker/plugins"}};

class PlainContainer : public testing::Test, protected DockerCommands {
 protected:
  PlainContainer() : DockerCommands(engine_, "hpe") {
    engine_.import_image(kImage);
    for (const char* name : {"etc", "state"}) fs::create_directories(directory_ / name);
    fs::create_directories("/run/docker/plugins");
    write_config(directory_ / "etc/hpe.conf", "h1", {Backend::of(simulator_)});
    import_daemon();
    start_daemon();
  }

  void TearDown() override {
    engine_.remove_containers();  // the latest first: the daemon's is the last one
    leaks_.check();
  }

  void import_daemon() const {
    pack_plugin(directory_ / "package");
    const auto packed =
        run({"tar", "-C", directory_ / "package/rootfs", "-cf", directory_ / "daemon.tar", "."}, directory_ / "tar");
    ASSERT_TRUE(packed.ok()) << packed.errors;
    engine_.docker_ok(
        {"import", "--change", "ENTRYPOINT [\"/usr/sbin/hpe3pard\"]", directory_ / "daemon.tar", "hpe3pard:1"});
  }

  /// As the example, with directories of the test; and with what the arrays export, which is in files of the host.
  void start_daemon() const {
    const std::string arrays = directory_ / "arrays";
    const std::string mounts = data_.path();
    Words arguments = {"run", "-d", "--name", "hpe3pard", "--network", "host"};
    for (const auto& [option, value] : kAsInTheExample) arguments.insert(arguments.end(), {option, value});
    for (const std::string& volume : {(directory_ / "etc").string() + ":/etc/hpedockerplugin:ro",
                                      (directory_ / "state").string() + ":/var/lib/hpe3pard",
                                      mounts + ":" + mounts + ":rshared", arrays + ":" + arrays})
      arguments.insert(arguments.end(), {"-v", volume});
    arguments.insert(arguments.end(), {"hpe3pard:1", "--mount-dir", mounts});
    engine_.docker_ok(arguments);
    EXPECT_TRUE(eventually(seconds(30), [] { return accepts_connections("/run/docker/plugins/hpe.sock"); }));
  }

  std::size_t vluns() { return simulator_.objects().at("arrays").at("A").at("vluns").size(); }

  void expect_detached() {
    EXPECT_TRUE(eventually(seconds(10), [this] { return vluns() == 0; })) << "a volume is still exported";
    EXPECT_EQ(mounts_below({data_.path() / "v1"}), Words());
  }

  TempDir directory_;
  Simulator simulator_{directory_.path()};
  SharedDirectory data_{directory_ / "data"};
  Engine engine_{directory_ / "engine"};
  LeakCheck leaks_{{data_.path() / "v1", directory_ / "arrays"}, &simulator_};
};

TEST(PlainContainerExample, SaysWhatTheTestsDo) {
  const std::string example = read_file(HPE3PAR_SOURCE_DIR "/packaging/compose.yaml");
  for (const auto& [option, value] : kAsInTheExample) EXPECT_TRUE(contains(example, value)) << option;
}

TEST_F(PlainContainer, ServesTheEngineThatItRunsOnAndIsReplacedUnderAContainerThatWrites) {
  create("v1");
  EXPECT_EQ(list_volumes(), "hpe v1");
  start_writer("c1", "v1");
  EXPECT_TRUE(exec("c1", "grep ' /data ' /proc/mounts").starts_with("/dev/loop"));
  EXPECT_TRUE(contains(engine_.docker_ok({"exec", "hpe3pard", "hpe3parctl", "volume", "ls"}), "v1"));
  engine_.docker_ok({"restart", "hpe3pard"});
  expect_writing("c1");
  engine_.docker_ok({"rm", "-f", "hpe3pard"});
  expect_writing("c1");
  start_daemon();
  start_container("beside", "v1");
  EXPECT_GT(last_number("beside"), 0);
  remove_container("beside");
  expect_writing("c1");
  EXPECT_EQ(vluns(), 1U);
  const long written = last_number("c1");
  remove_container("c1");
  expect_detached();
  EXPECT_GE(count_numbers("v1"), written);
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
