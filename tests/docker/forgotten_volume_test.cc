// An engine that was told once that a volume does not exist forgets all it knows of it, its users included, and asks
// the plugin to remove it under a running container.
#include <gtest/gtest.h>

#include <string>

#include "docker_test.h"

namespace hpe3par::test {
namespace {

class DockerForgottenVolume : public DockerTest {
 protected:
  /// The daemon sees another namespace for a moment, as after a slip in hpe.conf, and the engine asks for v1 then.
  void make_the_engine_forget() {
    Backend elsewhere = Backend::of(simulator_);
    elsewhere.lines = {"volume_namespace = elsewhere"};
    daemon_.configure("h1", {elsewhere});
    daemon_.restart();
    const auto unknown = engine_.docker({"volume", "inspect", "v1"});
    EXPECT_FALSE(unknown.ok()) << unknown.output;
    daemon_.configure("h1", {Backend::of(simulator_)});
    daemon_.restart();
  }

  void expect_in_use(const RunResult& removal) const {
    EXPECT_FALSE(removal.ok());
    EXPECT_TRUE(contains(removal.errors, "volume v1 is mounted on this host"));
  }
};

TEST_F(DockerForgottenVolume, IsNotRemovedUnderItsContainer) {
  create("v1");
  start_writer("c1", "v1");
  EXPECT_TRUE(contains(engine_.docker({"volume", "rm", "v1"}).errors, "volume is in use")) << "by the engine";
  make_the_engine_forget();
  expect_in_use(engine_.docker({"volume", "rm", "v1"}));
  expect_in_use(engine_.docker({"volume", "rm", "-f", "v1"}));
  expect_writing("c1");
  EXPECT_EQ(list_volumes(), "hpe v1");
  engine_.docker_ok({"stop", "c1"});
  expect_detached();
  engine_.docker_ok({"start", "c1"});
  expect_writing("c1");
  remove_container("c1");
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
}

TEST_F(DockerForgottenVolume, IsNotRemovedEvenIfSomebodyUnmountedIt) {
  create("v1");
  start_writer("c1", "v1");
  make_the_engine_forget();
  ASSERT_TRUE(run({"umount", daemon_.mount_dir() / "v1"}, directory_ / "umount").ok());
  const auto removal = engine_.docker({"volume", "rm", "v1"});
  EXPECT_FALSE(removal.ok());
  EXPECT_TRUE(contains(removal.errors, "is still in use on this host"));
  expect_writing("c1");
  remove_container("c1");
  expect_detached();
  EXPECT_GT(count_numbers("v1"), 0);
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
