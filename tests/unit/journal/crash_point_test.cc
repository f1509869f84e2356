#include "hpe3par/journal/crash_point.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <set>

#include "crash_plan.h"
#include "hpe3par/base/error.h"

namespace hpe3par::journal {
namespace {

using ::testing::HasSubstr;

template <typename Act>
std::string error_of(ErrorKind kind, const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(CrashPoints, AreUnique) {
  const auto& names = crash_points();
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  EXPECT_EQ(names.front(), "create.journaled");
  EXPECT_EQ(names.back(), "sweep.adopted");
}

TEST(CrashPlan, IsEmptyWithoutText) {
  EXPECT_EQ(parse_crash_plan(""), CrashPlan{});
}

TEST(CrashPlan, NamesThePoint) {
  EXPECT_EQ(parse_crash_plan("mount.exported"), (CrashPlan{"mount.exported", 1}));
}

TEST(CrashPlan, CountsOccurrences) {
  EXPECT_EQ(parse_crash_plan("unmount.erased:12"), (CrashPlan{"unmount.erased", 12}));
}

TEST(CrashPlan, RefusesAnUnknownNameAndListsTheOthers) {
  const auto text = error_of(ErrorKind::invalid_argument, [] { parse_crash_plan("mount.vlun_created"); });
  EXPECT_THAT(text, HasSubstr("mount.vlun_created"));
  EXPECT_THAT(text, HasSubstr("mount.exported"));
}

TEST(CrashPlan, RefusesWhatIsNoCount) {
  for (const char* text : {"mount.exported:", "mount.exported:0", "mount.exported:-1", "mount.exported:2x"}) {
    EXPECT_THAT(error_of(ErrorKind::invalid_argument, [&] { parse_crash_plan(text); }), HasSubstr("not a count"))
        << text;
  }
}

TEST(CrashPoint, RefusesANameThatIsNotInTheTable) {
  EXPECT_THAT(error_of(ErrorKind::internal, [] { crash_point("mount.typo"); }), HasSubstr("mount.typo"));
}

// The threadsafe style starts the program anew, so that the environment is read with what the test sets.
class CrashPointDeathTest : public ::testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  void TearDown() override { ::unsetenv("HPE3PARD_CRASH_AT"); }
};

TEST_F(CrashPointDeathTest, KillsAtTheNamedPoint) {
  ::setenv("HPE3PARD_CRASH_AT", "mount.mounted", 1);
  EXPECT_EXIT(
      {
        crash_point("mount.exported");
        std::fputs("passed the other point\n", stderr);
        crash_point("mount.mounted");
      },
      ::testing::KilledBySignal(SIGKILL), "passed the other point");
}

TEST_F(CrashPointDeathTest, KillsAtTheNamedOccurrenceOnly) {
  ::setenv("HPE3PARD_CRASH_AT", "mount.mounted:2", 1);
  EXPECT_EXIT(
      {
        crash_point("mount.mounted");
        std::fputs("passed once\n", stderr);
        crash_point("mount.mounted");
      },
      ::testing::KilledBySignal(SIGKILL), "passed once");
}

TEST_F(CrashPointDeathTest, ReportsAMistypedEnvironment) {
  ::setenv("HPE3PARD_CRASH_AT", "mount.nowhere", 1);
  EXPECT_EXIT(
      {
        try {
          check_crash_environment();
        } catch (const Error& error) {
          std::fputs(error.what(), stderr);
          std::_Exit(2);
        }
      },
      ::testing::ExitedWithCode(2), "mount.nowhere");
}

}  // namespace
}  // namespace hpe3par::journal
