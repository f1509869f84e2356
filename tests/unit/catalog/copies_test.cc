#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/refusal_test.h"
#include "tests/fakes/wait_until.h"

namespace hpe3par::catalog {
namespace {

using test::FakeArray;
using test::wait_until;

const char* const kOwn = "A:8080";
const char* const kPeer = "B:8080";

VolumeRecord record_of(const std::string& name) {
  return {name, "uuid-" + name, "", {}, false, "g", {"SA", "SB"}};
}

/// Backend gold on array A, which copies to array B; "restart" is a second Rig on the same journal.
class CopiesTest : public test::RefusalTest {
 protected:
  struct Rig {
    explicit Rig(CopiesTest& test) {
      std::vector<std::unique_ptr<ArrayCatalog>> each;
      for (ArrayConfig array : {ArrayConfig{kOwn, {"gold", "silver"}, test.own, {}, {{"silver", "B"}}},
                                ArrayConfig{kPeer, test.peer_backends, test.peer, {{"gold", kOwn}}}})
        each.push_back(std::make_unique<ArrayCatalog>(std::move(array), "", test.journal, test.clock));
      catalog = std::make_unique<Catalog>(std::move(each), "", test.clock);
    }
    ArrayCatalog& own() { return catalog->array(kOwn); }
    ArrayCatalog& peer() { return catalog->array(kPeer); }
    /// Until each array is listed, or known to be lost.
    void start() {
      for (const auto& each : catalog->arrays()) each->start(nullptr, nullptr);
      for (const auto& each : catalog->arrays())
        ASSERT_TRUE(wait_until([&] { return each->listed() || each->lost(); }));
    }
    std::unique_ptr<Catalog> catalog;
  };

