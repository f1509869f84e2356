#include "validate.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "errors.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

constexpr MemberRule kRules[] = {
    {.name = "name", .type = MemberType::string, .required = true, .max_length = 5, .letters = Letters::name},
    {.name = "size", .type = MemberType::integer, .min = 1, .max = 10},
    {.name = "kind", .type = MemberType::integer, .enumeration = true, .min = 1, .max = 2},
    {.name = "flag", .type = MemberType::boolean},
    {.name = "note", .type = MemberType::string, .max_length = 3},
    {.name = "members", .type = MemberType::strings, .max_length = 5, .letters = Letters::name}};

std::string refusal_of(json body) {
  try {
    check_members(body, kRules);
    return "";
  } catch (const Refusal& refusal) {
    return std::to_string(wire_number(refusal.code())) + " " + refusal.ref();
  }
}

TEST(Validate, AcceptsWhatTheRulesAllow) {
  EXPECT_EQ(
      refusal_of({{"name", "a.b_c"}, {"size", 10}, {"kind", 2}, {"flag", true}, {"note", ""}, {"members", {"a", "b"}}}),
      "");
}

TEST(Validate, TreatsNullAsAbsent) {
  json body = {{"name", "a"}, {"size", nullptr}};
  check_members(body, kRules);
  EXPECT_FALSE(body.contains("size"));
  EXPECT_EQ(refusal_of({{"name", nullptr}}), "40 name");
}

TEST(Validate, RefusesUnknownMembersByName) {
  EXPECT_EQ(refusal_of({{"name", "a"}, {"foo", 1}}), "12 foo");
}

TEST(Validate, RefusesAMissingMember) {
  EXPECT_EQ(refusal_of(json::object()), "40 name");
}

TEST(Validate, RefusesWrongTypes) {
  EXPECT_EQ(refusal_of({{"name", 1}}), "39 name");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"size", "1"}}), "39 size");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"size", 1.5}}), "39 size");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"flag", 1}}), "39 flag");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"members", {"a", 1}}}), "39 members");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"members", "a"}}), "39 members");
}

TEST(Validate, RefusesNumbersOutOfRange) {
  EXPECT_EQ(refusal_of({{"name", "a"}, {"size", 0}}), "115 size");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"size", 11}}), "43 size");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"size", 18446744073709551615ULL}}), "43 size");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"kind", 3}}), "46 kind");
}

TEST(Validate, NeverLetsALargeNumberWrap) {
  constexpr MemberRule kAny[] = {{.name = "n", .type = MemberType::integer, .min = 1}};
  json body = {{"n", 9223372036854775808ULL}};
  check_members(body, kAny);
  EXPECT_EQ(body.at("n").get<std::int64_t>(), std::numeric_limits<std::int64_t>::max());
}

TEST(Validate, TellsWhatCanBeNoNameFromWhatIsNotThere) {
  const auto code_for = [](const char* name) {
    try {
      refuse_name(name, Code::non_existent_host);
    } catch (const Refusal& refusal) {
      return refusal.code();
    }
  };
  EXPECT_EQ(code_for("B&d"), Code::illegal_character);
  EXPECT_EQ(code_for("none"), Code::non_existent_host);
  EXPECT_EQ(code_for("set:none"), Code::non_existent_host);
}

TEST(Validate, RefusesBadStrings) {
  EXPECT_EQ(refusal_of({{"name", ""}}), "45 name");
  EXPECT_EQ(refusal_of({{"name", "abcdef"}}), "57 name");
  EXPECT_EQ(refusal_of({{"name", "a b"}}), "69 name");
  EXPECT_EQ(refusal_of({{"name", "-a"}}), "69 name");
  EXPECT_EQ(refusal_of({{"name", ".."}}), "69 name");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"note", "long"}}), "57 note");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"note", "\n"}}), "69 note");
  EXPECT_EQ(refusal_of({{"name", "a"}, {"members", {"a/b"}}}), "69 members");
}

}  // namespace
}  // namespace hpe3par::sim
