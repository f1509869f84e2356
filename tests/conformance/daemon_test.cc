#include <gtest/gtest.h>

#include "rig.h"

namespace hpe3par::test {
namespace {

using Ids = std::vector<std::string>;

/// Runs the cases and accepts nothing but success, except for those that docs/conformance.md says do not apply.
void expect_conformance(const std::string& cases, std::size_t count, const Ids& not_applicable = {},
                        const std::string& outage = "down") {
  Rig rig;
  const Report report = rig.run(cases, outage);
  EXPECT_EQ(report.result.status, ExitStatus{0}) << report.result.output << report.result.errors;
  EXPECT_EQ(report.with("FAILED"), Ids{}) << report.result.output;
  EXPECT_EQ(report.with("not run"), not_applicable) << report.result.output;
  EXPECT_EQ(report.outcomes.size(), count) << report.result.output;
  // A note means that part of a case was left out.
  for (const auto& [id, text] : report.texts) {
    const bool whole = report.outcomes.at(id) != "ok" || text.find("needs --") == std::string::npos;
    EXPECT_TRUE(whole) << id << " " << text;
  }
}

TEST(Daemon, PassesTheHandshake) {
  expect_conformance("C01,C02,C03,C04,C05,C06,C07,C08", 8);
}

TEST(Daemon, PassesBadInput) {
  expect_conformance("C09,C10,C11,C12,C13,C14,C15", 7);
}

TEST(Daemon, PassesCreateGetAndList) {
  expect_conformance("C16,C17,C18,C19,C20,C21,C22,C23,C24", 9);
}

TEST(Daemon, PassesMountAndUnmount) {
  expect_conformance("C25,C26,C27,C28,C29,C32,C35,C37", 8);
}

TEST(Daemon, PassesMountsThatAreHeldOrBroken) {
  expect_conformance("C30,C31,C33,C34,C36,C38,C39", 7);
}

// C44: there are no snapshots in this version.
TEST(Daemon, PassesRemove) {
  expect_conformance("C40,C41,C42,C43,C44", 5, {"C44"});
}

TEST(Daemon, PassesFailureAndTime) {
  expect_conformance("C45,C46,C47,C48", 4);
}

// The rest takes minutes with such an array.
TEST(Daemon, AnswersCapabilitiesWhileItsArrayHangs) {
  expect_conformance("C02", 1, {}, "hang");
}

TEST(Daemon, PassesTexts) {
  expect_conformance("C24,C49,C50", 3);
}

}  // namespace
}  // namespace hpe3par::test
