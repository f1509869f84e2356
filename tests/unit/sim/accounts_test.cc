#include "accounts.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace hpe3par::sim {
namespace {

TEST(Accounts, CountByMethodAndRoute) {
  Accounts accounts;
  for (int i = 0; i < 2; ++i) const Accounts::Visit visit(accounts, "GET", "/api/v1/volumes");
  { const Accounts::Visit visit(accounts, "POST", "/api/v1/volumes"); }
  const nlohmann::json report = accounts.report();
  EXPECT_EQ(report.at("total"), 3);
  EXPECT_EQ(report.at("requests"), nlohmann::json::parse(R"([{"method":"GET","route":"/api/v1/volumes","count":2},
                                      {"method":"POST","route":"/api/v1/volumes","count":1}])"));
}

TEST(Accounts, RememberHowManyWereInsideAtOnce) {
  Accounts accounts;
  {
    const Accounts::Visit first(accounts, "GET", "/a");
    const Accounts::Visit second(accounts, "GET", "/a");
  }
  { const Accounts::Visit third(accounts, "GET", "/a"); }
  EXPECT_EQ(accounts.report().at("concurrency_peak"), 2);
}

TEST(Accounts, KeepWhoIsInsideWhenReset) {
  Accounts accounts;
  const Accounts::Visit visit(accounts, "GET", "/a");
  accounts.reset();
  EXPECT_EQ(accounts.report().at("total"), 0);
  EXPECT_EQ(accounts.report().at("concurrency_peak"), 1);
}

}  // namespace
}  // namespace hpe3par::sim
