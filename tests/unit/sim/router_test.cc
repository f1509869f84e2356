#include "router.h"

#include <gtest/gtest.h>

namespace hpe3par::sim {
namespace {

std::string route_of(const std::string& method, const std::string& path) {
  return find_destination(method, path).route;
}

TEST(Router, ReplacesNamesInRoutes) {
  EXPECT_EQ(route_of("GET", "/api/v1/volumes/dcv-v1"), "/api/v1/volumes/{name}");
  EXPECT_EQ(route_of("DELETE", "/api/v1/vluns/v1,0,h1,0:2:1"), "/api/v1/vluns/{id}");
  EXPECT_EQ(route_of("PUT", "/api/v1/volumes/v1/objectKeyValues/k"), "/api/v1/volumes/{name}/objectKeyValues/{key}");
  EXPECT_EQ(route_of("DELETE", "/api/v1/credentials/1-abc"), "/api/v1/credentials/{key}");
}

TEST(Router, StripsQueriesAndATrailingSlash) {
  EXPECT_EQ(route_of("GET", "/api/v1/volumes?query=%22name%20EQ%20a/b%22"), "/api/v1/volumes");
  EXPECT_EQ(route_of("GET", "/api/v1/volumes/?query=x"), "/api/v1/volumes");
  EXPECT_EQ(route_of("GET", "/api"), "/api");
}

TEST(Router, DecodesNamesAfterSplitting) {
  const Destination destination = find_destination("GET", "/api/v1/volumesets/a%2Fb%20c");
  ASSERT_EQ(destination.names.size(), 1U);
  EXPECT_EQ(destination.names.front(), "a/b c");
}

TEST(Router, TellsAnUnknownPathFromAnUnknownMethod) {
  EXPECT_FALSE(find_destination("GET", "/api/v1/systemreporter").known);
  EXPECT_EQ(route_of("GET", "/api/v1/nix/x"), "/api/v1/nix/x");
  const Destination destination = find_destination("PUT", "/api/v1/volumes");
  EXPECT_TRUE(destination.known);
  EXPECT_EQ(destination.operation, nullptr);
  EXPECT_FALSE(find_destination("GET", "/api/v1/volumes//objectKeyValues").known);
}

}  // namespace
}  // namespace hpe3par::sim
