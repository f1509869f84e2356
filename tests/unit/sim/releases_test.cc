#include "releases.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class ReleasesTest : public ModelTest {
 protected:
  json body(const json& more) {
    json result = {{"name", "v" + std::to_string(++count_)}, {"cpg", "cpg1"}, {"sizeMiB", 16384}};
    result.update(more);
    return result;
  }

  int count_ = 0;
};

TEST_F(ReleasesTest, TellTheirVersion) {
  EXPECT_EQ(get("system").at("systemVersion"), "3.3.1.215");
  model_.behaviour.build = 30202290;
  EXPECT_EQ(get("system").at("systemVersion"), "3.2.2.290");
  EXPECT_STREQ(release_of(30202290).version, "1.5.0");
  EXPECT_STREQ(release_of(30202289).version, "1.4.0");
  EXPECT_STREQ(release_of(100500043).version, "1.15.0");
  model_.behaviour.system_version = "3.2.2.612";
  EXPECT_EQ(get("system").at("systemVersion"), "3.2.2.612");
}

TEST_F(ReleasesTest, RefuseMembersThatCameLater) {
  model_.behaviour.build = 30202290;
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"compression", true}})), "12 compression");
  EXPECT_EQ(refusal("POST", "volumes", body({{"tdvv", true}})), "");
  model_.behaviour.build = 30201100;
  EXPECT_EQ(refusal("POST", "volumes", body({{"tdvv", true}})), "12 tdvv");
  model_.behaviour.build = 40200000;
  EXPECT_EQ(refusal("POST", "volumes", body({{"tdvv", true}})), "12 tdvv");
  EXPECT_EQ(refusal("POST", "volumes", body(json::object())), "78 tpvv,reduce");
  EXPECT_EQ(refusal("POST", "volumes", body({{"reduce", true}, {"snapCPG", "cpg1"}})), "");
  model_.behaviour.build = 100000000;
  EXPECT_EQ(refusal("POST", "volumes", body({{"reduce", true}, {"snapCPG", "cpg1"}})), "12 snapCPG");
}

TEST_F(ReleasesTest, ShowStatesOnceTheyKnowThem) {
  ask("POST", "volumes", body({{"tpvv", true}, {"compression", true}}));
  const json now = get("volumes/v1");
  EXPECT_EQ(now.at("compressionState"), 1);
  EXPECT_EQ(now.at("deduplicationState"), 2);
  model_.behaviour.build = 30202290;
  EXPECT_FALSE(get("volumes/v1").contains("compressionState"));
  EXPECT_TRUE(get("volumes/v1").contains("deduplicationState"));
}

TEST_F(ReleasesTest, AllowLikeFromTheSameOneOnAsCompression) {
  EXPECT_EQ(members("volumes", "\"name LIKE v*\"").size(), 0U);
  model_.behaviour.build = 30202290;
  EXPECT_EQ(members("volumes", "\"name EQ v1\"").size(), 0U);
  try {
    members("volumes", "\"name LIKE v*\"");
    FAIL();
  } catch (const Refusal& refused) {
    EXPECT_EQ(refused.code(), Code::invalid_query_string);
  }
}

TEST_F(ReleasesTest, DemandALicenceForCompression) {
  const std::string unlicensed = std::to_string(wire_number(Code::unlicensed_feature));
  model_.behaviour.licences = {"Remote Copy"};
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"compression", true}})), unlicensed);
  EXPECT_EQ(status_of(Code::unlicensed_feature), 403);
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"compression", false}})), "");
  for (const char* enough : {"Compression", "All-inclusive Golden License"}) {
    model_.behaviour.licences = {enough};
    EXPECT_EQ(refusal("POST", "volumes", body({{"tdvv", true}, {"compression", true}})), "") << enough;
  }
  EXPECT_EQ(get("system").at("licenseInfo").at("licenses"),
            json::parse(R"([{"name":"All-inclusive Golden License"}])"));
}

TEST_F(ReleasesTest, CompressOnlyLargeThinVolumes) {
  EXPECT_EQ(refusal("POST", "volumes", body({{"tpvv", true}, {"compression", true}, {"sizeMiB", 16128}})),
            "115 sizeMiB");
  EXPECT_EQ(refusal("POST", "volumes", body({{"compression", true}})), "12 compression");
}

}  // namespace
}  // namespace hpe3par::sim
