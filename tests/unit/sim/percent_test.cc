#include "percent.h"

#include <gtest/gtest.h>

namespace hpe3par::sim {
namespace {

TEST(Percent, LeavesWhatArraysWriteRaw) {
  EXPECT_EQ(percent_encoded("v1,0,set:h,0:2:1"), "v1,0,set:h,0:2:1");
  EXPECT_EQ(percent_encoded("a b/\xc3\xa9"), "a%20b%2F%C3%A9");
}

TEST(Percent, DecodesWhatItEncodes) {
  EXPECT_EQ(percent_decoded(percent_encoded("a b/%?#")), "a b/%?#");
  EXPECT_EQ(percent_decoded("%2c"), ",");
}

TEST(Percent, KeepsAStrayPercentSign) {
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%zz%4"), "%zz%4");
}

TEST(Percent, FindsAParameterWhoseValueHoldsEqualsSigns) {
  EXPECT_EQ(query_parameter("/hosts?query=%22iSCSIPaths[name==a+OR%20name==b]%22", "query"),
            "\"iSCSIPaths[name==a OR name==b]\"");
  EXPECT_EQ(query_parameter("/x?a=1&query=2", "query"), "2");
  EXPECT_EQ(query_parameter("/x?query", "query"), std::nullopt);
  EXPECT_EQ(query_parameter("/x?queryx=1&", "query"), std::nullopt);
  EXPECT_EQ(query_parameter("/query=1", "query"), std::nullopt);
}

}  // namespace
}  // namespace hpe3par::sim
