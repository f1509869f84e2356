#include "option_text.h"

#include <gtest/gtest.h>

namespace hpe3par::volumes {
namespace {

TEST(Printable, CutsAtAHundredCharactersAndShowsNoControlCharacters) {
  EXPECT_EQ(printable("plain"), "plain");
  EXPECT_EQ(printable("a\nb\tc\x7f"), "a?b?c?");
  EXPECT_EQ(printable("\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(printable("a\xc2\x85z"), "a??z") << "a C1 control character";
  EXPECT_EQ(printable(std::string(100, 'x')), std::string(100, 'x'));
  EXPECT_EQ(printable(std::string(101, 'x')), std::string(100, 'x') + "...");
  EXPECT_EQ(printable(std::string(99, 'x') + "\xc3\xa4"), std::string(99, 'x') + "...") << "half a character";
}

struct Case {
  std::string_view pattern;
  std::vector<std::optional<std::string_view>> fitting;
  std::vector<std::optional<std::string_view>> unfitting;
};

TEST(Pattern, FitsWhatItSays) {
  const std::vector<Case> cases = {
      {"", {std::nullopt}, {"", "x"}},
      {"N",
       {"0", "17", "123456789012345678"},
       {std::nullopt, "", "-1", "+1", "0x1", "1k", "1234567890123456789", "1/2"}},
      {"SIZE", {"0", "17", "64m", "1g"}, {std::nullopt, "", "m", "64M", "64mm", "-1", "1.5g"}},
      {"PERCENT", {"0", "5", "0.5", "12.25", "50"}, {std::nullopt, "", "51", "50.1", "-1", ".5", "5.", "1.234", "5%"}},
      {"LABEL12", {"a", "data_1.x-y", "123456789012"}, {std::nullopt, "", "1234567890123", "-x", "a b", "a/b"}},
      {"1..300", {"1", "300"}, {std::nullopt, "", "0", "301", "-1", "x", "99999999999999"}},
      {"a|bc", {"a", "bc"}, {std::nullopt, "", "b", "a|bc", "A"}},
  };
  for (const Case& each : cases) {
    for (const auto& value : each.fitting)
      EXPECT_TRUE(fits(each.pattern, value)) << each.pattern << " " << value.value_or("nothing");
    for (const auto& value : each.unfitting)
      EXPECT_FALSE(fits(each.pattern, value)) << each.pattern << " " << value.value_or("nothing");
  }
}

TEST(Words, AreSplitAndJoined) {
  EXPECT_EQ(split("", ","), (std::vector<std::string>{""}));
  EXPECT_EQ(split("a,,b", ","), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(split("a b\tc", " \t"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(join({"a", "b"}, ","), "a,b");
  EXPECT_EQ(join({}, ","), "");
}

}  // namespace
}  // namespace hpe3par::volumes