  CopiesTest() {
    own->set_serial("SA");
    peer->set_serial("SB");
  }
  Deadline soon() { return Deadline::after(clock, Millis(10'000)); }
  void add_replicated(const std::string& name = "v1") {
    for (FakeArray* each : {own.get(), peer.get()}) each->add_volume("dcv-" + name, encode_record(record_of(name)));
  }
  test::FakeClock clock;
  test::Steps steps;
  test::FakeJournal journal{steps};
  std::vector<std::string> peer_backends;
  std::shared_ptr<FakeArray> own = std::make_shared<FakeArray>(steps, "A");
  std::shared_ptr<FakeArray> peer = std::make_shared<FakeArray>(steps, "B");
};

TEST_F(CopiesTest, AnArrayWithoutBackendsIsAPeerOnly) {
  Rig rig{*this};
  EXPECT_FALSE(rig.own().is_peer_only());
  EXPECT_EQ(rig.own().role(), "backend gold");
  EXPECT_TRUE(rig.peer().is_peer_only());
  EXPECT_EQ(rig.peer().role(), "the peer of backend gold");
}

TEST_F(CopiesTest, ACopyIsNoVolumeOfItsArray) {
  add_replicated();
  add_replicated("v2");
  Rig rig{*this};
  rig.start();
  EXPECT_FALSE(rig.peer().find("v1"));
  EXPECT_TRUE(rig.peer().find_all("v1").empty());
  EXPECT_TRUE(rig.peer().all().empty());
  EXPECT_EQ(rig.peer().all_copies().size(), 2U);
  const std::optional<Volume> copy = rig.peer().find_copy("v1");
  ASSERT_TRUE(copy);
  EXPECT_TRUE(copy->is_copy());
  EXPECT_EQ(copy->array, kPeer);
  EXPECT_EQ(copy->home_array(), kOwn);
  EXPECT_EQ(copy->backend, "gold");
  EXPECT_FALSE(rig.peer().find_copy("v3"));

  EXPECT_FALSE(rig.own().find_copy("v1"));
  EXPECT_TRUE(rig.own().all_copies().empty());
  EXPECT_EQ(rig.own().find("v1")->home_array(), kOwn);
}

TEST_F(CopiesTest, ACopyThatIsGoneIsForgotten) {
  add_replicated();
  Rig rig{*this};
  rig.start();
  peer->drop_volume("dcv-v1");
  EXPECT_FALSE(rig.peer().fetch("dcv-v1", soon()));
  EXPECT_FALSE(rig.peer().find_copy("v1"));
  EXPECT_TRUE(rig.peer().all_copies().empty());
  EXPECT_TRUE(rig.own().find("v1"));
}

TEST_F(CopiesTest, WhatTurnsOutToBeACopyIsNoVolumeAnyMore) {
  peer_backends = {"bronze"};
  add_replicated();
  peer->set_serial("");
  Rig rig{*this};
  rig.start();
  ASSERT_TRUE(rig.peer().find("v1")) << "nothing tells yet which array this is";
  peer->set_serial("SB");
  ASSERT_TRUE(rig.peer().fetch("dcv-v1", soon())->is_copy());
  EXPECT_FALSE(rig.peer().find("v1"));
  EXPECT_TRUE(rig.peer().find_copy("v1"));
}

TEST_F(CopiesTest, AVolumeIsKnownFromItsOwnArray) {
  add_replicated();
  Rig rig{*this};
  rig.start();
  EXPECT_EQ(rig.catalog->find_known("v1")->array, kOwn);
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array, kOwn);
}

TEST_F(CopiesTest, AVolumeWhoseOwnArrayNeverAnsweredIsKnownFromItsCopy) {
  add_replicated();
  own->set_silent(true);
  Rig rig{*this};
  rig.start();
  const std::optional<Volume> known = rig.catalog->find_known("v1");
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->is_copy());
  EXPECT_EQ(known->array, kPeer);
  EXPECT_TRUE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_TRUE(rig.catalog->read("v1", Millis(0), soon())->is_copy());
}

TEST_F(CopiesTest, AVolumeInTheCacheOfItsSilentArrayIsNotKnownFromItsCopy) {
  add_replicated();
  {
    Rig rig{*this};
    rig.start();
    ASSERT_TRUE(wait_until([&] { return journal.volumes().size() == 4U; }));
  }
  own->set_silent(true);
  Rig rig{*this};
  rig.start();
  EXPECT_EQ(rig.catalog->find_known("v1")->array, kOwn);
  ASSERT_EQ(rig.catalog->list(soon()).volumes.size(), 1U);
  EXPECT_EQ(rig.catalog->list(soon()).volumes[0].array, kOwn);
}

TEST_F(CopiesTest, ACopyWhoseVolumeIsGoneIsNotKnown) {
  add_replicated();
  own->drop_volume("dcv-v1");
  Rig rig{*this};
  rig.start();
  ASSERT_TRUE(rig.peer().find_copy("v1"));
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  EXPECT_FALSE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_FALSE(rig.catalog->read("v1", Millis(0), soon()));
  EXPECT_TRUE(rig.catalog->list(soon()).volumes.empty());
  own->set_silent(true);
  EXPECT_FALSE(rig.catalog->find_known("v1")) << "its own array said so before";
}

TEST_F(CopiesTest, NobodyKnowsAVolumeOfWhichNeitherArrayIsHeard) {
  add_replicated();
  own->set_silent(true);
  peer->set_silent(true);
  Rig rig{*this};
  rig.start();
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::unavailable);
  EXPECT_NE(sentence.find("cannot tell whether volume v1 exists: array A"), std::string::npos) << sentence;
}

TEST_F(CopiesTest, ASilentPeerKeepsNobodyFromSayingThatThereIsNoVolume) {
  peer->set_silent(true);
  Rig rig{*this};
  rig.start();
  EXPECT_FALSE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_FALSE(rig.catalog->read("v1", Millis(0), soon()));
}

TEST_F(CopiesTest, AListingHasEachVolumeOnce) {
  add_replicated();
  Rig rig{*this};
  rig.start();
  const Catalog::Listing listing = rig.catalog->list(soon());
  ASSERT_EQ(listing.volumes.size(), 1U);
  EXPECT_EQ(listing.volumes[0].array, kOwn);
  EXPECT_TRUE(listing.others.empty());
  EXPECT_TRUE(listing.silent_arrays.empty());
}

TEST_F(CopiesTest, AListingHasCopiesWhereTheirOwnArrayWasNeverListed) {
  add_replicated();
  add_replicated("v2");
  own->set_silent(true);
  Rig rig{*this};
  rig.start();
  const Catalog::Listing listing = rig.catalog->list(soon());
  ASSERT_EQ(listing.volumes.size(), 2U);
  EXPECT_TRUE(listing.volumes[0].is_copy());
  EXPECT_EQ(listing.silent_arrays, std::vector<std::string>{kOwn});
  own->set_silent(false);
  ASSERT_TRUE(wait_until([&] {
    rig.own().ask_for_listing();
    return rig.own().listed();
  }));
  for (const Volume& volume : rig.catalog->list(soon()).volumes) EXPECT_EQ(volume.array, kOwn);
}

TEST_F(CopiesTest, ANameIsFreeWhileAPeerIsSilent) {
  peer->set_silent(true);
  Rig rig{*this};
  rig.start();
  const SteadyTime began = clock.now();
  rig.catalog->ensure_name_is_free("v1", {kOwn, "gold", false}, soon());
  EXPECT_EQ(clock.now(), began) << "nobody waits for it";
}

TEST_F(CopiesTest, ANameIsNotTakenByAVolumeThatThePeerHas) {
  peer->add_volume("dcv-v1", encode_record({"v1", "uuid-v1", "", {}, false}));
  Rig rig{*this};
  rig.start();
  rig.catalog->ensure_name_is_free("v1", {kOwn, "gold", false}, soon());
  EXPECT_FALSE(rig.catalog->find_known("v1")) << "no backend has anything to do with it";
}

TEST_F(CopiesTest, APeerThatIsTheArrayOfAnotherBackendIsAskedForNames) {
  peer_backends = {"bronze"};
  peer->set_silent(true);
  Rig rig{*this};
  rig.start();
  EXPECT_EQ(rig.peer().role(), "backend bronze");
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {kOwn, "gold", false}, soon());
            }),
            ErrorKind::unavailable);
  EXPECT_NE(sentence.find("array B (backend bronze)"), std::string::npos) << sentence;
}

