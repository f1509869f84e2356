#include "hpe3par/admin/admin_api.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "hpe3par/volumes/volume_service.h"

namespace hpe3par::admin {
namespace {

HttpResponse ask(const std::string& method, const std::string& path) {
  const auto service = volumes::make_refusing_service("hpe.conf:3: unknown key x");
  HttpRequest request;
  request.method = method;
  request.path = path;
  return AdminApi(*service, "1.2.3").handle(request);
}

TEST(AdminApi, TellsTheStatusAlsoWithoutAUsableConfiguration) {
  const HttpResponse response = ask("GET", "/v1/status");
  EXPECT_EQ(response.status, 200);
  const auto body = nlohmann::json::parse(response.body);
  EXPECT_EQ(body["version"], "1.2.3");
  EXPECT_EQ(body["reason"], "hpe.conf:3: unknown key x");
}

TEST(AdminApi, TellsTheStatusOfAReasonThatIsNoUtf8) {
  const auto service = volumes::make_refusing_service(
      "gr\xF6\xDF"
      "e.conf:3: unknown key x");
  HttpRequest request;
  request.method = "GET";
  request.path = "/v1/status";
  const HttpResponse response = AdminApi(*service, "1.2.3").handle(request);
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(response.body.find("e.conf:3: unknown key x"), std::string::npos);
  EXPECT_EQ(ask("GET", "/\xF6").status, 404);
}

TEST(AdminApi, RefusesOtherPathsAndVerbsWithASentence) {
  EXPECT_EQ(ask("GET", "/v2/status").status, 404);
  EXPECT_EQ(ask("POST", "/v1/status").status, 405);
  EXPECT_NE(ask("GET", "/").body.find("try /v1/status"), std::string::npos);
}

}  // namespace
}  // namespace hpe3par::admin
