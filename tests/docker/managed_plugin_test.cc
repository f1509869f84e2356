#include "managed_plugin_test.h"

#include <chrono>
#include <cstdio>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/process.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

SimulatorOptions with_arrays(const Words& arrays) {
  SimulatorOptions options;
  options.arrays = arrays;
  return options;
}

}  // namespace

ManagedPluginTest::ManagedPluginTest() : ManagedPluginTest(Setting{}) {}

ManagedPluginTest::ManagedPluginTest(const Setting& setting)
    : DockerCommands(engine_, ManagedPlugin::name()),
      simulator_(directory_.path(), with_arrays(setting.arrays)),
      engine_(directory_ / "engine", setting.engine_arguments),
      plugin_(engine_, directory_ / "plugin", simulator_, setting.backends(simulator_), setting.pids),
      leaks_({plugin_.mounts() / "v1", directory_ / "arrays"}, &simulator_) {
  engine_.import_image(kImage);
}

void ManagedPluginTest::TearDown() {
  engine_.remove_containers();  // while somebody is there to unmount for them
  leaks_.check(seconds(30));    // a failover is remembered for a moment
  if (!HasFailure()) return;
  std::fprintf(stderr, "---- end of the log of dockerd ----\n%s\n----\n", last_lines(engine_log(), 80).c_str());
}

void ManagedPluginTest::create_volume() {
  create("v1");
  lun_file_ = simulator_.loop_dir() / "exports/h1" / status().at("wwn").get<std::string>();
}

nlohmann::json ManagedPluginTest::status() const {
  return nlohmann::json::parse(engine_.docker_ok({"volume", "inspect", "-f", "{{json .Status}}", "v1"}));
}

std::size_t ManagedPluginTest::vluns() {
  return simulator_.objects().at("arrays").at("A").at("vluns").size();
}

void ManagedPluginTest::expect_attached() {
  EXPECT_EQ(vluns(), 1U);
  EXPECT_EQ(loop_devices_on(lun_file_).size(), 1U);
}

void ManagedPluginTest::expect_detached() {
  EXPECT_TRUE(eventually(seconds(10), [this] { return vluns() == 0; })) << "a volume is still exported";
  EXPECT_EQ(mounts_below({plugin_.mounts() / "v1"}), Words());
  EXPECT_EQ(loop_devices_on(lun_file_), Words());
}

void ManagedPluginTest::expect_served_beside(const std::string& writer) {
  const long written = last_number(writer);
  start_container("beside", "v1");
  EXPECT_GE(last_number("beside"), written);
  remove_container("beside");
  expect_writing(writer);
  expect_attached();
}

std::string ManagedPluginTest::hpe3parctl(const Words& arguments) const {
  Words argv = {"nsenter",
                "-m",
                "-t",
                std::to_string(plugin_.pid()),
                "hpe3parctl",
                "--admin-socket",
                "/var/lib/hpe3pard/admin.sock"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const RunResult result = run(argv, directory_ / "hpe3parctl");
  EXPECT_TRUE(result.ok()) << result.errors;
  return result.output;
}

void ManagedPluginTest::expect_all_there_and_remove(long written) {
  expect_detached();
  EXPECT_GE(count_numbers("v1"), written);
  remove("v1");
  expect_detached();
}

void ManagedPluginTest::expect_to_start_again_and_remove(const std::string& writer) {
  const long written = last_number(writer);
  engine_.docker_ok({"stop", writer});
  expect_detached();
  engine_.docker_ok({"start", writer});
  expect_writing(writer);
  remove_container(writer);
  expect_all_there_and_remove(written);
}

}  // namespace hpe3par::test
