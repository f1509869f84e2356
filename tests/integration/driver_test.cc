#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/integration/world.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

// The simulator's file that holds a volume's blocks.
std::filesystem::path lun_file(World& world, const std::string& name) {
  const std::string wwn = world.daemon.get(name).json["Volume"]["Status"]["wwn"];
  return world.sim.loop_dir() / "volumes" / wwn;
}

std::string content_of(const std::filesystem::path& file) {
  return read_file(file);
}

TEST(Driver, ActivateAndCapabilitiesAreConstant) {
  World world;
  EXPECT_EQ(world.daemon.call_raw("Plugin.Activate", "").json,
            json::parse(R"({"Implements":["VolumeDriver"],"Err":""})"));
  EXPECT_EQ(world.daemon.call("Capabilities").json["Capabilities"]["Scope"], "global");
}

TEST(Driver, DataSurviveUnmountAndTheFileSystemIsMadeOnce) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  const auto path = world.daemon.path("v1");
  ASSERT_TRUE(path);
  EXPECT_EQ(*path, world.daemon.mount_dir() / "v1");
  write_file(*path / "file", "hello");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_FALSE(std::filesystem::exists(*path)) << "the mount point is removed with the mount";
  ASSERT_EQ(world.daemon.mount("v1", "id2"), "");
  EXPECT_EQ(content_of(*path / "file"), "hello");
  EXPECT_EQ(world.daemon.unmount("v1", "id2"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, OwnerAndModeAreSetOnceAtFormat) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", {{"size", "1"}, {"fsOwner", "1234:4321"}, {"fsMode", "0770"}}), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  const auto path = *world.daemon.path("v1");
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 1234U);
  EXPECT_EQ(status.st_gid, 4321U);
  EXPECT_EQ(status.st_mode & 07777U, 0770U);
  ASSERT_EQ(chmod(path.c_str(), 0700), 0);
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U) << "what the container changed stays";
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, IdsAreASetAndTheLastOneUnmounts) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  for (const char* id : {"a", "b", "a", "a"}) ASSERT_EQ(world.daemon.mount("v1", id), "");
  EXPECT_EQ(world.daemon.get("v1").json["Volume"]["Status"]["ids"], json::parse(R"(["a","b"])"));
  EXPECT_EQ(world.daemon.unmount("v1", "a"), "");
  EXPECT_EQ(world.daemon.unmount("v1", "unknown"), "");
  EXPECT_TRUE(world.daemon.path("v1"));
  EXPECT_EQ(world.daemon.unmount("v1", "b"), "");
  EXPECT_FALSE(world.daemon.path("v1"));
  EXPECT_EQ(world.daemon.unmount("v1", "b"), "");
  EXPECT_EQ(world.daemon.unmount("nonesuch", "b"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

// docker cp on a running container sends Mount and Unmount with the id that the container holds.
TEST(Driver, AVolumeThatIsStillHeldInAnotherNamespaceStaysUsable) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  const auto path = *world.daemon.path("v1");
  const auto signal_file = world.directory / "done";
  // Plays the container: its own mount namespace keeps the file system alive, writes to it, and ends when told to.
  Process container({"unshare", "-m", "--propagation", "private", "sh", "-c",
                     "cd " + path.string() + " && echo ready && while [ ! -e " + signal_file.string() +
                         " ]; do sync -f . && echo x >> log || echo FAILED; sleep 0.05; done"},
                    world.directory / "container");
  ASSERT_TRUE(container.wait_for_line("ready", 5s));
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  const json status = world.daemon.get("v1").json["Volume"]["Status"];
  EXPECT_EQ(status["detach_pending"], true) << status;
  EXPECT_NE(world.daemon.remove("v1"), "") << "a volume in use is not removed";
  // A second container comes while the first still runs: same device, no second file system.
  ASSERT_EQ(world.daemon.mount("v1", "id2"), "");
  EXPECT_TRUE(std::filesystem::exists(path / "log"));
  EXPECT_EQ(world.daemon.unmount("v1", "id2"), "");
  write_file(signal_file, "");
  ASSERT_TRUE(container.wait(10s));
  EXPECT_EQ(container.output().find("FAILED"), std::string::npos);
  EXPECT_TRUE(
      eventually(10s, [&] { return world.daemon.get("v1").json["Volume"]["Status"]["detach_pending"] == false; }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, AnOpenFileMakesUnmountFailAndIsRetried) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  {
    std::ofstream open_file(*world.daemon.path("v1") / "file");
    const std::string error = world.daemon.unmount("v1", "id1");
    EXPECT_NE(error.find("v1"), std::string::npos) << error;
    EXPECT_NE(error.find("retried in the background"), std::string::npos) << error;
  }
  EXPECT_TRUE(
      eventually(10s, [&] { return world.daemon.get("v1").json["Volume"]["Status"]["detach_pending"] == false; }));
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, CreateIsIdempotentAndNamesDifferences) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  EXPECT_EQ(world.daemon.create("v1", kSmall), "");
  EXPECT_EQ(world.daemon.create("v1", {{"size", "1"}, {"provisioning", "thin"}}), "")
      << "a default said aloud is the same";
  EXPECT_EQ(world.daemon.create("v1", {{"size", "2"}, {"fsMode", "0755"}}),
            "volume v1 exists with other options: size is 1, not 2; fsMode is unset, not 0755; choose another name, or "
            "remove "
            "it first");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "") << "what is gone is removed";
  world.leaks.check();
}

