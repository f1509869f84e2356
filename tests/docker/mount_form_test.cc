// The ways in which a container can ask for a volume.
#include <gtest/gtest.h>

#include <string>

#include "docker_test.h"

namespace hpe3par::test {
namespace {

class DockerMountForm : public DockerTest {
 protected:
  RunResult run_container(const Words& options, const std::string& command) const {
    Words arguments = {"run", "--rm", "--network=none"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {kImage, "/bin/sh", "-c", command});
    return engine_.docker(arguments);
  }
};

TEST_F(DockerMountForm, ReadOnlyIsReadAndNotWritten) {
  create("v1");
  run_with("v1", "echo kept > /data/file");
  for (const Words& form : {Words{"-v", "v1:/data:ro"}, Words{"--mount", mount_option("v1") + ",readonly"}}) {
    EXPECT_EQ(run_container(form, "cat /data/file").output, "kept\n");
    const auto written = run_container(form, "echo lost > /data/file");
    EXPECT_FALSE(written.ok());
    EXPECT_TRUE(contains(written.errors, "Read-only file system"));
  }
  EXPECT_EQ(run_with("v1", "cat /data/file"), "kept");
  remove("v1");
}

TEST_F(DockerMountForm, ReadOnlyForOneContainerIsNotForAnother) {
  create("v1");
  start_writer("c1", "v1");
  EXPECT_TRUE(run_container({"-v", "v1:/data:ro"}, "cat /data/numbers").ok());
  expect_writing("c1");
  remove_container("c1");
  remove("v1");
}

// Engines before 26.0 (API 1.45) know no volume-subpath, and Debian 12 has 20.10. Worse, they do not refuse it.
TEST_F(DockerMountForm, AnEngineWithoutSubpathsMountsTheWholeVolume) {
  const std::string api = engine_.docker_ok({"version", "-f", "{{.Server.APIVersion}}"});
  ASSERT_EQ(api, "1.41") << "this engine is newer: test volume-subpath itself";
  create("v1");
  run_with("v1", "echo kept > /data/file");
  const auto whole = run_container({"--mount", mount_option("v1") + ",volume-subpath=sub"}, "cat /data/file");
  EXPECT_EQ(whole.output, "kept\n") << whole.errors;
  remove("v1");
}

TEST_F(DockerMountForm, SeveralTimesInOneContainerIsOneAttachment) {
  create("v1");
  engine_.docker_ok({"run", "-d", "--name", "c1", "--network=none", "--mount", mount_option("v1", "/one"), "--mount",
                     mount_option("v1", "/two"), "-v", "v1:/three:ro", kImage, "/bin/sleep", "1000"});
  EXPECT_EQ(exec("c1", "echo same > /one/file && cat /two/file /three/file"), "same\nsame");
  EXPECT_EQ(vluns(), 1U);
  remove_container("c1");
  expect_detached();
  remove("v1");
}

TEST_F(DockerMountForm, AnAnonymousVolumeGoesWithItsContainer) {
  for (const Words& form :
       {Words{"--volume-driver", "hpe", "-v", "/data"}, Words{"--mount", "type=volume,dst=/data,volume-driver=hpe"}}) {
    const auto run = run_container(form, "grep -c '^/dev/loop[0-9]* /data ext4 rw' /proc/mounts");
    EXPECT_EQ(run.output, "1\n") << run.errors;
    EXPECT_EQ(list_volumes(), "");
    expect_detached();
  }
}

TEST_F(DockerMountForm, ANameThatNoPluginKnowsBecomesALocalVolumeUnlessADriverIsNamed) {
  EXPECT_TRUE(run_container({"-v", "ghost:/data"}, "true").ok());
  EXPECT_EQ(list_volumes(), "local ghost");
  remove("ghost");
}

TEST_F(DockerMountForm, OptionsOfAMountMakeTheVolume) {
  const Words mount = {"--mount", mount_option("v1") + ",volume-opt=size=2,volume-opt=fsType=xfs"};
  EXPECT_EQ(run_container(mount, "grep -c '^/dev/loop[0-9]* /data xfs rw' /proc/mounts").output, "1\n");
  EXPECT_EQ(engine_.docker_ok({"volume", "inspect", "-f", "{{.Status.size_gib}}", "v1"}), "2");
  remove("v1");
}

TEST_F(DockerMountForm, AContainerThatCannotStartGivesEverythingBack) {
  create("v1");
  create("v2");
  const auto failed = engine_.docker({"run", "--name", "c1", "--network=none", "--mount", mount_option("v1", "/one"),
                                      "--mount", mount_option("v2", "/two"), kImage, "/no/such/program"});
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(contains(failed.errors, "/no/such/program"));
  expect_detached();
  remove_container("c1");
  for (const char* volume : {"v1", "v2"}) remove(volume);
}

TEST_F(DockerMountForm, AVolumeThatCannotBeMountedHoldsNoOther) {
  for (const char* volume : {"v1", "v2", "v3"}) create(volume);
  simulator_.fault({{"array", "A"},
                    {"method", "POST"},
                    {"route", "/api/v1/vluns"},
                    {"name", "v2"},
                    {"count", 0},
                    {"kind", "error"},
                    {"status", 500}});
  const Words three = {"--mount", mount_option("v1", "/one"),  "--mount", mount_option("v2", "/two"),
                       "--mount", mount_option("v3", "/three")};
  const auto failed = run_container(three, "true");
  EXPECT_FALSE(failed.ok());
  EXPECT_TRUE(contains(failed.errors, "volume v2 is not mounted"));
  expect_detached();
  simulator_.clear_faults();
  EXPECT_TRUE(run_container(three, "test -e /one && test -e /two && test -e /three").ok());
  for (const char* volume : {"v1", "v2", "v3"}) remove(volume);
}

// The volumes are the array's, so an engine that never heard of them finds them.
TEST_F(DockerMountForm, ADataRootElsewhereKnowsTheSameVolumes) {
  EXPECT_EQ(engine_.docker_ok({"info", "-f", "{{.DockerRootDir}}"}), engine_.data_root());
  create("v1");
  run_with("v1", "echo kept > /data/file");
  engine_.terminate();
  {
    const Engine other(directory_ / "elsewhere");
    other.import_image(kImage);
    EXPECT_EQ(other.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"}), "hpe v1");
    EXPECT_EQ(other.docker_ok({"run", "--rm", "--network=none", "-v", "v1:/data", kImage, "/bin/cat", "/data/file"}),
              "kept");
    EXPECT_EQ(other.docker_ok({"volume", "ls", "--format", "{{.Driver}} {{.Name}}"}), "hpe v1");
  }
  engine_.start();
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
