// hpe3pard as a managed plugin: a container moves with its replicated volume to the other array and back.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "hpe3par_test/eventually.h"
#include "managed_plugin_test.h"
#include "tests/integration/copy_group.h"

namespace hpe3par::test {
namespace {

class ManagedReplication : public ManagedPluginTest {
 protected:
  ManagedReplication()
      : ManagedPluginTest({.arrays = {"A", "B"}, .backends = [](const Simulator& simulator) {
                             return std::vector<Backend>{replicating_backend(simulator, "synchronous")};
                           }}) {}

  bool arrays_are_up() const {
    HttpCall call;
    call.url = "http://hpe/v1/status";
    call.unix_socket = plugin_.directory("state") / "admin.sock";
    return eventually(std::chrono::seconds(60), [&] {
      engine_.docker_ok({"volume", "ls"});  // makes it look
      const nlohmann::json now = http_call(call).json();
      return now.is_object() && now["clean_up"].empty() &&
             std::ranges::all_of(now["arrays"], [](const auto& array) { return array["state"] == "up"; });
    });
  }

  void write(const std::string& file) const {
    exec("c1", "dd if=/dev/urandom of=/data/" + file + " bs=64k count=16 2>/dev/null && sync");
  }
  std::string sums() const { return exec("c1", "cd /data && sha256sum before late"); }
  std::string serving_array() const { return status().at("replication").at("serving_array"); }
  void stop() const { engine_.docker_ok({"stop", "-t", "0", "c1"}); }
  void start() const { engine_.docker_ok({"start", "c1"}); }
};

TEST_F(ManagedReplication, AContainerGoesOnWithItsDataOnTheOtherArrayAndBack) {
  ASSERT_TRUE(arrays_are_up());
  const CopyGroup group{.sim = simulator_};
  create("v1", {"replicationGroup=g1"});
  start_container("c1", "v1");
  write("before");
  EXPECT_TRUE(group.becomes_synced("A"));
  write("late");
  const std::string written = sums();

  simulator_.set_array_state("A", "down");
  stop();
  EXPECT_FALSE(engine_.docker({"start", "c1"}).ok());
  group.change_roles("B", 7);
  start();
  EXPECT_EQ(serving_array(), "B");
  EXPECT_EQ(sums(), written);

  simulator_.set_array_state("A", "up");
  EXPECT_TRUE(arrays_are_up());
  group.change_roles("B", 9);
  EXPECT_TRUE(group.becomes_synced("B"));
  stop();
  group.change_roles("B", 10);
  EXPECT_TRUE(group.becomes("1f3", "2f3"));
  start();
  EXPECT_EQ(serving_array(), "A");
  EXPECT_EQ(sums(), written);
  remove_container("c1");
  remove("v1");
  EXPECT_TRUE(group.becomes("-", "-"));
}

}  // namespace
}  // namespace hpe3par::test