TEST(Driver, WrongWordsAreNamedAndChangeNothing) {
  World world;
  const std::vector<std::pair<DriverOptions, std::string>> cases = {
      {{{"sise", "1"}}, "option sise is not known"},
      {{{"size", "abc"}}, "option size=abc is not allowed; allowed: a whole number of GiB from 1 to 16384"},
      {{{"size", "0"}}, "option size=0 "},
      {{{"size", "-1"}}, "option size=-1 "},
      {{{"size", "99999999999999999999"}}, "option size=99999999999999999999 "},
      {{{"provisioning", "Thin"}}, "option provisioning=Thin is not allowed; allowed: thin, full"},
      {{{"cpg", "a b"}}, "option cpg=a b "},
      {{{"cpg", "cpg9"}, {"size", "1"}}, "cpg9"},
      {{{"fsOwner", "root"}}, "option fsOwner=root is not allowed; allowed: UID:GID"},
      {{{"fsMode", "999"}}, "option fsMode=999 "},
      {{{"backend", "B9"}}, "option backend=B9 is not allowed; allowed: DEFAULT"},
      {{{"mountConflictDelay", "long"}}, "option mountConflictDelay=long "},
  };
  for (const auto& [options, expected] : cases) {
    const std::string error = world.daemon.create("v1", options);
    EXPECT_NE(error.find(expected), std::string::npos) << error;
    EXPECT_NE(error.find("v1"), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
  }
  EXPECT_FALSE(world.has_array_volume("dcv-v1"));
  EXPECT_NE(world.daemon.create("v1", {{"help", ""}}).find("\n  size "), std::string::npos);
  world.leaks.check();
}

TEST(Driver, BadRequestsAreErrorsAndNothingHappens) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  for (const char* method : {"Create", "Remove", "Mount", "Unmount", "Path", "Get"}) {
    for (const char* body : {"", "{}", "[]", "{", "null", "\"v1\"", R"({"Name":""})", R"({"Name":7})",
                             R"({"Name":"v1","Name":"v2","ID":"x"})", "{\"Name\":\"\xff\"}"}) {
      const DriverReply reply = world.daemon.call_raw(method, body);
      EXPECT_EQ(reply.status, 200) << method << " " << body;
      EXPECT_FALSE(reply.ok()) << method << " " << body;
    }
  }
  for (const std::string& name :
       {std::string("../x"), std::string("a/b"), std::string("."), std::string("-x"), std::string(300, 'a'),
        std::string("a\nb"), std::string("a\0b", 3), std::string("a b"), std::string("\xc3\xa4")})
    EXPECT_NE(world.daemon.create(name, kSmall).find("name is not allowed"), std::string::npos) << name;
  EXPECT_EQ(world.daemon.call("Nope").status, 404);
  EXPECT_TRUE(world.daemon.call_raw("Get", R"({"Name":"v1","More":")" + std::string(100'000, 'x') + "\"}").ok());
  EXPECT_EQ(world.daemon.call_raw("Get", R"({"Name":"v1","More":")" + std::string(2'000'000, 'x') + "\"}").status, 413);
  EXPECT_NE(world.daemon.mount("v1", ""), "");
  EXPECT_EQ(world.daemon.list(), std::vector<std::string>{"v1"});
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, NamesOfEveryLegalLengthWork) {
  World world;
  const std::vector<std::string> names = {
      "a", "0", "a.b_c-d", std::string(27, 'x'), std::string(28, 'x'), std::string(200, 'y'), std::string(255, 'z')};
  for (const std::string& name : names) {
    ASSERT_EQ(world.daemon.create(name, kSmall), "") << name;
    ASSERT_EQ(world.daemon.mount(name, "id"), "") << name;
    EXPECT_EQ(world.daemon.get(name).json["Volume"]["Name"], name);
  }
  EXPECT_EQ(world.daemon.list().size(), names.size());
  for (const std::string& name : names) {
    EXPECT_EQ(world.daemon.unmount(name, "id"), "");
    EXPECT_EQ(world.daemon.remove(name), "") << name;
  }
  world.leaks.check();
}

TEST(Driver, TheLargestVolumeCanBeUsed) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", {{"size", "16384"}}), "");
  EXPECT_EQ(world.daemon.mount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.unmount("v1", "id1"), "");
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, AVolumeWithForeignDataIsNeitherFormattedNorMounted) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  // Written through the array's own file, as another operating system would have.
  const auto lun = lun_file(world, "v1");
  {
    std::fstream file(lun, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(1'000'000);
    file << "precious";
  }
  const std::string error = world.daemon.mount("v1", "id1");
  EXPECT_NE(error.find("neither mounted nor formatted"), std::string::npos) << error;
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

TEST(Driver, AVolumeThatWasFormattedAndIsBlankNowIsNotFormattedAgain) {
  World world;
  ASSERT_EQ(world.daemon.create("v1", kSmall), "");
  ASSERT_EQ(world.daemon.mount("v1", "id1"), "");
  ASSERT_EQ(world.daemon.unmount("v1", "id1"), "");
  const auto lun = lun_file(world, "v1");
  std::filesystem::resize_file(lun, 0);
  std::filesystem::resize_file(lun, 1U << 30U);
  const std::string error = world.daemon.mount("v1", "id1");
  EXPECT_NE(error.find("was formatted as ext4 before and is blank now"), std::string::npos) << error;
  EXPECT_EQ(world.daemon.remove("v1"), "");
  world.leaks.check();
}

}  // namespace
}  // namespace hpe3par::test
