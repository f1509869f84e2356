#include "hpe3par_test/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>

#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Process, KeepsOutputAndErrorsApart) {
  const TempDir directory;
  const auto result = run({"sh", "-c", "echo out; echo err >&2; exit 3"}, directory / "p");
  EXPECT_EQ(result.status, (ExitStatus{3, 0}));
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
}

TEST(Process, ThrowsWhenTheProgramDoesNotExist) {
  const TempDir directory;
  EXPECT_THROW(Process({"/nonexistent/program"}, directory / "p"), std::runtime_error);
}

TEST(Process, SeesALineAsSoonAsItIsWritten) {
  const TempDir directory;
  Process process({"sh", "-c", "echo ready; exec sleep 60"}, directory / "p");
  EXPECT_TRUE(process.wait_for_line("ready", seconds(10)));
  EXPECT_TRUE(process.running());
}

TEST(Process, StopsWaitingForALineWhenTheProgramEnds) {
  const TempDir directory;
  Process process({"true"}, directory / "p");
  EXPECT_FALSE(process.wait_for_line("ready", seconds(60)));
}

TEST(Process, StopKillsWhatIgnoresSigterm) {
  const TempDir directory;
  Process process({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"}, directory / "p");
  ASSERT_TRUE(process.wait_for_line("ready", seconds(10)));
  EXPECT_EQ(process.stop(milliseconds(100)), (ExitStatus{std::nullopt, SIGKILL}));
}

TEST(Process, IsGoneAfterItsDestructor) {
  const TempDir directory;
  pid_t pid = 0;
  {
    const Process process({"sleep", "60"}, directory / "p");
    pid = process.pid();
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(Process, ReadsOnlyWhatWasWrittenSinceThisStart) {
  const TempDir directory;
  EXPECT_EQ(run({"echo", "first"}, directory / "p").output, "first\n");
  EXPECT_EQ(run({"echo", "second"}, directory / "p").output, "second\n");
}

TEST(Process, AddsToTheEnvironment) {
  const TempDir directory;
  const auto result =
      run({"sh", "-c", "echo $H3P_WORD; test -n \"$PATH\""}, directory / "p", seconds(10), {{"H3P_WORD", "hello"}});
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.output, "hello\n");
}

TEST(LastLines, TakesTheEndOfAText) {
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), "b\nc\n");
  EXPECT_EQ(last_lines("a\nb", 5), "a\nb");
  EXPECT_EQ(last_lines("", 5), "");
}

}  // namespace
}  // namespace hpe3par::test
