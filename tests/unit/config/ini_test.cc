#include "ini.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::config {
namespace {

TEST(Ini, KeepsSemicolonsBlanksAndEqualSignsInValues) {
  const IniFile file = parse_ini("[A]\npassword = a ;b=c#d  \n", "f");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].value, "a ;b=c#d");
}

TEST(Ini, LongLinesStayWhole) {
  const std::string value(5000, 'x');
  EXPECT_EQ(parse_ini("[A]\nk = " + value, "f").entries.at(0).value, value);
}

TEST(Ini, IndentedLinesContinueTheValue) {
  const IniFile file = parse_ini("[A]\nk = one,\n   two\n# comment\nm = 3\n", "f");
  EXPECT_EQ(file.entries.at(0).value, "one,\ntwo");
  EXPECT_EQ(file.entries.at(1).line, 5);
}

TEST(Ini, CommentsAndCarriageReturnsAreIgnored) {
  const IniFile file = parse_ini("; c\r\n[A]\r\n# c\r\nk: v\r\n", "f");
  EXPECT_EQ(file.entries.at(0).key, "k");
  EXPECT_EQ(file.entries.at(0).value, "v");
}

TEST(Ini, ErrorsNameFileAndLine) {
  const auto message = [](std::string_view text) -> std::string {
    try {
      parse_ini(text, "hpe.conf");
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("[A]\nnonsense\n"), "hpe.conf:2: 'nonsense' is not of the form key = value");
  EXPECT_EQ(message("k = v\n"), "hpe.conf:1: a key must stand below a [section]");
  EXPECT_EQ(message("[A\n"), "hpe.conf:1: a section must be written [NAME]");
  EXPECT_EQ(message("[A]\n  x\n"), "hpe.conf:2: an indented line continues the value before it, and there is none");
}

}  // namespace
}  // namespace hpe3par::config
