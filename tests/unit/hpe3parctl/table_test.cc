#include "table.h"

#include <gtest/gtest.h>

namespace hpe3par::ctl {
namespace {

TEST(Table, AlignsColumnsAndLeavesNoBlanksAtTheEnd) {
  EXPECT_EQ(format_table({{"NAME", "SIZE", "REASON"}, {"web-data", "2 GiB", ""}, {"v", "", "none at all"}}),
            "NAME      SIZE   REASON\n"
            "web-data  2 GiB  -\n"
            "v         -      none at all\n");
  EXPECT_EQ(format_table({}), "");
}

TEST(Table, CountsCharactersAndNotBytes) {
  EXPECT_EQ(display_width("Zürich"), 6U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(format_table({{"Zürich", "1"}, {"Berlin", "2"}, {"日本", "3"}}), "Zürich  1\nBerlin  2\n日本    3\n");
}

TEST(Table, ShowsNothingThatATerminalWouldObey) {
  EXPECT_EQ(printable("a\x1b[2Jb\nc\x7f"), "a?[2Jb?c?");
  EXPECT_EQ(printable("\u0085x\u202Ey\u200B"), "?x?y?");
  EXPECT_EQ(printable(""), "-");
}

TEST(Table, SurvivesWhatIsNotUtf8) {
  EXPECT_EQ(printable("\xFF\xC3"), "??");
  EXPECT_EQ(printable("\xE2\x82"), "??");
  EXPECT_EQ(printable("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "???");       // surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "????");  // beyond the last one
  EXPECT_EQ(display_width("\xFF\xFF"), 2U);
}

}  // namespace
}  // namespace hpe3par::ctl
