// The daemon with exactly the capabilities of the unit, and with one less. What else the unit forbids takes systemd.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>

#include "hpe3par_test/daemon.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/mounts.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"
#include "unit_file.h"

namespace hpe3par::test {
namespace {

/// What setpriv takes: CAP_SYS_ADMIN is sys_admin there.
std::string for_setpriv(const std::string& capability) {
  std::string name;
  for (const char letter : capability.substr(std::string("CAP_").size()))
    name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return name;
}

/// @param without a capability of the unit that is left out; empty: none
std::vector<std::string> as_in_the_unit(const std::string& without = "") {
  std::string bounds = "-all";
  for (const std::string& capability : words_of(our_unit().at("Service.CapabilityBoundingSet")))
    if (capability != without) bounds += ",+" + for_setpriv(capability);
  return {"setpriv", "--bounding-set", bounds, "--inh-caps=-all", "--no-new-privs"};
}

DaemonOptions options_for(const Simulator& simulator, std::vector<std::string> launcher) {
  DaemonOptions options;
  options.backends = {Backend::of(simulator)};
  options.launcher = std::move(launcher);
  return options;
}

/// Owner and mode of a directory: "1000:1001 2770".
std::string owner_and_mode(const std::filesystem::path& place) {
  struct stat status {};
  if (::stat(place.c_str(), &status) != 0) return "absent";
  std::ostringstream text;
  text << status.st_uid << ":" << status.st_gid << " " << std::oct << (status.st_mode & 07777U);
  return text.str();
}

struct Kind {
  const char* name;
  DriverOptions options;
  const char* root;  ///< owner and mode
};

TEST(Hardening, LeavesEnoughForEveryKindOfVolume) {
  const TempDir directory;
  Simulator simulator(directory / "sim");
  const LeakCheck leaks({directory.path()}, &simulator);
  const Daemon daemon(directory / "h1", options_for(simulator, as_in_the_unit()));
  const Kind kinds[] = {{"plain", {}, "0:0 755"},
                        {"owned", {{"fsOwner", "1000:1001"}, {"fsMode", "0700"}}, "1000:1001 700"},
                        {"shared", {{"fsOwner", "1000:1001"}, {"fsMode", "02770"}}, "1000:1001 2770"},
                        {"xfs", {{"fsType", "xfs"}, {"fsOwner", "1:2"}, {"fsMode", "06711"}}, "1:2 6711"}};
  for (const Kind& kind : kinds) {
    ASSERT_EQ(daemon.create(kind.name, kind.options), "");
    ASSERT_EQ(daemon.mount(kind.name, "first"), "");
    const auto file = daemon.mount_dir() / kind.name / "file";
    EXPECT_EQ(owner_and_mode(file.parent_path()), kind.root) << kind.name;
    write_file(file, "kept");
    EXPECT_EQ(::chown(file.c_str(), 4711, 4711), 0);
    EXPECT_EQ(daemon.unmount(kind.name, "first"), "");
    ASSERT_EQ(daemon.mount(kind.name, "second"), "");
    EXPECT_EQ(read_file(file), "kept");
    EXPECT_EQ(daemon.unmount(kind.name, "second"), "");
    EXPECT_EQ(daemon.remove(kind.name), "");
  }
  leaks.check();
}

/// Calls as an engine that ends at once: the daemon knows engines by the name of their process.
std::string call_as_engine(const TempDir& directory, const Daemon& daemon, const std::string& method,
                           const nlohmann::json& body) {
  const std::filesystem::path engine = directory / "bin/dockerd";
  std::filesystem::create_directories(engine.parent_path());
  std::filesystem::copy_file("/usr/bin/curl", engine, std::filesystem::copy_options::skip_existing);
  return run({engine, "-s", "--unix-socket", daemon.socket(), "-d", body.dump(),
              "http://plugin/VolumeDriver." + method},
             directory / "engine")
      .output;
}

/// What a container of that engine does: it goes on with a mount of its own.
class Container {
 public:
  Container(const TempDir& directory, const Daemon& daemon)
      : place_(make(directory / "container")),
        process_({"unshare", "--mount", "--propagation", "private", "sh", "-c",
                  "mount --bind \"$0\" \"$1\" && echo mounted && exec sleep 300", daemon.mount_dir() / "v1", place_},
                 directory / "container-log") {
    EXPECT_TRUE(process_.wait_for_line("mounted", std::chrono::seconds(20))) << process_.errors();
  }

 private:
  static std::filesystem::path make(std::filesystem::path place) {
    std::filesystem::create_directories(place);
    return place;
  }

  std::filesystem::path place_;
  Process process_;
};

/// All that is said while a volume is used, and removed under a container whose engine has died.
std::string use_with(const std::vector<std::string>& launcher) {
  const TempDir directory;
  const Simulator simulator(directory / "sim");
  std::string told;
  {
    Daemon daemon(directory / "h1", options_for(simulator, launcher));
    told = daemon.create("v1", {{"fsOwner", "1000:1001"}, {"fsMode", "02770"}});
    told += call_as_engine(directory, daemon, "Mount", {{"Name", "v1"}, {"ID", "id"}});
    told += " " + owner_and_mode(daemon.mount_dir() / "v1");
    {
      std::optional<Container> container;
      if (mounts_below({daemon.mount_dir()}).size() == 1) container.emplace(directory, daemon);
      told += call_as_engine(directory, daemon, "Remove", {{"Name", "v1"}});
    }
    told += daemon.unmount("v1", "id");
    daemon.stop();
  }
  unmount_below(directory / "h1");
  detach_loop_devices_below(directory.path());
  return told;
}

struct Lack {
  const char* capability;
  const char* told;  ///< in the answers or by the directory, but not with all capabilities
};

std::ostream& operator<<(std::ostream& out, const Lack& lack) {
  return out << lack.capability;
}

class HardeningWithout : public testing::TestWithParam<Lack> {};

TEST_P(HardeningWithout, OneCapabilityIsTooMuch) {
  const std::string told = use_with(as_in_the_unit(GetParam().capability));
  EXPECT_NE(told.find(GetParam().told), std::string::npos) << told;
}

constexpr Lack kLacks[] = {{"CAP_SYS_ADMIN", "volume v1 is not mounted: "},
                           {"CAP_CHOWN", "cannot change the owner"},
                           {"CAP_FOWNER", "cannot change the mode"},
                           {"CAP_FSETID", "1000:1001 770"},
                           {"CAP_DAC_READ_SEARCH", "cannot write out the data"}};

INSTANTIATE_TEST_SUITE_P(Each, HardeningWithout, testing::ValuesIn(kLacks),
                         [](const auto& lack) { return for_setpriv(lack.param.capability); });

TEST(Hardening, AllCapabilitiesOfTheUnitAreEnough) {
  const std::string told = use_with(as_in_the_unit());
  EXPECT_NE(told.find("volume v1 is mounted on this host (mount ids id)"), std::string::npos) << told;
  for (const Lack& lack : kLacks) EXPECT_EQ(told.find(lack.told), std::string::npos) << told;
}

TEST(Hardening, UnitNamesNoOtherCapability) {
  std::string names;
  for (const Lack& lack : kLacks) names += (names.empty() ? "" : " ") + std::string(lack.capability);
  EXPECT_EQ(our_unit().at("Service.CapabilityBoundingSet"), names);
}

}  // namespace
}  // namespace hpe3par::test
