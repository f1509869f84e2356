#include "serving_choice.h"

#include "array_pair_fixture.h"
#include "hpe3par/replication/take_note.h"

namespace hpe3par::volumes {
namespace {

using replication::Side;
using testing::HasSubstr;
using When = test::FakeArray::When;

class ServingChoiceTest : public ArrayPairTest {
 protected:
  ServingPlace choose(const catalog::Volume& volume) { return serving.choose(volume, in()); }
  std::string why_not_from(const std::string& array, const catalog::Volume& volume) {
    return serving.why_not_from(array, volume, in());
  }

  GroupTakes takes{journal, *catalog, "host1", clock};
  GroupSight sight{config, *catalog, takes, clock};
  ServingChoice serving{config, *catalog, sight};
};

TEST_F(ServingChoiceTest, ServesAVolumeFromItsOwnArray) {
  const catalog::Volume volume = add_replicated();
  const ServingPlace place = choose(volume);
  EXPECT_EQ(place.volume.array, kOwnKey);
  EXPECT_EQ(place.volume.wwn, own->volume("dcv-v1")->wwn);
  EXPECT_FALSE(place.volume.is_copy());
  EXPECT_EQ(place.other_array, "");
  EXPECT_TRUE(place.may_format);
}

TEST_F(ServingChoiceTest, AsksBothArraysEvenIfOneWouldDo) {
  const catalog::Volume volume = add_replicated();
  choose(volume);
  EXPECT_EQ(own->requests("find_group"), 1);
  EXPECT_EQ(peer->requests("find_group") + peer->requests("list_groups"), 1);
}

struct Row {
  const char* own;
  const char* peer;
  const char* array;        ///< that serves
  const char* other_array;  ///< that may be in use still
  bool may_format;
};

TEST_F(ServingChoiceTest, TellsWhereAndHowCertainly) {
  const Row rows[] = {
      {"1f3", "2f3", kOwnKey, "", true},        {"1f5", "2f5", kOwnKey, kPeerKey, false},
      {"2t3", "1t3", kPeerKey, kOwnKey, false}, {"1f5", "1t5", kPeerKey, kOwnKey, false},
      {"2f3", "1f3", kPeerKey, kOwnKey, true},  {"1t5", "1f5", kOwnKey, kPeerKey, false},
      {"1f2", "2f2", kOwnKey, kPeerKey, false},
  };
  const catalog::Volume volume = add_replicated();
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.own) + " " + row.peer);
    make_pair_say(row.own, row.peer);
    const ServingPlace place = choose(volume);
    EXPECT_EQ(place.volume.array, row.array);
    EXPECT_EQ(place.volume.is_copy(), place.volume.array == kPeerKey);
    EXPECT_EQ(place.other_array, row.other_array);
    EXPECT_EQ(place.may_format, row.may_format);
  }
}

TEST_F(ServingChoiceTest, APrimaryIsServedDegradedWhileItsPeerIsSilent) {
  const catalog::Volume volume = add_replicated();
  peer->set_silent(true);
  const ServingPlace place = choose(volume);
  EXPECT_EQ(place.volume.array, kOwnKey);
  EXPECT_EQ(place.other_array, kPeerKey);
  EXPECT_FALSE(place.may_format);
}

TEST_F(ServingChoiceTest, APrimaryIsNotServedAloneIfThatIsSwitchedOff) {
  const catalog::Volume volume = add_replicated();
  peer->set_silent(true);
  config.host.peer_silent = config::PeerSilent::refuse;
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("peer_silent = refuse"));
}

TEST_F(ServingChoiceTest, TheCopyIsServedOnceItHasTakenOver) {
  const catalog::Volume volume = add_replicated();
  own->set_silent(true);
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition) << "a secondary alone";
  EXPECT_THAT(sentence, HasSubstr("setrcopygroup failover g.r1"));
  make_say(*peer, "g.r1", "1t5");
  const ServingPlace place = choose(volume);
  EXPECT_EQ(place.volume.array, kPeerKey);
  EXPECT_EQ(place.volume.wwn, peer->volume("dcv-v1")->wwn);
  EXPECT_EQ(place.volume.home, kOwnKey);
  EXPECT_EQ(place.other_array, kOwnKey);
}

// A peer that served when it was seen last is not taken for a copy because it fell silent.
TEST_F(ServingChoiceTest, APrimaryIsNotServedAloneIfItsPeerIsKnownToHaveTakenOver) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f5", "1t5");
  sight.look(volume, in());
  peer->set_silent(true);
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("array B was made the one to write to, as host host1 saw; bring it back"));
  EXPECT_EQ(own->requests("find_set"), 0) << "this host knows by itself";

  GroupTakes next{journal, *catalog, "host1", clock};
  GroupSight next_sight{config, *catalog, next, clock};
  ServingChoice of_next{config, *catalog, next_sight};
  EXPECT_EQ(kind_of([&] { of_next.choose(volume, in()); }), ErrorKind::failed_precondition) << "the next process";

  peer->set_silent(false);
  make_pair_say("1f3", "2f3");
  sight.look(volume, in());
  peer->set_silent(true);
  EXPECT_EQ(choose(volume).volume.array, kOwnKey);
}

