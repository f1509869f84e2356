#include "hpe3par/base/log.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par {
namespace {

std::string written(LogFormat format, const std::function<void()>& act) {
  testing::internal::CaptureStderr();
  start_logging(LogLevel::info, format);
  act();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, TextLinesQuoteWhatNeedsIt) {
  const std::string line = written(LogFormat::text, [] {
    log(LogLevel::info, "mounted", {{"volume", "v1"}, {"reason", "two\nlines"}, {"ms", 12}});
  });
  EXPECT_NE(line.find("mounted volume=v1 reason=\"two\\nlines\" ms=12\n"), std::string::npos) << line;
}

TEST(Log, JsonLinesAreObjects) {
  const std::string line = written(LogFormat::json, [] { log(LogLevel::warning, "a \"b\"", {{"k", "v"}}); });
  EXPECT_NE(line.find("\"level\":\"warning\",\"message\":\"a \\\"b\\\"\",\"k\":\"v\"}\n"), std::string::npos) << line;
}

TEST(Log, LevelsBelowTheThresholdAreSilent) {
  EXPECT_EQ(written(LogFormat::text, [] { log(LogLevel::debug, "x"); }), "");
}

TEST(Log, AnUnknownLevelIsRefusedWithTheAllowedOnes) {
  try {
    parse_log_level("loud");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "log level 'loud' is not known; allowed: trace, debug, info, warning, error");
  }
}

}  // namespace
}  // namespace hpe3par
