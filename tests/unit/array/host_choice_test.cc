#include "host_choice.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::array {
namespace {

using wsapi::Host;
using wsapi::Initiators;

const Initiators kMine{{"iqn.2026-01.a:h1"}, {"10000090FA13C172"}};

TEST(HostChoice, OneSpellingPerInitiator) {
  EXPECT_EQ(canonical_initiator("IQN.2026-01.A:H1"), "iqn.2026-01.a:h1");
  EXPECT_EQ(canonical_initiator("10:00:00:90:fa:13:c1:72"), "10000090FA13C172");
}

TEST(HostChoice, SortsInitiatorsAndRefusesOthers) {
  const Initiators sorted = sort_initiators({"10:00:00:90:fa:13:c1:72", "iqn.2026-01.a:h1"});
  EXPECT_EQ(sorted.iqns, kMine.iqns);
  EXPECT_EQ(sorted.wwns, kMine.wwns);
  EXPECT_THROW(sort_initiators({"nonsense"}), Error);
  EXPECT_THROW(sort_initiators({}), Error);
}

TEST(HostChoice, TakesTheHostThatHasOneOfOurs) {
  const auto chosen =
      choose_host({{"other", {{"iqn.2026-01.a:h2", ""}}}, {"mine", {{"IQN.2026-01.A:h1", ""}}}}, kMine, "A");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->name, "mine");
}

TEST(HostChoice, PathsWithoutAHostDoNotCount) {
  EXPECT_FALSE(choose_host({{"", {{"iqn.2026-01.a:h1", ""}}}}, kMine, "A"));
  EXPECT_FALSE(choose_host({}, kMine, "A"));
}

TEST(HostChoice, SeveralHostsAreRefusedByName) {
  try {
    choose_host(
        {{"h1", {{"iqn.2026-01.a:h1", ""}}}, {"h2", {{"10000090fa13c172", ""}}}, {"h3", {{"iqn.2026-01.a:h1", ""}}}},
        kMine, "A");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::failed_precondition);
    EXPECT_NE(std::string(error.what()).find("h1, h2, h3"), std::string::npos) << error.what();
  }
}

TEST(HostChoice, KnowsWhatIsMissing) {
  const Initiators missing = missing_initiators(kMine, {"mine", {{"10:00:00:90:FA:13:C1:72", ""}}});
  EXPECT_EQ(missing.iqns, kMine.iqns);
  EXPECT_TRUE(missing.wwns.empty());
}

}  // namespace
}  // namespace hpe3par::array