TEST_F(ServingChoiceTest, AskingForTheNoteOfAnotherHostTakesOneRequestAndOnlyThen) {
  const catalog::Volume volume = add_replicated();
  choose(volume);
  EXPECT_EQ(own->requests("find_set"), 0);
  peer->set_silent(true);
  choose(volume);
  EXPECT_EQ(own->requests("find_set"), 1);
  const std::string set = replication::take_set_name("g");
  own->put_set({set, {}, false, false, replication::encode_take({"g", "B", "host2", std::nullopt})});
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("array B was made the one to write to, as host host2 saw; bring it back, or, if the "
                                  "group was brought back to array A since, remove volume set " +
                                  set + " on array A, and retry"));
  own->put_set({set, {}, false, false, "of a newer version"});
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  own->fail_next("find_set", When::before_effect, Error(ErrorKind::unavailable, "array A: cut off"));
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::unavailable);
  EXPECT_EQ(sentence, "array A: cut off");
  own->drop_set(set);
  EXPECT_EQ(choose(volume).volume.array, kOwnKey);
}

TEST_F(ServingChoiceTest, ACopyWillDoToAskWith) {
  add_replicated();
  const catalog::Volume copy = *catalog->array(kPeerKey).fetch("dcv-v1", in());
  ASSERT_TRUE(copy.is_copy());
  EXPECT_EQ(choose(copy).volume.array, kOwnKey);
}

TEST_F(ServingChoiceTest, RefusesWhileBothAreSilentAndSaysWhy) {
  const catalog::Volume volume = add_replicated();
  own->set_silent(true);
  peer->set_silent(true);
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("volume v1 is not mounted: array A says no answer (since "));
  EXPECT_THAT(sentence, HasSubstr("array A does not answer); array B says no answer (since "));
}

TEST_F(ServingChoiceTest, ASideWhoseAnswerIsLostIsSilent) {
  const catalog::Volume volume = add_replicated();
  peer->fail_next("find_group", When::before_effect, Error(ErrorKind::unavailable, "array B: cut off"));
  peer->fail_next("list_groups", When::before_effect, Error(ErrorKind::unavailable, "array B: cut off"));
  const replication::SetView view = sight.look(volume, in()).view;
  EXPECT_EQ(view.own.answer, Side::Answer::group);
  EXPECT_EQ(view.peer.answer, Side::Answer::silent);
  EXPECT_EQ(view.peer.silent_since, "array B: cut off") << "its status tells nothing";
}

TEST_F(ServingChoiceTest, WhatAnArrayRefusesIsToldAsItIs) {
  const catalog::Volume volume = add_replicated();
  own->refuse("array A is not the one of before");
  EXPECT_EQ(kind_of([&] { sight.look(volume, in()); }), ErrorKind::failed_precondition);
  EXPECT_EQ(sentence, "array A is not the one of before");
}

TEST_F(ServingChoiceTest, FindsTheGroupOnThePeerByItsMemberUntilItsNameIsKnown) {
  const catalog::Volume volume = add_replicated();
  own->set_silent(true);
  const replication::SetView alone = sight.look(volume, in()).view;
  EXPECT_EQ(alone.peer.group, "g.r1");
  EXPECT_EQ(peer->requests("list_groups"), 1) << "nobody told its name";
  own->set_silent(false);
  sight.look(volume, in());
  peer->reset_requests();
  own->set_silent(true);
  EXPECT_EQ(sight.look(volume, in()).view.peer.group, "g.r1");
  EXPECT_EQ(peer->requests("find_group"), 1);
  EXPECT_EQ(peer->requests("list_groups"), 0) << "its own array told its name once";
}

TEST_F(ServingChoiceTest, AGroupThatWasMadeAnewUnderAnotherNameIsFoundByItsMember) {
  const catalog::Volume volume = add_replicated();
  sight.look(volume, in());
  array::RemoteCopyGroup moved = *peer->group("g.r1");
  peer->edit_group("g.r1", [](array::RemoteCopyGroup& group) { group.members.clear(); });
  moved.name = "g.r2";
  peer->put_group(moved);
  own->set_silent(true);
  EXPECT_EQ(sight.look(volume, in()).view.peer.group, "g.r2");
}

