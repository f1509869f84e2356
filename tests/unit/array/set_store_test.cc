#include "scripted_array.h"

namespace hpe3par::array {
namespace {

using Lines = std::vector<std::string>;

constexpr const char* kWithV1 = R"({"id":1,"name":"gold","setmembers":["a","v1"],"qosEnabled":true})";
constexpr const char* kWithoutV1 = R"({"id":1,"name":"gold","setmembers":["a"],"qosEnabled":true})";

class SetStoreTest : public ScriptedArrayTest {
 protected:
  void then_changed() { then(200, "", "/api/v1/volumesets/gold"); }
};

TEST_F(SetStoreTest, ReadsASet) {
  then(200, R"({"id":1,"name":"gold","setmembers":["a"],"qosEnabled":true,"flashCachePolicy":1})");
  const auto set = array->find_set("gold", in());
  ASSERT_TRUE(set);
  EXPECT_EQ(set->members, (Lines{"a"}));
  EXPECT_TRUE(set->has_qos);
  EXPECT_TRUE(set->flash_cache);
  then(200, R"({"id":2,"name":"empty"})");
  EXPECT_TRUE(array->find_set("empty", in())->members.empty());
  then_error(404, 102);
  EXPECT_FALSE(array->find_set("none", in()));
}

TEST_F(SetStoreTest, ListsTheSetsOfAVolume) {
  then(200, std::string(R"({"total":2,"members":[)") + kWithV1 + R"(,{"id":2,"name":"other","setmembers":["a"]}]})");
  const auto sets = array->list_sets_of("v1", in());
  ASSERT_EQ(sets.size(), 1U);
  EXPECT_EQ(sets[0].name, "gold");
}

TEST_F(SetStoreTest, ANonsensicalListIsNoList) {
  transport->otherwise([](const auto&) {
    return ScriptedTransport::reply(200, R"({"total":1,"members":[{"id":1,"name":"gold","setmembers":"v1"}]})");
  });
  EXPECT_EQ(error_of([&] { array->list_sets_of("v1", in()); }).kind(), ErrorKind::unavailable);
}

TEST_F(SetStoreTest, TellsADisabledRuleFromNone) {
  then(200, R"({"id":1,"type":1,"name":"gold","enabled":true})");
  EXPECT_EQ(array->find_qos_rule("gold", in()), SetStore::QosRule::enabled);
  then(200, R"({"id":1,"type":1,"name":"gold","enabled":false})");
  EXPECT_EQ(array->find_qos_rule("gold", in()), SetStore::QosRule::disabled);
  then_error(404, 100);
  EXPECT_EQ(array->find_qos_rule("gold", in()), SetStore::QosRule::none);
  then_error(403, 13);
  EXPECT_EQ(error_of([&] { array->find_qos_rule("gold", in()); }).kind(), ErrorKind::permission_denied);
  EXPECT_EQ(transport->lines().back(), "GET /qos/vvset:gold");
}

TEST_F(SetStoreTest, LooksForAFlashCache) {
  then(200, R"({"mode":1,"sizeGiB":64})");
  EXPECT_TRUE(array->has_flash_cache(in()));
  then_error(404, 285);
  EXPECT_FALSE(array->has_flash_cache(in()));
  then_error(404, 11);
  EXPECT_FALSE(array->has_flash_cache(in())) << "it does not know what that is";
  then_error(403, 13);
  EXPECT_EQ(error_of([&] { array->has_flash_cache(in()); }).kind(), ErrorKind::permission_denied);
  EXPECT_EQ(transport->lines().back(), "GET /flashcache");
}

TEST_F(SetStoreTest, AddsWithOneRequest) {
  then_changed();
  array->add_to_set("gold", "v1", in());
  EXPECT_EQ(sent(), 1U);
  EXPECT_EQ(transport->calls().back().body, R"({"action":1,"setmembers":["v1"]})");
}

TEST_F(SetStoreTest, AddingAMemberIsSuccess) {
  then_error(409, 9001);
  then(200, kWithV1);
  array->add_to_set("gold", "v1", in());
}

TEST_F(SetStoreTest, AddingToNoSetIsAnError) {
  then_error(404, 102);
  EXPECT_EQ(error_of([&] { array->add_to_set("gold", "v1", in()); }).remote_code(), kNoSuchSet);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(SetStoreTest, ARefusalThatTheSetDoesNotExplainIsAnError) {
  then_error(409, 9001);
  then(200, kWithoutV1);
  EXPECT_EQ(error_of([&] { array->add_to_set("gold", "v1", in()); }).kind(), ErrorKind::failed_precondition);
}

TEST_F(SetStoreTest, ALostAnswerIsFollowedByALook) {
  then_lost();
  then(200, kWithV1);
  array->add_to_set("gold", "v1", in());
  EXPECT_EQ(sent(), 2U);

  then_lost();
  then(200, kWithoutV1);
  then_changed();
  array->add_to_set("gold", "v1", in());
  EXPECT_EQ(sent(), 5U);
}

TEST_F(SetStoreTest, TakingOutWhatIsNotInIsSuccess) {
  then_error(404, 9002);
  then(200, kWithoutV1);
  array->remove_from_set("gold", "v1", in());
  then_error(404, 102);
  array->remove_from_set("gold", "v1", in());
  then_changed();
  array->remove_from_set("gold", "v1", in());
  EXPECT_EQ(transport->calls().back().body, R"({"action":2,"setmembers":["v1"]})");
}

TEST_F(SetStoreTest, MakesAFlashCacheSetInTheDomainOfTheCpg) {
  then(200, R"({"id":1,"name":"cpg1","domain":"sales"})");
  then(201, "", "/api/v1/volumesets/vvs-1");
  then_changed();
  array->create_flash_cache_set("vvs-1", "v1", "cpg1", in());
  EXPECT_EQ(transport->calls()[2].body,
            R"({"comment":"flash cache of volume v1","domain":"sales","name":"vvs-1","setmembers":["v1"]})");
  EXPECT_EQ(transport->calls()[3].body, R"({"flashCachePolicy":1})");

  then(201, "", "/api/v1/volumesets/vvs-2");
  then_changed();
  array->create_flash_cache_set("vvs-2", "v2", "cpg1", in());
  EXPECT_EQ(sent(), 5U) << "the domain is remembered";
}

TEST_F(SetStoreTest, CompletesItsSetAfterALostAnswer) {
  then(200, R"({"id":1,"name":"cpg1"})");
  then_lost();
  then(200, R"({"id":5,"name":"vvs-1","setmembers":["v1"]})");
  then_changed();
  array->create_flash_cache_set("vvs-1", "v1", "cpg1", in());
  EXPECT_EQ(sent(), 4U);
}

TEST_F(SetStoreTest, LooksWhetherFlashCacheWasSwitchedOn) {
  then(200, R"({"id":1,"name":"cpg1"})");
  then(201, "", "/api/v1/volumesets/vvs-1");
  then(200, "");  // confirms nothing
  then(200, R"({"id":5,"name":"vvs-1","setmembers":["v1"]})");
  then_lost();
  then(200, R"({"id":5,"name":"vvs-1","setmembers":["v1"],"flashCachePolicy":1})");
  array->create_flash_cache_set("vvs-1", "v1", "cpg1", in());
  EXPECT_EQ(sent(), 6U);
}

TEST_F(SetStoreTest, DoesNotTakeASetOfOthers) {
  then(200, R"({"id":1,"name":"cpg1"})");
  then_error(409, 101);
  then(200, R"({"id":5,"name":"vvs-1","setmembers":["else"]})");
  EXPECT_EQ(error_of([&] { array->create_flash_cache_set("vvs-1", "v1", "cpg1", in()); }).kind(),
            ErrorKind::already_exists);
}

TEST_F(SetStoreTest, RemovingNoSetIsSuccess) {
  then_error(404, 102);
  array->remove_set("vvs-1", in());
  then_error(409, 9003);
  EXPECT_EQ(error_of([&] { array->remove_set("vvs-1", in()); }).kind(), ErrorKind::failed_precondition);
}

TEST_F(SetStoreTest, MakesAnEmptySetOrTellsThatThereIsOne) {
  then(201, "", "/api/v1/volumesets/h3p-1");
  EXPECT_TRUE(array->create_empty_set("h3p-1", "note", in()));
  EXPECT_EQ(transport->calls().back().body, R"({"comment":"note","name":"h3p-1"})");
  then_error(409, 101);
  EXPECT_FALSE(array->create_empty_set("h3p-1", "note", in()));
  EXPECT_EQ(sent(), 2U);
}

TEST_F(SetStoreTest, KnowsAnEmptySetOfItsOwnByItsComment) {
  then_lost();
  then(200, R"({"id":5,"name":"h3p-1","comment":"note"})");
  EXPECT_TRUE(array->create_empty_set("h3p-1", "note", in()));
  then_lost();
  then(200, R"({"id":5,"name":"h3p-1","comment":"of another"})");
  EXPECT_FALSE(array->create_empty_set("h3p-1", "note", in()));
  then_lost();
  then_error(404, 102);
  then_error(409, 101);  // it came after the look
  then(200, R"({"id":5,"name":"h3p-1","comment":"note"})");
  EXPECT_TRUE(array->create_empty_set("h3p-1", "note", in()));
}

TEST_F(SetStoreTest, RenamesOnce) {
  then_changed();
  EXPECT_TRUE(array->rename_set("gold", "old", in()));
  EXPECT_EQ(transport->calls().back().body, R"({"newName":"old"})");
  then_error(404, 102);
  EXPECT_FALSE(array->rename_set("gold", "old", in()));
  then_error(409, 101);
  EXPECT_EQ(error_of([&] { array->rename_set("gold", "old", in()); }).kind(), ErrorKind::already_exists);
  then_lost();
  then(200, R"({"id":5,"name":"old"})");
  EXPECT_TRUE(array->rename_set("gold", "old", in()));
  then_lost();
  then_error(404, 102);
  then_error(404, 102);
  then_error(404, 102);
  EXPECT_FALSE(array->rename_set("gold", "old", in())) << "somebody else did";
}

TEST_F(SetStoreTest, TellsTheTimeOfTheArray) {
  EXPECT_FALSE(array->array_time());
  auto dated = ScriptedTransport::reply(200, R"({"id":1,"name":"gold"})");
  std::get<wsapi::HttpReply>(dated).date = "Sun, 06 Nov 1994 08:49:37 GMT";
  transport->then(dated);
  array->find_set("gold", in());
  clock.advance(Millis(2'000));
  EXPECT_EQ(array->array_time(), WallTime(std::chrono::seconds(784111779)));
}

}  // namespace
}  // namespace hpe3par::array
