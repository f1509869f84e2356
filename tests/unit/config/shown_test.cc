#include "shown.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace hpe3par::config {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

TEST(Shown, WhatIsNoUtf8IsReplaced) {
  const Rows rows = {{"größe …", "größe …"},       {"gr\xF6\xDF", "gr??"},
                     {"\xC0\xAF", "??"},           {"\xED\xA0\x80", "???"},
                     {"\xF4\x90\x80\x80", "????"}, {"\xE2\x80", "??"},
                     {"a\tb\x1B\x7F", "a?b??"},    {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"}};
  for (const auto& [text, shown] : rows) EXPECT_EQ(printable(text), shown) << text;
}

TEST(Shown, ACutFallsBetweenCharacters) {
  EXPECT_EQ(cut("abc", 3), "abc");
  EXPECT_EQ(cut("abcd", 3), "abc…");
  EXPECT_EQ(cut("aböd", 3), "ab…");
  EXPECT_EQ(cut("a€d", 3), "a…");
  EXPECT_EQ(cut(std::string(150, 'x') + "öööööööööööööööööööööööööööö", 200).substr(200), "…");
}

TEST(Shown, AValueEndsBeforeWhatMayBeSecret) {
  const Rows rows = {{"10.0.0.1", "10.0.0.1"},   {"cpg1 # the fast one", "cpg1 # the fast one"},
                     {"cpg1, , ", "cpg1, , "},   {"B hpe3par_x:TOPSECRET", "B …"},
                     {"B x = TOPSECRET", "B …"}, {"B,x=TOPSECRET", "B …"},
                     {"one\nTOPSECRET", "one"},  {"one my-Password TOPSECRET", "one …"},
                     {"mypw TOPSECRET", ""},     {"Secret!", ""},
                     {"me@TOPSECRET", ""},       {"https://10.0.0.1:8080/api", "https://10.0.0.1:8080/api"}};
  for (const auto& [value, shown] : rows) EXPECT_EQ(shown_value(value), shown) << value;
}

TEST(Shown, WordsOfLowerCaseLettersAreHarmless) {
  for (const char* word : {"frobnicate", "wsapi_sesions", "hpe3par_cpgs", "hp3par_x"}) EXPECT_TRUE(is_harmless(word));
  for (const char* word : {"dGVzdHBhc3N3b3Jk", "topsecret1", "Top", "a-b", "a.b"}) EXPECT_FALSE(is_harmless(word));
}

TEST(Shown, UrlsWithALoginAreNot) {
  for (const char* url : {"10.0.0.1", "https://10.0.0.1:80800/api/v1", "https://10.0.0.1:/api/v1", "ftp://a/api/v1",
                          "https://fe80::1/api/v1", "https://[fe80::g]:8080/api/v1", "https://<IP>:8080/api/v1", ""})
    EXPECT_TRUE(may_show_url(url)) << url;
  for (const char* url : {"https://admin:TOPSECRET/10.0.0.1/api/v1", "admin:TOPSECRET", "https://a@b/api/v1",
                          "https://10.0.0.1/admin:TOPSECRET", "https://10.0.0.1/api/v1?a=TOPSECRET",
                          "https://[fe80::1]:TOPSECRET/api/v1", "https://[TOPSECRET", "https://a:123456/api/v1"})
    EXPECT_FALSE(may_show_url(url)) << url;
}

TEST(Shown, NamesAndPathsLoseWhatMayBeAPassword) {
  EXPECT_EQ(shown_username("3paradm"), "3paradm");
  EXPECT_EQ(shown_username("3paradm:TOPSECRET"), "3paradm:***");
  EXPECT_EQ(shown_path("/run/Secret1"), "/run/Secret1");
  EXPECT_EQ(shown_path("array-password"), "array-password");
  EXPECT_EQ(shown_path("TOPSECRET"), "(not shown)");
}

}  // namespace
}  // namespace hpe3par::config
