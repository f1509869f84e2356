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

TEST(Ini, OnePairOfQuotesAroundAValueIsNoPartOfIt) {
  const auto value_of = [](const std::string& text) {
    return parse_ini("[A]\nk = " + text + "\n", "f").entries[0].value;
  };
  EXPECT_EQ(value_of("\"a b\""), "a b");
  EXPECT_EQ(value_of("'a'"), "a");
  EXPECT_EQ(value_of("\"\"a\"\""), "\"a\"");
  EXPECT_EQ(value_of("\"a'"), "\"a'");
  EXPECT_EQ(value_of("\"a"), "\"a");
  EXPECT_EQ(value_of("\""), "\"");
  EXPECT_EQ(value_of("''"), "");
  EXPECT_EQ(value_of("a,\n \"b\""), "a,\n\"b\"");
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

TEST(Ini, EachLineOfAValueHasItsNumber) {
  const IniFile file = parse_ini("[A]\nk = one,\n   two\n# comment\n\n\tthree\nm =\n  later\n", "f");
  EXPECT_EQ(file.entries.at(0).value, "one,\ntwo\nthree");
  EXPECT_EQ(file.entries.at(0).value_lines, (std::vector<int>{2, 3, 6}));
  EXPECT_EQ(file.entries.at(1).value, "later");
  EXPECT_EQ(file.entries.at(1).line, 7);
  EXPECT_EQ(file.entries.at(1).value_lines, (std::vector<int>{8}));
}

TEST(Ini, AByteOrderMarkIsNoPartOfTheFirstLine) {
  EXPECT_EQ(parse_ini("\xEF\xBB\xBF[A]\nk = v\n", "f").sections.at(0).name, "A");
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
  const std::string no_form =
      "hpe.conf:2: this line is not of the form key = value (it is not shown, since it may be part of a password)";
  EXPECT_EQ(message("[A]\nnonsense\n"), no_form);
  EXPECT_EQ(message("[A]\nhpe3par_password s3cret:x\n"), no_form);
  EXPECT_EQ(message("k = v\n"), "hpe.conf:1: a key must stand below a [section]");
  EXPECT_EQ(message("[k = s3cret]\n"), "hpe.conf:1: a section must be written [NAME]");
  EXPECT_EQ(message(std::string_view("[A]\nk = a\0b\n", 12)),
            "hpe.conf:2: the line holds a NUL byte; is this a text file in UTF-8?");
  EXPECT_EQ(message(std::string_view("\xFF\xFE[\0A\0]\0", 8)), "hpe.conf:1: this file is in UTF-16; save it as UTF-8");
  EXPECT_EQ(message(std::string_view("\xFE\xFF\0[\0A\0]", 8)), "hpe.conf:1: this file is in UTF-16; save it as UTF-8");
  EXPECT_EQ(message("[A\n"), "hpe.conf:1: a section must be written [NAME]");
  EXPECT_EQ(message("[A]\n  x\n"),
            "hpe.conf:2: this line is indented, so it continues the value before it, and there is none; remove the "
            "blanks in front of it");
}

}  // namespace
}  // namespace hpe3par::config
