// The .deb as a file, and what stands in the unit.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "hpe3par_test/process.h"
#include "hpe3par_test/temp_dir.h"
#include "package.h"
#include "unit_file.h"

namespace hpe3par::test {
namespace {

TEST(Package, GivesLintianNothingToComplainAbout) {
  const TempDir directory;
  const auto package = build_package(directory.path());
  const RunResult result = run({"lintian", "--allow-root", "--no-cfg", "--fail-on", "error,warning", package},
                               directory / "lintian", std::chrono::minutes(2));
  EXPECT_TRUE(result.ok()) << result.output << result.errors;
  EXPECT_EQ(result.output, "");
}

TEST(Package, IsTheSameAtEachBuild) {
  const TempDir directory;
  const auto first = build_package(directory / "1");
  const auto second = build_package(directory / "2");
  EXPECT_TRUE(read_file(first) == read_file(second)) << "the packages differ";
}

TEST(Unit, SaysWhatTheDaemonReliesOn) {
  const UnitFile unit = our_unit();
  const UnitFile expected = {{"Unit.Before", "docker.service"},
                             {"Unit.StartLimitIntervalSec", "0"},
                             {"Service.Type", "notify"},
                             {"Service.WatchdogSec", "120"},
                             {"Service.Restart", "always"},
                             {"Service.RestartPreventExitStatus", "2"},
                             {"Service.KillMode", "mixed"},
                             {"Service.NoNewPrivileges", "yes"},
                             {"Service.TimeoutStopSec", "15"},
                             {"Service.EnvironmentFile", "-/etc/default/hpe3pard"},
                             {"Install.WantedBy", "multi-user.target"}};
  for (const auto& [key, value] : expected) {
    ASSERT_TRUE(unit.contains(key)) << key;
    EXPECT_EQ(unit.at(key), value) << key;
  }
}

struct Unwanted {
  const char* prefix;
  const char* reason;
};

constexpr Unwanted kUnwanted[] = {
    {"Private", "a mount namespace of its own, in which the engine sees nothing"},
    {"Protect", "the same; ProtectClock= is a list of devices"},
    {"Proc", "the same"},
    {"Bind", "the same"},
    {"Root", "the same"},
    {"Mount", "the same"},
    {"Extension", "the same"},
    {"TemporaryFileSystem", "the same"},
    {"ReadWritePaths", "the same"},
    {"ReadOnlyPaths", "the same"},
    {"InaccessiblePaths", "the same"},
    {"ExecPaths", "the same"},
    {"NoExecPaths", "the same"},
    {"LogNamespace", "the same"},
    {"DynamicUser", "the same"},
    {"User", "it mounts"},
    {"Device", "a list of devices, in which new ones do not stand"},
    {"RestrictSUIDSGID", "fsMode may have such bits"},
    {"StateDirectory", "systemctl clean would remove the journal"},
    {"UMask", "directories above sockets and mounts are for everybody to see"},
};

TEST(Unit, HasNothingThatHidesMountsOrDevices) {
  const UnitFile unit = our_unit();
  for (const auto& [key, value] : unit)
    for (const Unwanted& unwanted : kUnwanted)
      EXPECT_FALSE(key.starts_with(std::string("Service.") + unwanted.prefix))
          << key << "=" << value << ": " << unwanted.reason;
}

}  // namespace
}  // namespace hpe3par::test
