// An engine with --userns-remap: root of a container is an ordinary user of the host.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "docker_test.h"

namespace hpe3par::test {
namespace {

/// Lets the host's user daemon lend 65536 ids from 100000. For this process and its children only: /etc/subuid and
/// /etc/subgid are covered by a file of ours in the program's own mount namespace.
class LentIds {
 public:
  LentIds() {
    write_file(directory_ / "ids", "daemon:100000:65536\n");
    for (const char* file : kFiles) {
      if (::mount((directory_ / "ids").c_str(), file, nullptr, MS_BIND, nullptr) != 0)
        throw std::system_error(errno, std::generic_category(), std::string("bind mount on ") + file);
    }
  }
  ~LentIds() {
    for (const char* file : kFiles) ::umount2(file, MNT_DETACH);
  }
  LentIds(const LentIds&) = delete;
  LentIds& operator=(const LentIds&) = delete;

 private:
  static constexpr const char* kFiles[] = {"/etc/subuid", "/etc/subgid"};
  TempDir directory_;
};

class DockerUserNamespace : private LentIds, public DockerTest {
 protected:
  DockerUserNamespace() : DockerTest({"--userns-remap", "daemon"}) {}
};

TEST_F(DockerUserNamespace, ARootDirectoryOfTheHostsRootCannotBeWritten) {
  create("v1");
  EXPECT_EQ(run_with("v1", "stat -c '%u:%g %a' /data"), "65534:65534 755");
  const auto written = try_to_run_with("v1", "echo x > /data/file");
  EXPECT_FALSE(written.ok());
  EXPECT_TRUE(contains(written.errors, "Permission denied"));
  remove("v1");
}

TEST_F(DockerUserNamespace, FsOwnerTakesTheIdsOfTheHost) {
  create("v1", {"fsOwner=100000:100000"});
  EXPECT_EQ(run_with("v1", "stat -c '%u:%g' /data && echo kept > /data/file"), "0:0");
  EXPECT_EQ(run_with("v1", "stat -c '%u:%g' /data/file && cat /data/file"), "0:0\nkept");
  remove("v1");
}

TEST_F(DockerUserNamespace, AVolumeFilledFromTheImageBelongsToTheContainersRoot) {
  EXPECT_EQ(
      engine_.docker_ok({"run", "--rm", "--network=none", "--volume-driver", "hpe", "-v", "v1:/seed", kImage, "/bin/sh",
                         "-c", "cat /seed/hello && echo more > /seed/file && stat -c '%u' /seed/file"}),
      "from the image\n0");
  remove("v1");
}

}  // namespace
}  // namespace hpe3par::test
