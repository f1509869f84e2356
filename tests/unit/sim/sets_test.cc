#include "sets.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class SetsTest : public ModelTest {
 protected:
  SetsTest() {
    add_volume("v1");
    add_volume("v2");
  }
};

TEST_F(SetsTest, OmitMembersWhenEmpty) {
  EXPECT_EQ(ask("POST", "volumesets", {{"name", "s1"}, {"comment", "c"}}).location, "/api/v1/volumesets/s1");
  EXPECT_FALSE(get("volumesets/s1").contains("setmembers"));
  EXPECT_EQ(get("volumesets/s1").at("comment"), "c");
  EXPECT_EQ(get("volumesets/s1").at("qosEnabled"), false);
}

TEST_F(SetsTest, AddAndRemoveMembers) {
  ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  ask("PUT", "volumesets/s1", {{"action", 1}, {"setmembers", {"v2"}}});
  EXPECT_EQ(get("volumesets/s1").at("setmembers"), json({"v1", "v2"}));
  ask("PUT", "volumesets/s1", {{"action", 2}, {"setmembers", {"v1", "v2"}}});
  EXPECT_FALSE(get("volumesets/s1").contains("setmembers"));
}

TEST_F(SetsTest, AreUnchangedByARefusedChange) {
  ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"action", 1}, {"setmembers", {"v2", "nix"}}}), "23 setmembers");
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"action", 1}, {"setmembers", {"v1"}}}),
            std::to_string(wire_number(Code::member_in_set)) + " setmembers");
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"action", 2}, {"setmembers", {"v2"}}}),
            std::to_string(wire_number(Code::member_not_in_set)) + " setmembers");
  EXPECT_EQ(get("volumesets/s1").at("setmembers"), json({"v1"}));
}

TEST_F(SetsTest, AreCreatedOnceAndFoundByName) {
  ask("POST", "volumesets", {{"name", "s1"}});
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", "s1"}}), "101 name");
  EXPECT_EQ(refusal("GET", "volumesets/nix"), "102");
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", std::string(28, 's')}}), "57 name");
  EXPECT_EQ(refusal("POST", "volumesets", {{"name", "s2"}, {"domain", "nix"}}), "38 domain");
  EXPECT_EQ(members("volumesets", "\"name EQ s1\"").size(), 1U);
}

TEST_F(SetsTest, AreRenamedSoThatALockCanBeTakenOver) {
  ask("POST", "volumesets", {{"name", "s1"}});
  EXPECT_EQ(ask("PUT", "volumesets/s1", {{"newName", "s2"}}).location, "/api/v1/volumesets/s2");
  EXPECT_EQ(refusal("PUT", "volumesets/s1", {{"newName", "s3"}}), "102");
  EXPECT_EQ(refusal("PUT", "volumesets/s2", {{"newName", "s3"}, {"action", 1}, {"setmembers", {"v1"}}}),
            "44 action,newName");
  ask("PUT", "volumesets/s2", {{"flashCachePolicy", 1}, {"comment", "new"}});
  EXPECT_EQ(get("volumesets/s2").at("flashCachePolicy"), 1);
  ask("DELETE", "volumesets/s2");
  EXPECT_EQ(refusal("DELETE", "volumesets/s2"), "102");
}

TEST_F(SetsTest, OfHostsShareTheRules) {
  add_host("h1", "iqn.1994-05.com.redhat:h1");
  EXPECT_EQ(ask("POST", "hostsets", {{"name", "hs"}, {"setmembers", {"h1"}}}).location, "/api/v1/hostsets/hs");
  EXPECT_EQ(refusal("PUT", "hostsets/hs", {{"action", 1}, {"setmembers", {"nix"}}}), "17 setmembers");
  EXPECT_EQ(refusal("DELETE", "hosts/h1"), "77");
  ask("DELETE", "hostsets/hs");
  EXPECT_EQ(refusal("DELETE", "hosts/h1"), "");
}

TEST_F(SetsTest, AreLookedUpAfterTheBodyIsChecked) {
  EXPECT_EQ(refusal("PUT", "volumesets/none", {{"newName", "a"}, {"action", 1}}), "44 action,newName");
  EXPECT_EQ(refusal("PUT", "hostsets/none", {{"foo", 1}}), "12 foo");
  EXPECT_EQ(refusal("PUT", "hostsets/none", {{"newName", "a"}}), "102");
}

TEST_F(SetsTest, AreFoundByAMember) {
  ask("POST", "volumesets", {{"name", "s1"}, {"setmembers", {"v1"}}});
  ask("POST", "volumesets", {{"name", "s2"}});
  const json found = members("volumesets", "\"setmembers EQ v1\"");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.at(0).at("name"), "s1");
}

}  // namespace
}  // namespace hpe3par::sim
