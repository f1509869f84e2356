// hpe3pard as a managed plugin of an engine that ends and comes back.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "hpe3par_test/eventually.h"
#include "managed_plugin_test.h"

namespace hpe3par::test {
namespace {

using std::chrono::seconds;

TEST_F(ManagedPluginTest, ComesBackWithItsEngineAndServesWhatIsToRestart) {
  create_volume();
  start_writer("always", "v1", {"--restart", "always"});
  const long written = last_number("always");
  engine_.terminate();
  expect_detached();
  EXPECT_EQ(plugin_.pid(), 0);
  engine_.start();
  EXPECT_TRUE(eventually(seconds(20), [this] { return is_running("always"); }));
  expect_writing("always");
  expect_served_beside("always");
  remove_container("always");
  expect_all_there_and_remove(written);
}

TEST_F(ManagedPluginTest, ComesBackWithItsEngineWhileTheArrayIsAway) {
  create_volume();
  start_writer("c1", "v1");
  const long written = last_number("c1");
  simulator_.set_array_state("A", "down");
  engine_.terminate();
  engine_.start();
  EXPECT_EQ(list_volumes(), "hpe9:1 v1");
  EXPECT_TRUE(contains(engine_.docker({"start", "c1"}).errors, "does not answer"));
  simulator_.set_array_state("A", "up");
  EXPECT_TRUE(eventually(seconds(60), [this] { return engine_.docker({"start", "c1"}).ok(); }));
  expect_writing("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

TEST_F(ManagedPluginTest, ItsEngineMayStartWithoutIt) {
  create_volume();
  start_writer("c1", "v1", {"--restart", "always"});
  const long written = last_number("c1");
  plugin_.disable_by_force();
  engine_.terminate();
  engine_.start();
  EXPECT_FALSE(engine_.docker({"start", "c1"}).ok());
  plugin_.enable();
  EXPECT_EQ(list_volumes(), "hpe9:1 v1");
  engine_.docker_ok({"start", "c1"});
  expect_writing("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

class ManagedLiveRestore : public ManagedPluginTest {
 protected:
  ManagedLiveRestore() : ManagedPluginTest({.engine_arguments = {"--live-restore"}}) {}
};

TEST_F(ManagedLiveRestore, ItAndAContainerRunOnWhileTheEngineIsAway) {
  create_volume();
  start_writer("c1", "v1");
  const pid_t pid = plugin_.pid();
  engine_.terminate();
  expect_attached();
  engine_.start();
  expect_writing("c1");
  engine_.kill9();
  expect_attached();
  engine_.start();
  expect_writing("c1");
  EXPECT_EQ(plugin_.pid(), pid);
  expect_served_beside("c1");
  const long written = last_number("c1");
  remove_container("c1");
  expect_all_there_and_remove(written);
}

}  // namespace
}  // namespace hpe3par::test
