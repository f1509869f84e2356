#include "heads.h"

#include <gtest/gtest.h>

namespace hpe3par::config {
namespace {

TEST(Heads, AreAWordAndItsSign) {
  EXPECT_EQ(head_of("san_ip:h").word, "san_ip");
  EXPECT_EQ(head_of("san_ip:h").size, 7U);
  EXPECT_EQ(head_of("san_ip \t= h").word, "san_ip");
  EXPECT_EQ(head_of("san_ip \t= h").size, 9U);
  for (const char* text : {"", ":", "3par:x", "-a:x", "a b:c", "word", "word ", "a.b:c"})
    EXPECT_EQ(head_of(text).word, "") << text;
}

TEST(Heads, BehindBlanksAreAllFound) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(words_behind_blanks("a:b c:d  e = f, g"), (Words{"c", "e"}));
  EXPECT_EQ(words_behind_blanks("a:b"), Words{});
  EXPECT_EQ(words_behind_blanks("a "), Words{});
  EXPECT_EQ(words_behind_blanks(""), Words{});
}

}  // namespace
}  // namespace hpe3par::config
