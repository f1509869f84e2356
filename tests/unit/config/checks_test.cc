#include "checks.h"

#include <gtest/gtest.h>

namespace hpe3par::config {
namespace {

TEST(Checks, NamesOnTheArray) {
  for (const char* name : {"a", "FC_r6", "1.2-3_x", "a23456789012345678901234567890x"})
    EXPECT_TRUE(is_array_name(name));
  for (const char* name : {"", "-a", "a b", "a/b", "<CPG>", "ü", "a234567890123456789012345678901x"})
    EXPECT_FALSE(is_array_name(name)) << name;
}

TEST(Checks, Initiators) {
  for (const char* name : {"iqn.1994-05.com.redhat:abc", "iqn.2026-01.hpe3par.loop:Node_1", "eui.02004567A425678D",
                           "naa.52004567BA64678D", "10000000C9123456", "10:00:00:00:c9:12:34:56"})
    EXPECT_TRUE(is_initiator(name)) << name;
  for (const char* name : {"iqn.1994-05.", "iqn.94-05.com", "iqn.1994-05.com redhat", "eui.0200", "1000", "node1",
                           "10:00:00:00:c9:12:34-56"})
    EXPECT_FALSE(is_initiator(name)) << name;
}

TEST(Checks, Addresses) {
  for (const char* text : {"10.0.0.1", "array1.example.com", "fe80::1", "localhost", "3par"})
    EXPECT_TRUE(is_address(text)) << text;
  for (const char* text : {"", "10.0.0.256", "10.0.0", "<IP>", "a b", "a..b", "-a", "fe80::g"})
    EXPECT_FALSE(is_address(text)) << text;
}

TEST(Checks, Portals) {
  EXPECT_EQ(parse_portal("10.0.0.1", 3260), (Portal{"10.0.0.1", 3260}));
  EXPECT_EQ(parse_portal("10.0.0.1:3261", 3260), (Portal{"10.0.0.1", 3261}));
  EXPECT_EQ(parse_portal("fe80::1", 3260), (Portal{"fe80::1", 3260}));
  EXPECT_EQ(parse_portal("[fe80::1]", 3260), (Portal{"fe80::1", 3260}));
  EXPECT_EQ(parse_portal("[fe80::1]:3261", 3260), (Portal{"fe80::1", 3261}));
  for (const char* text : {"", ":3260", "a:", "a:0", "a:65536", "a:x", "[", "[]", "[a]:1", "[fe80::1", "[fe80::1]x"})
    EXPECT_EQ(parse_portal(text, 1), std::nullopt) << text;
}

TEST(Checks, ApiUrls) {
  EXPECT_EQ(parse_api_url("https://10.0.0.1:8080/api/v1").value().authority, "10.0.0.1:8080");
  EXPECT_EQ(parse_api_url("https://Array1/api/v1//").value().authority, "array1:443");
  EXPECT_EQ(parse_api_url("https://Array1/api/v1//").value().text, "https://Array1/api/v1");
  EXPECT_EQ(parse_api_url("http://[fd00::A]/api/v1").value().authority, "[fd00::a]:80");
  EXPECT_EQ(parse_api_url("http://[fd00::a]:8008/api/v1").value().authority, "[fd00::a]:8008");
  EXPECT_EQ(parse_api_url("http://[FD00:0:0::a]/api/v1").value().authority, "[fd00::a]:80");
  EXPECT_EQ(parse_api_url("https://Array1.example.com./api/v1").value().authority, "array1.example.com:443");
  EXPECT_EQ(parse_api_url("HTTPS://a/api/v1").value().text, "https://a/api/v1");
  EXPECT_EQ(parse_api_url("HTTPS://a/api/v1").value().authority, "a:443");
  for (const char* text : {"", "https://", "https:///api/v1", "http://api/v1", "ftp://a/api/v1", "https://a/api/v1?x",
                           "https://a b/api/v1", "https://a/x/api/v1", "https://fd00::a/api/v1"})
    EXPECT_FALSE(parse_api_url(text)) << text;
}

TEST(Checks, Pins) {
  EXPECT_TRUE(is_tls_pin("sha256//" + std::string(41, 'A') + "+/="));
  EXPECT_FALSE(is_tls_pin("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
  EXPECT_FALSE(is_tls_pin("sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
}

}  // namespace
}  // namespace hpe3par::config
