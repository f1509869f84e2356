#include "base_url.h"

#include <gtest/gtest.h>

#include "hpe3par/base/error.h"

namespace hpe3par::wsapi {
namespace {

TEST(BaseUrl, AcceptsTheFormsArraysHave) {
  EXPECT_EQ(parse_base_url("https://10.0.0.1:8080/api/v1").of("/volumes"), "https://10.0.0.1:8080/api/v1/volumes");
  EXPECT_EQ(parse_base_url("http://array-1.example.com/api/v1/").of("/system"),
            "http://array-1.example.com/api/v1/system");
  EXPECT_EQ(parse_base_url("https://[fd00::1]:443/api/v1").authority, "[fd00::1]:443");
}

TEST(BaseUrl, TheVersionLiesOutsideOfV1) {
  EXPECT_EQ(parse_base_url("https://a:8080/api/v1").of("/api"), "https://a:8080/api");
}

TEST(BaseUrl, RefusesEverythingElseNamingTheForm) {
  for (const char* text : {"", "10.0.0.1", "https://10.0.0.1:8080", "https://10.0.0.1:8080/api", "ftp://a/api/v1",
                           "https:///api/v1", "https://a:0/api/v1", "https://a:70000/api/v1", "https://a/api/v1?x=1",
                           "https://a b/api/v1", "https://a/api/v1/volumes", "https://a\n/api/v1"}) {
    try {
      parse_base_url(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::invalid_argument);
      EXPECT_NE(std::string(error.what()).find("http(s)://host[:port]/api/v1"), std::string::npos) << error.what();
    }
  }
}

TEST(BaseUrl, DoesNotRepeatAPasswordInTheUrl) {
  try {
    parse_base_url("https://admin:hunter2@a/api/v1");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
  }
}

}  // namespace
}  // namespace hpe3par::wsapi
