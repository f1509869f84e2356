#include "json_fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hpe3par::wsapi {
namespace {

nlohmann::json json(const char* text) {
  return *parse_json(text);
}

TEST(JsonFields, TakesWhatIsThere) {
  const auto value = json(R"({"s":"x","n":12,"f":20054016.0,"b":true,"o":{"k":1},"l":[{"k":2},{"k":3}],"null":null})");
  Fields fields(value, "thing");
  EXPECT_EQ(fields.text("s"), "x");
  EXPECT_EQ(fields.number("n"), 12);
  EXPECT_EQ(fields.number("f"), 20054016);
  EXPECT_TRUE(fields.flag_or("b", false));
  EXPECT_EQ(fields.optional_text("null"), std::nullopt);
  EXPECT_EQ(fields.number_or("absent", 7), 7);
  std::int64_t sum = 0;
  fields.object("o", [&](Fields& o) { sum += o.number("k"); });
  fields.each("l", [&](Fields& e) { sum += e.number("k"); });
  EXPECT_EQ(sum, 6);
  EXPECT_EQ(fields.problem(), "");
}

TEST(JsonFields, NamesTheFirstOffendingMember) {
  const auto value = json(R"({"name":5,"size":"x"})");
  Fields fields(value, "volume");
  EXPECT_EQ(fields.text("name"), "");
  fields.number("size");
  EXPECT_EQ(fields.problem(), "member \"name\" of volume is not a string");
}

TEST(JsonFields, ComplainsAboutEveryWrongShape) {
  const auto value = json(R"({"s":"","f":1.5,"big":1e300,"u":18446744073709551615,"o":[],"l":{},"b":1})");
  const auto problem = [&](const std::function<void(Fields&)>& read) {
    Fields fields(value, "thing");
    read(fields);
    return fields.problem();
  };
  EXPECT_NE(problem([](Fields& f) { f.text("s"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.text("absent"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.number("absent"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.number("f"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.number("big"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.number("u"); }), "");
  EXPECT_NE(problem([](Fields& f) { f.flag_or("b", true); }), "");
  EXPECT_NE(problem([](Fields& f) { f.each("l", [](Fields&) {}); }), "");
  EXPECT_NE(problem([](Fields& f) { f.object("o", [](Fields&) {}); }), "");
  EXPECT_NE(Fields(json("[1]"), "thing").problem(), "");
}

TEST(JsonFields, SurvivesBytesThatAreNotUtf8) {
  const auto value = parse_json("{\"comment\":\"caf\xe9\"}");
  ASSERT_TRUE(value);
  EXPECT_EQ((*value)["comment"], "caf?");
  EXPECT_FALSE(parse_json("{\"cut"));
  EXPECT_FALSE(parse_json(""));
}

}  // namespace
}  // namespace hpe3par::wsapi
