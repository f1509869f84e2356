#include "options.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::sim {
namespace {

Options parse(std::vector<const char*> more) {
  std::vector<const char*> argv = {"wsapi-sim", "--user", "u", "--password", "p", "--data-dir", "/d"};
  argv.insert(argv.end(), more.begin(), more.end());
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

std::string refusal_of(const std::vector<const char*>& more) {
  try {
    parse(more);
    return "";
  } catch (const EarlyExit& exit) {
    return std::to_string(exit.code) + " " + exit.text;
  }
}

TEST(Options, TakeEverythingThatTheContractNames) {
  const Options options = parse({"--array", "A=127.0.0.1:8008", "--array", "B=[::1]:0", "--link", "A,B", "--control",
                                 "localhost:1", "--domain", "d1", "--domain", "d2", "--profile", "primera", "--tls"});
  ASSERT_EQ(options.arrays.size(), 2U);
  EXPECT_EQ(options.arrays[0].name, "A");
  EXPECT_EQ(options.arrays[0].address.port, 8008);
  EXPECT_EQ(options.arrays[1].address.host, "::1");
  EXPECT_EQ(options.links.size(), 1U);
  EXPECT_EQ(options.control->host, "localhost");
  EXPECT_EQ(options.domains, (std::set<std::string>{"d1", "d2"}));
  EXPECT_EQ(options.profile, Profile::primera);
  EXPECT_TRUE(options.tls);
}

TEST(Options, RefuseBadUsageWithOneSentence) {
  EXPECT_EQ(refusal_of({}), "2 --array is required");
  EXPECT_EQ(refusal_of({"--array", "A"}), "2 'A' is not of the form NAME=HOST:PORT");
  EXPECT_EQ(refusal_of({"--array", "A=h"}), "2 'h' is not of the form HOST:PORT");
  EXPECT_EQ(refusal_of({"--array", "A=h:70000"}), "2 'h:70000': the port must be a number from 0 to 65535");
  EXPECT_EQ(refusal_of({"--array", "A=h:1", "--array", "A=h:2"}), "2 array A is given twice");
  EXPECT_EQ(refusal_of({"--array", "A=h:1", "--link", "A,B"}), "2 --link A,B: there is no --array B");
  EXPECT_EQ(refusal_of({"--array", "A=h:1", "--link", "A,A"}), "2 --link A,A: an array has no link to itself");
  EXPECT_EQ(refusal_of({"--array", "A=h:1", "--profile", "x"}),
            "2 profile 'x' is unknown; known are 3par, primera and alletramp");
}

TEST(Options, OfferHelp) {
  EXPECT_TRUE(refusal_of({"--help"}).starts_with("0 "));
}

}  // namespace
}  // namespace hpe3par::sim