TEST_F(CopiesTest, ACopyIsKnownAfterARestartWhileBothArraysAreSilent) {
  add_replicated();
  own->set_silent(true);
  {
    Rig rig{*this};
    rig.start();
    ASSERT_TRUE(wait_until([&] { return !journal.volumes().empty(); }));
  }
  peer->set_silent(true);
  Rig rig{*this};
  rig.start();
  const std::optional<Volume> known = rig.catalog->find_known("v1");
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->is_copy());
  EXPECT_EQ(known->backend, "gold");
}

// ---- volumes of HPE's plugin ----

const char* const kLegacyVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";

class LegacyCopiesTest : public CopiesTest {
 protected:
  /// Volume v1 of HPE's plugin, in a group that copies to array B.
  LegacyCopiesTest() {
    own->set_peer(*peer);
    own->add_volume(kLegacyVolume, R"({"volume_id":"d03338a9-9115-48a3-8dfc-35cdfcdc15a7","name":"x",)"
                                   R"("type":"Docker","display_name":"v1"})");
    own->create_group({"g", "cpg1", "", "B", array::CopyMode::synchronous, "cpg2", ""}, soon());
    own->admit_volume("g", {kLegacyVolume, "B", kLegacyVolume, false}, soon());
    own->reset_requests();
  }
  int group_requests() { return own->requests("list_groups") + own->requests("find_group"); }
};

TEST_F(LegacyCopiesTest, AVolumeIsInTheGroupThatItsArrayTells) {
  Rig rig{*this};
  rig.start();
  const std::optional<Volume> volume = rig.catalog->find_known("v1");
  ASSERT_TRUE(volume);
  EXPECT_EQ(volume->record.group, "g");
  EXPECT_EQ(volume->backend, "silver");
  EXPECT_TRUE(volume->record.legacy);
  EXPECT_TRUE(rig.own().refresh(Millis(0), soon()));
  rig.own().fetch(kLegacyVolume, soon());
  EXPECT_EQ(group_requests(), 1) << "whatever is known of a group will do";
}

TEST_F(LegacyCopiesTest, IsStillKnownToBeInItWhenItsArrayIsSilentAfterARestart) {
  {
    Rig rig{*this};
    rig.start();
    ASSERT_TRUE(wait_until([&] { return !journal.volumes().empty(); }));
  }
  own->set_silent(true);
  Rig rig{*this};
  rig.start();
  const std::optional<Volume> known = rig.catalog->find_known("v1");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->record.group, "g");
  EXPECT_EQ(known->backend, "silver");
  EXPECT_TRUE(known->record.legacy);
}

TEST_F(LegacyCopiesTest, IsFoundInItsGroupOnAVersionThatDoesNotTell) {
  own->set_tells_groups(false);
  Rig rig{*this};
  rig.start();
  EXPECT_EQ(rig.catalog->find_known("v1")->record.group, "g");
  EXPECT_EQ(rig.own().fetch(kLegacyVolume, soon())->group, "g");
}

TEST_F(LegacyCopiesTest, IsAPlainOneWhenItLeftItsGroup) {
  Rig rig{*this};
  rig.start();
  own->dismiss_volume("g", kLegacyVolume, soon());
  EXPECT_TRUE(rig.own().fetch(kLegacyVolume, soon())->record.group.empty());
  EXPECT_TRUE(rig.catalog->find_known("v1")->record.group.empty());
}

TEST_F(LegacyCopiesTest, GroupsThatCannotBeReadHideNoVolume) {
  own->fail_next("list_groups", test::FakeArray::When::before_effect,
                 Error(ErrorKind::permission_denied, "array A: no licence"));
  Rig rig{*this};
  rig.start();
  const std::optional<Volume> known = rig.catalog->find_known("v1");
  ASSERT_TRUE(known);
  EXPECT_TRUE(known->record.group.empty());
  EXPECT_EQ(known->group, "g") << "so that it is not taken for a plain one";
}

}  // namespace
}  // namespace hpe3par::catalog
