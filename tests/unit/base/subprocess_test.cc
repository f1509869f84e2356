#include "hpe3par/base/subprocess.h"

#include <gtest/gtest.h>

namespace hpe3par {
namespace {

CommandResult run(std::vector<std::string> arguments, std::string input = "", Millis budget = Millis(10'000)) {
  static SystemClock clock;
  SystemCommandRunner runner;
  return runner.run({std::move(arguments), std::move(input)}, Deadline::after(clock, budget));
}

TEST(Subprocess, KeepsOutputErrorsAndStatusApart) {
  const CommandResult result = run({"sh", "-c", "cat; echo bad >&2; exit 3"}, "hello");
  EXPECT_EQ(result.outcome, CommandResult::Outcome::exited);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "hello");
  EXPECT_EQ(result.errors, "bad\n");
  EXPECT_EQ(result.summary(), "exit status 3: bad");
}

TEST(Subprocess, TellsWhenTheProgramIsMissing) {
  const CommandResult result = run({"no-such-program"});
  EXPECT_EQ(result.outcome, CommandResult::Outcome::not_started);
  EXPECT_NE(result.summary().find("No such file"), std::string::npos);
}

TEST(Subprocess, KillsTheWholeGroupAtTheDeadline) {
  const auto start = std::chrono::steady_clock::now();
  const CommandResult result = run({"sh", "-c", "sleep 60 & wait"}, "", Millis(200));
  EXPECT_EQ(result.outcome, CommandResult::Outcome::timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Subprocess, ReportsSignals) {
  const CommandResult result = run({"sh", "-c", "kill -9 $$"});
  EXPECT_EQ(result.outcome, CommandResult::Outcome::signalled);
  EXPECT_EQ(result.signal, 9);
}

TEST(Subprocess, TheEnvironmentIsFixed) {
  const CommandResult result = run({"env"});
  EXPECT_NE(result.output.find("LC_ALL=C"), std::string::npos);
  EXPECT_EQ(result.output.find("HOME="), std::string::npos);
}

TEST(Subprocess, LargeOutputDoesNotBlock) {
  const CommandResult result = run({"sh", "-c", "head -c 3000000 /dev/zero"});
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(result.output.size(), 1024U * 1024U);
}

}  // namespace
}  // namespace hpe3par
