#include "member_splitter.h"

#include <gtest/gtest.h>

#include <vector>

namespace hpe3par::wsapi {
namespace {

struct Outcome {
  std::vector<std::string> members;
  std::string problem;
};

Outcome split(const std::string& text, std::size_t piece) {
  Outcome outcome;
  MemberSplitter splitter([&](std::string_view member) {
    outcome.members.emplace_back(member);
    return std::string();
  });
  for (std::size_t at = 0; at < text.size(); at += piece) splitter.feed(std::string_view(text).substr(at, piece));
  outcome.problem = splitter.finish();
  return outcome;
}

struct Case {
  const char* name;
  std::string text;
  std::vector<std::string> members;
  std::string problem;  // part of it; empty: none
};

class Collections : public testing::TestWithParam<Case> {};

TEST_P(Collections, AreCutTheSameInAnyPieces) {
  const Case& c = GetParam();
  for (const std::size_t piece : {c.text.size() + 1, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    const Outcome outcome = split(c.text, piece);
    EXPECT_EQ(outcome.members, c.members) << "pieces of " << piece;
    if (c.problem.empty()) {
      EXPECT_EQ(outcome.problem, "");
    } else {
      EXPECT_NE(outcome.problem.find(c.problem), std::string::npos) << outcome.problem;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Collections,
    testing::Values(
        Case{"Empty", R"({"total":0,"members":[]})", {}, ""}, Case{"TotalZeroWithoutMembers", R"({"total":0})", {}, ""},
        Case{"Two", R"({"total":2,"members":[{"a":1},{"b":2}]})", {R"({"a":1})", R"({"b":2})"}, ""},
        Case{"MembersFirst", R"({"members":[{"a":1}],"total":1})", {R"({"a":1})"}, ""},
        Case{"Blanks", " {\n \"total\" : 1 ,\r\n \"members\" :\t[ { \"a\" : 1 } ] } \n", {R"({ "a" : 1 })"}, ""},
        Case{"BracketsInStrings", R"({"total":1,"members":[{"a":"}]{[\"\\"}]})", {R"({"a":"}]{[\"\\"})"}, ""},
        Case{"NestedMembers", R"({"total":1,"members":[{"members":[{"x":[]}]}]})", {R"({"members":[{"x":[]}]})"}, ""},
        Case{"MembersAsValueBefore", R"({"what":"members","x":[1],"total":1,"members":[{}]})", {"{}"}, ""},
        Case{"NestedMembersInEnvelope", R"({"x":{"members":[1,2]},"total":0,"members":[]})", {}, ""},
        Case{"NoTotal", R"({"members":[{}]})", {"{}"}, ""},
        Case{"TotalTooBig", R"({"total":3,"members":[{}]})", {"{}"}, "announces 3 members and has 1"},
        Case{"TotalTooSmall", R"({"total":0,"members":[{}]})", {"{}"}, "announces 0 members and has 1"},
        Case{"NoMembers", R"({"total":3})", {}, "has no \"members\""},
        Case{"AnotherObject", R"({"key":"value"})", {}, "has no \"members\""},
        Case{"CutInMember", R"({"total":2,"members":[{"a":1},{"b")", {R"({"a":1})"}, "cut after 1 members"},
        Case{"CutBetween", R"({"total":2,"members":[{"a":1},)", {R"({"a":1})"}, "cut after 1 members"},
        Case{"CutInEnvelope", R"({"total":2,"memb)", {}, "cut after 0 members"}, Case{"NoBody", "", {}, "is empty"},
        Case{"Html", "<html><body>Service unavailable</body></html>", {}, "is not a JSON object"},
        Case{"List", "[1,2]", {}, "is not a JSON object"},
        Case{"Scalars", R"({"total":1,"members":[1]})", {}, "something else than objects"},
        Case{"MissingComma", R"({"total":2,"members":[{} {}]})", {"{}"}, "something else than objects"},
        Case{"TrailingComma", R"({"total":1,"members":[{},]})", {"{}"}, "something else than objects"},
        Case{"ErrorAfterMember",
             R"({"total":3,"members":[{"a":1},"success":false,"message":{"code":1,"desc":"internal server error"}})",
             {R"({"a":1})"},
             "the array broke off: internal server error (code 1)"},
        Case{"ErrorAfterMembers",
             R"({"total":1,"members":[{"a":1}],"success":false,"message":{"code":29,"desc":"other"}})",
             {R"({"a":1})"},
             "the array broke off: other (code 29)"},
        Case{"ErrorInsideMember",
             R"({"total":3,"members":[{"a":1},{"b":2,"success":false,"message":{"code":1,"desc":"oops"})",
             {R"({"a":1})"},
             "the array broke off: oops (code 1)"},
        Case{"ErrorAfterTheEnd",
             R"({"total":0,"members":[]},"success":false,"message":{"code":7,"desc":"late"})",
             {},
             "the array broke off: late (code 7)"},
        Case{"Tail", R"({"total":0,"members":[]} and more)", {}, "is not JSON"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(MemberSplitter, ForgetsEverythingAtRestart) {
  std::vector<std::string> members;
  MemberSplitter splitter([&](std::string_view member) {
    members.emplace_back(member);
    return std::string();
  });
  splitter.feed(R"({"total":9,"members":[{"a":1},{"b)");
  splitter.restart();
  splitter.feed(R"({"total":1,"members":[{"c":3}]})");
  EXPECT_EQ(splitter.finish(), "");
  EXPECT_EQ(members, (std::vector<std::string>{R"({"a":1})", R"({"c":3})"}));
}

TEST(MemberSplitter, StopsAtAMemberThatIsNotUnderstood) {
  MemberSplitter splitter([](std::string_view) { return std::string("is bad"); });
  splitter.feed(R"({"total":2,"members":[{},{}]})");
  EXPECT_EQ(splitter.finish(), "is bad");
  EXPECT_EQ(splitter.count(), 1U);
}

TEST(MemberSplitter, RefusesAMemberOfMoreThanAMebibyte) {
  MemberSplitter splitter([](std::string_view) { return std::string(); });
  splitter.feed(R"({"members":[{"a":")" + std::string(2'000'000, 'x'));
  EXPECT_EQ(splitter.finish(), "has a member that is too long");
}

TEST(MemberSplitter, RefusesAnEndlessEnvelopeEarly) {
  MemberSplitter splitter([](std::string_view) { return std::string(); });
  EXPECT_FALSE(splitter.feed("{\"a\":\"" + std::string(100'000, 'x')));
}

}  // namespace
}  // namespace hpe3par::wsapi
