#include "query.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "errors.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

const QueryFields kFields = {{"name", "wwn", "state", "readOnly", "copyOf"},
                             {{"FCPaths", {"wwn"}}, {"iSCSIPaths", {"name"}}}};

bool matches(const std::string& text, const json& object) {
  return Query("\"" + text + "\"", kFields).matches(object);
}

int refusal_of(const std::string& text) {
  try {
    const Query query(text, kFields);
    return 0;
  } catch (const Refusal& refusal) {
    return wire_number(refusal.code());
  }
}

TEST(Query, ComparesStringsNumbersAndBooleansByTheirText) {
  const json volume = {{"name", "v1"}, {"state", 1}, {"readOnly", false}};
  EXPECT_TRUE(matches("name EQ v1", volume));
  EXPECT_TRUE(matches("name==v1", volume));
  EXPECT_TRUE(matches("state EQ 1", volume));
  EXPECT_TRUE(matches("readOnly EQ false", volume));
  EXPECT_FALSE(matches("name EQ V1", volume));
  EXPECT_FALSE(matches("state EQ 11", volume));
}

TEST(Query, TakesOperatorsInEitherCaseAndToleratesBlanks) {
  EXPECT_TRUE(matches("  name eq v1   or name Eq v2 ", {{"name", "v2"}}));
  EXPECT_TRUE(matches("name like v* and state eq 1", {{"name", "v2"}, {"state", 1}}));
}

TEST(Query, BindsAndTighterThanOr) {
  EXPECT_TRUE(matches("name EQ a OR name EQ b AND state EQ 2", {{"name", "a"}, {"state", 1}}));
  EXPECT_FALSE(matches("(name EQ a OR name EQ b) AND state EQ 2", {{"name", "a"}, {"state", 1}}));
}

TEST(Query, LikeTakesAListOfPatterns) {
  EXPECT_TRUE(matches("name LIKE a*,dcv-*", {{"name", "dcv-v1"}}));
  EXPECT_TRUE(matches("name LIKE *v1", {{"name", "dcv-v1"}}));
  EXPECT_TRUE(matches("name LIKE d*v*1", {{"name", "dcv-v1"}}));
  EXPECT_FALSE(matches("name LIKE a*,b*", {{"name", "dcv-v1"}}));
  EXPECT_FALSE(matches("name LIKE dcv", {{"name", "dcv-v1"}}));
}

TEST(Query, MatchesHostPathsByIqn) {
  const json host = {{"FCPaths", json::array()},
                     {"iSCSIPaths", {{{"name", "iqn.2026-01.org:a"}}, {{"name", "iqn.2026-01.org:b"}}}}};
  EXPECT_TRUE(
      matches("FCPaths[wwn==10000000C9000001 OR wwn==10000000C9000002] OR iSCSIPaths[name==iqn.2026-01.org:b]", host));
  EXPECT_FALSE(matches("iSCSIPaths[name EQ iqn.2026-01.org:c]", host));
}

TEST(Query, MatchesWwnsInAnySpelling) {
  EXPECT_TRUE(matches("FCPaths[wwn EQ 10:00:00:00:c9:00:00:01]", {{"FCPaths", {{{"wwn", "10000000C9000001"}}}}}));
  EXPECT_TRUE(matches("wwn EQ 60002ac0", {{"wwn", "60002AC0"}}));
}

TEST(Query, DoesNotMatchAnAbsentMember) {
  EXPECT_FALSE(matches("copyOf EQ v1", {{"name", "v1"}}));
  EXPECT_FALSE(matches("copyOf NE v1", {{"name", "v1"}}));
  EXPECT_TRUE(matches("name NE v1", {{"name", "v2"}}));
}

TEST(Query, RefusesWhatIsNotInTheLanguage) {
  const int refused = wire_number(Code::invalid_query_string);
  for (const char* text : {"", "name EQ v1", "\"\"", "\"name\"", "\"name EQ\"", "\"name FOO v1\"", "\"nix EQ v1\"",
                           "\"(name EQ v1\"", "\"name EQ v1)\"", "\"name EQ v1 name EQ v2\"", "\"FCPaths[name EQ v1]\"",
                           "\"FCPaths EQ x\"", "\"FCPaths[wwn EQ x\"", "\"wwn[wwn EQ x]\""})
    EXPECT_EQ(refusal_of(text), refused) << text;
}

TEST(Query, RefusesEndlessNesting) {
  EXPECT_NE(refusal_of("\"" + std::string(100000, '(') + "\""), 0);
}

TEST(Query, KnowsWhatItDemands) {
  EXPECT_EQ(Query("\"name EQ v1 AND state EQ 1\"", kFields).demanded("name"), "v1");
  EXPECT_EQ(Query("\"name EQ v1 OR state EQ 1\"", kFields).demanded("name"), std::nullopt);
  EXPECT_EQ(Query("\"name LIKE v1\"", kFields).demanded("name"), std::nullopt);
}

}  // namespace
}  // namespace hpe3par::sim
