#include <gtest/gtest.h>

#include "body_log.h"
#include "escape.h"
#include "hpe3par/base/error.h"
#include "http_date.h"
#include "masking.h"

namespace hpe3par::wsapi {
namespace {

TEST(Escape, LeavesWhatArraysWriteRaw) {
  EXPECT_EQ(encode_segment("dcv-v1.a_b~,0,h:1"), "dcv-v1.a_b~,0,h:1");
  EXPECT_EQ(encode_segment("a b/c%?#"), "a%20b%2Fc%25%3F%23");
}

TEST(Escape, QuotesAndEncodesAQuery) {
  EXPECT_EQ(encode_query("name LIKE dcv-*,dcs-*"), "?query=%22name%20LIKE%20dcv-%2A%2Cdcs-%2A%22");
}

TEST(Escape, DecodesAndLeavesBrokenEscapesAlone) {
  EXPECT_EQ(decode_percent("v%2C0%2Cset%3ah"), "v,0,set:h");
  EXPECT_EQ(decode_percent("100%"), "100%");
  EXPECT_EQ(decode_percent("%zz%4"), "%zz%4");
}

TEST(Escape, RefusesWhatWouldChangeAQuery) {
  EXPECT_EQ(query_value("iqn.2026-01.a:h_1"), "iqn.2026-01.a:h_1");
  for (const char* bad : {"", "a b", "a\"", "a]", "a\\"}) EXPECT_THROW(query_value(bad), Error) << bad;
}

TEST(Masking, HidesEveryOccurrence) {
  EXPECT_EQ(mask("pw=s3cret, again s3cret", Secret("s3cret")), "pw=***, again ***");
  EXPECT_EQ(mask("nothing", Secret()), "nothing");
  EXPECT_EQ(mask("****", Secret("*")), "************");
}

TEST(OneLine, CollapsesAndCuts) {
  EXPECT_EQ(one_line("  a\r\n\tb \x01 c  "), "a b c");
  const std::string cut = one_line(std::string(500, 'x'));
  EXPECT_EQ(cut, std::string(300, 'x') + "…");
  std::string umlauts;
  for (int i = 0; i < 400; ++i) umlauts += "ü";
  EXPECT_EQ(one_line("x" + umlauts).size() % 2, 0U);  // x, whole characters, three bytes of ellipsis
}

TEST(BodyLog, ShowsOnlyWhatIsAllowed) {
  const auto as_it_is = [](std::string text) { return text; };
  const std::string text =
      loggable(R"({"name":"v1","password":"x","chapSecret":"y","members":[1,2],"other":{"name":1}})", as_it_is);
  EXPECT_EQ(text, R"({"members":"2 elements","name":"v1"})");
  EXPECT_EQ(loggable("<html>", as_it_is), "6 bytes, not a JSON object");
}

TEST(BodyLog, HidesBeforeItCuts) {
  const auto hide = [](std::string text) { return mask(std::move(text), Secret("s3\"cret")); };
  EXPECT_EQ(loggable(R"({"desc":"bad s3\"cret","ref":"s3\"cret"})", hide), R"({"desc":"bad ***","ref":"***"})");
  for (int before = 270; before < 300; ++before) {
    const std::string text = loggable(R"({"desc":")" + std::string(before, 'x') + R"(s3\"cret"})", hide);
    EXPECT_EQ(text.find("s3"), std::string::npos) << text;
  }
}

TEST(HttpDate, IsReadAsUtc) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
  EXPECT_EQ(parse_http_date("yesterday"), std::nullopt);
  EXPECT_EQ(parse_http_date(""), std::nullopt);
}

}  // namespace
}  // namespace hpe3par::wsapi
