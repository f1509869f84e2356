#include "hpe3par/host/mount_view.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace hpe3par::host {
namespace {

struct Case {
  const char* name;
  const char* theirs;
  bool shown;
};

// What a managed plugin has, as an engine 20.10 showed it.
constexpr const char* kPlugin =
    "114 97 0:41 /data/plugins/27/propagated-mount /opt/hpe/data rw shared:1 - tmpfs tmpfs rw\n"
    "81 114 7:8 / /opt/hpe/data/v1 rw shared:4 - ext4 /dev/loop8 rw\n";

class ShownToTheEngineOfAPlugin : public testing::TestWithParam<Case> {};

TEST_P(ShownToTheEngineOfAPlugin, Is) {
  EXPECT_EQ(shows_mount(parse_mount_info(GetParam().theirs), parse_mount_info(kPlugin), "/opt/hpe/data/v1"),
            GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    MountView, ShownToTheEngineOfAPlugin,
    testing::Values(Case{"Nothing", "", false},
                    Case{"WhatItMadeItself",
                         "66 60 0:41 /data /e/data rw shared:1 - tmpfs tmpfs rw\n"
                         "67 66 0:41 /data/plugins/27/propagated-mount /e/data/plugins/27/propagated-mount rw shared:1 "
                         "- tmpfs t rw\n"
                         "82 66 7:8 / /e/data/plugins/27/propagated-mount/v1 rw shared:4 - ext4 /dev/loop8 rw\n"
                         "83 67 7:8 / /e/data/plugins/27/propagated-mount/v1 rw shared:4 - ext4 /dev/loop8 rw\n",
                         true},
                    Case{"OnlyTheOneBelowTheDirectoryThatIsMountedOnItself",
                         "66 60 0:41 /data /e/data rw shared:1 - tmpfs tmpfs rw\n"
                         "67 66 0:41 /data/plugins/27/propagated-mount /e/data/plugins/27/propagated-mount rw shared:9 "
                         "- tmpfs t rw\n"
                         "82 66 7:8 / /e/data/plugins/27/propagated-mount/v1 rw shared:4 - ext4 /dev/loop8 rw\n",
                         false},
                    Case{"WhereTheEngineTookThatDirectoryAway",
                         "66 60 0:41 /data /e/data rw shared:1 - tmpfs tmpfs rw\n"
                         "82 66 7:8 / /e/data/plugins/27/propagated-mount/v1 rw shared:4 - ext4 /dev/loop8 rw\n",
                         true},
                    Case{"OneThatReceivesFromIt",
                         "83 67 7:8 / /e/plugins/27/propagated-mount/v1 rw master:4 - ext4 /dev/loop8 rw\n", true},
                    Case{"OneThatWasMadeByOthers",
                         "83 67 7:8 / /e/plugins/27/propagated-mount/v1 rw shared:5 - ext4 /dev/loop8 rw\n", false},
                    Case{"AnotherDevice",
                         "83 67 7:9 / /e/plugins/27/propagated-mount/v1 rw shared:4 - ext4 /dev/loop9 rw\n", false},
                    Case{"AnotherVolume",
                         "83 67 7:8 / /e/plugins/27/propagated-mount/v11 rw shared:4 - ext4 /dev/loop8 rw\n", false},
                    Case{"AnotherDirectory", "83 67 7:8 / /e/somewhere/v1 rw shared:4 - ext4 /dev/loop8 rw\n", false}),
    [](const auto& each) { return each.param.name; });

constexpr const char* kService =
    "30 1 8:1 / / rw master:1 - ext4 /dev/sda1 rw\n"
    "81 30 7:8 / /mnt/v1 rw - ext4 /dev/loop8 rw\n";

class ShownToTheEngineOfAService : public testing::TestWithParam<Case> {};

TEST_P(ShownToTheEngineOfAService, Is) {
  EXPECT_EQ(shows_mount(parse_mount_info(GetParam().theirs), parse_mount_info(kService), "/mnt/v1"), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(MountView, ShownToTheEngineOfAService,
                         testing::Values(Case{"NothingThere", "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n", false},
                                         Case{"AtTheSamePlace",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 / /mnt/v1 rw shared:7 - ext4 /dev/loop8 rw\n",
                                              true},
                                         Case{"AtAnotherPlace",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 / /srv/v1 rw shared:7 - ext4 /dev/loop8 rw\n",
                                              false},
                                         Case{"APartOfIt",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 /sub /mnt/v1 rw shared:7 - ext4 /dev/loop8 rw\n",
                                              false},
                                         Case{"AnotherDeviceOnTop",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 / /mnt/v1 rw shared:7 - ext4 /dev/loop8 rw\n"
                                              "91 90 0:50 / /mnt/v1 rw - tmpfs tmpfs rw\n",
                                              false},
                                         Case{"AnotherDeviceAbove",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 / /mnt/v1 rw shared:7 - ext4 /dev/loop8 rw\n"
                                              "91 22 0:50 / /mnt rw - tmpfs tmpfs rw\n",
                                              false},
                                         Case{"AnotherDeviceInside",
                                              "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                                              "90 22 7:8 / /mnt/v1 rw shared:7 - ext4 /dev/loop8 rw\n"
                                              "91 90 0:50 / /mnt/v1/sub rw - tmpfs tmpfs rw\n",
                                              true}),
                         [](const auto& each) { return each.param.name; });

TEST(MountView, IsOfNothingIfNothingIsMounted) {
  EXPECT_FALSE(shows_mount(parse_mount_info(kService), parse_mount_info(kService), "/mnt/v2"));
}

TEST(MountView, IsOursForOurOwnNamespace) {
  EXPECT_EQ(view_mount(::getpid(), "/nowhere"), MountView::seen);
}

TEST(MountView, IsUnknownToAProcessThatDoesNotShow) {
  EXPECT_EQ(view_mount(0, "/nowhere"), MountView::unknown);
}

TEST(MountView, IsGoneWithItsProcess) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t end{};
  ::waitid(P_PID, static_cast<id_t>(child), &end, WEXITED | WNOWAIT);
  EXPECT_EQ(view_mount(child, "/nowhere"), MountView::gone) << "not buried yet";
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(view_mount(child, "/nowhere"), MountView::gone);
}

}  // namespace
}  // namespace hpe3par::host
