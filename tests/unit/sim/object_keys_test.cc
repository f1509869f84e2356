#include "object_keys.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

class ObjectKeysTest : public ModelTest {
 protected:
  ObjectKeysTest() { add_volume("v1"); }
};

TEST_F(ObjectKeysTest, AreCreatedOnce) {
  const Answer answer = ask("POST", "volumes/v1/objectKeyValues", {{"key", "k"}, {"value", "a"}});
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.location, "/api/v1/volumes/v1/objectKeyValues/k");
  EXPECT_EQ(refusal("POST", "volumes/v1/objectKeyValues", {{"key", "k"}, {"value", "b"}}), "181 key");
  EXPECT_EQ(get("volumes/v1/objectKeyValues/k").at("value"), "a");
}

TEST_F(ObjectKeysTest, AreChangedListedAndDeleted) {
  ask("POST", "volumes/v1/objectKeyValues", {{"key", "k"}, {"value", "a"}});
  ask("PUT", "volumes/v1/objectKeyValues/k", {{"value", "b"}});
  EXPECT_EQ(members("volumes/v1/objectKeyValues").at(0).at("value"), "b");
  ask("DELETE", "volumes/v1/objectKeyValues/k");
  EXPECT_EQ(members("volumes/v1/objectKeyValues").size(), 0U);
  for (const char* method : {"GET", "DELETE"}) EXPECT_EQ(refusal(method, "volumes/v1/objectKeyValues/k"), "180");
  EXPECT_EQ(refusal("PUT", "volumes/v1/objectKeyValues/k", {{"value", "b"}}), "180");
}

TEST_F(ObjectKeysTest, RefuseUnknownVolumesAndBadKeys) {
  EXPECT_EQ(refusal("GET", "volumes/nix/objectKeyValues"), "23");
  EXPECT_EQ(refusal("POST", "volumes/v1/objectKeyValues", {{"key", "a&b"}, {"value", "x"}}), "69 key");
  EXPECT_EQ(refusal("POST", "volumes/v1/objectKeyValues", {{"key", std::string(257, 'k')}, {"value", "x"}}), "57 key");
  EXPECT_EQ(refusal("POST", "volumes/v1/objectKeyValues", {{"key", "k"}}), "40 value");
}

TEST_F(ObjectKeysTest, CanBeGivenWithANewVolume) {
  ask("POST", "volumes",
      {{"name", "v2"}, {"cpg", "cpg1"}, {"sizeMiB", 256}, {"objectKeyValues", {{{"key", "k"}, {"value", "a"}}}}});
  EXPECT_EQ(get("volumes/v2/objectKeyValues/k").at("value"), "a");
  EXPECT_EQ(all_object_keys(model_).at(0).at("volume"), "v2");
}

}  // namespace
}  // namespace hpe3par::sim