TEST_F(ServingChoiceTest, AGroupThatTheVolumeIsNotInSaysNothingOfIt) {
  add_replicated();
  const catalog::Volume outside = add_volume("v2");
  const replication::SetView view = sight.look(outside, in()).view;
  EXPECT_EQ(view.own.answer, Side::Answer::no_group);
  EXPECT_EQ(view.peer.answer, Side::Answer::no_group);
  EXPECT_EQ(kind_of([&] { choose(outside); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("not replicated as its record says"));
}

TEST_F(ServingChoiceTest, AGroupThatCopiesElsewhereSaysNothingOfIt) {
  const catalog::Volume volume = add_replicated();
  own->edit_group("g", [](array::RemoteCopyGroup& group) { group.targets.at(0).name = "C"; });
  const replication::SetView view = sight.look(volume, in()).view;
  EXPECT_EQ(view.own.answer, Side::Answer::no_group);
  EXPECT_EQ(view.peer.answer, Side::Answer::group);
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
}

TEST_F(ServingChoiceTest, WaitsForAGroupThatIsOnItsWay) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("2f3", "2f3");  // in the middle of a switch
  const SteadyTime began = clock.now();
  own->set_hook([&](const std::string& method) {
    if (method == "find_group" && own->requests("find_group") == 4) make_say(*own, "g", "1f3");
  });
  EXPECT_EQ(choose(volume).volume.array, kOwnKey);
  EXPECT_EQ(clock.now() - began, Millis(3'000));
}

TEST_F(ServingChoiceTest, RefusesAGroupThatDoesNotSettleAndQuotesBothSides) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f3", "1f3");
  const SteadyTime began = clock.now();
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("volume v1 is not mounted: array A says primary, started; array B says primary, "
                                  "started; both may have been written to"));
  EXPECT_EQ(clock.now() - began, Millis(20'000));
}

TEST_F(ServingChoiceTest, WaitsNoLongerThanTheCallMayTake) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("1f3", "1f3");
  const SteadyTime began = clock.now();
  EXPECT_EQ(kind_of([&] { serving.choose(volume, in(Millis(2'500))); }), ErrorKind::failed_precondition);
  EXPECT_LE(clock.now() - began, Millis(2'500));
}

TEST_F(ServingChoiceTest, AnArrayThatServesAGroupMustHaveTheVolumeOfTheRecord) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("2t3", "1t3");
  peer->edit_volume("dcv-v1", [](array::ArrayVolume& copy) { copy.comment.clear(); });
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("array B, which serves its group, has no volume dcv-v1 with its record"));
  catalog::VolumeRecord other = volume.record;
  other.group = "h";
  peer->write_comment("dcv-v1", catalog::encode_record(other), in());
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("has no volume dcv-v1 with its record"));
}

TEST_F(ServingChoiceTest, ABackendWithoutReplicationDeviceIsNamed) {
  const catalog::Volume volume = add_replicated();
  config.backends.front().replication.reset();
  EXPECT_EQ(kind_of([&] { choose(volume); }), ErrorKind::failed_precondition);
  EXPECT_THAT(sentence, HasSubstr("volume v1 is replicated (remote copy group g), but backend DEFAULT has no "
                                  "replication_device"));
}

TEST_F(ServingChoiceTest, AMountGetsNoOtherUserWhenItsPlaceServesNoMore) {
  const catalog::Volume volume = add_replicated();
  EXPECT_EQ(why_not_from(kOwnKey, volume), "");
  EXPECT_THAT(why_not_from(kPeerKey, volume), HasSubstr("what is written to a mount from array B is lost"));
  make_pair_say("1f5", "1t5");
  EXPECT_THAT(why_not_from(kOwnKey, volume),
              HasSubstr("array A says primary, stopped; array B says primary (reversed), stopped, so what is written "
                        "to a mount from array A is lost"));
  EXPECT_EQ(why_not_from(kPeerKey, volume), "");
}

TEST_F(ServingChoiceTest, AMountGetsNoOtherUserWhereNobodyMayServe) {
  const catalog::Volume volume = add_replicated();
  make_pair_say("2f3", "2f3");
  const SteadyTime began = clock.now();
  EXPECT_THAT(why_not_from(kOwnKey, volume), HasSubstr("what is written to a mount from array A is lost"));
  EXPECT_EQ(clock.now(), began) << "it does not wait";
}

TEST_F(ServingChoiceTest, AMountMayGetAnotherUserWhileNobodyCanTell) {
  const catalog::Volume volume = add_replicated();
  peer->set_silent(true);
  EXPECT_EQ(why_not_from(kOwnKey, volume), "");
  own->set_silent(true);
  EXPECT_EQ(why_not_from(kOwnKey, volume), "");
  EXPECT_EQ(why_not_from(kPeerKey, volume), "");
}

}  // namespace
}  // namespace hpe3par::volumes
