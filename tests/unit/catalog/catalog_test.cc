#include "hpe3par/catalog/catalog.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "hpe3par/base/error.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/refusal_test.h"
#include "tests/fakes/wait_until.h"

namespace hpe3par::catalog {
namespace {

using test::FakeArray;
using test::wait_until;

std::string comment_of(const std::string& name, const std::string& space = "") {
  return encode_record({name, "uuid-" + name, space, {}, false});
}

// Two volumes that HPE's plugin made.
const char* const kLegacyId = "d03338a9-9115-48a3-8dfc-35cdfcdc15a7";
const char* const kLegacyVolume = "dcv-0DM4qZEVSKON-DXN-NwVpw";
const char* const kOtherLegacyId = "d1f4ab3c-1111-2222-3333-444455556666";
const char* const kOtherLegacyVolume = "dcv-0fSrPBERIiIzM0REVVVmZg";

std::string legacy_comment(const std::string& name, const std::string& id = kLegacyId) {
  return R"({"volume_id":")" + id + R"(","name":"x","type":"Docker","display_name":")" + name + R"("})";
}

/// A catalog of one or two arrays; "restart" is a second Rig on the same journal.
class CatalogTest : public test::RefusalTest {
 protected:
  struct Rig {
    Rig(CatalogTest& test, const std::vector<std::shared_ptr<FakeArray>>& arrays, const std::string& space) {
      std::vector<std::unique_ptr<ArrayCatalog>> each;
      for (const auto& array : arrays)
        each.push_back(std::make_unique<ArrayCatalog>(
            ArrayConfig{array->name() + ":8080", {"BACKEND_" + array->name(), "SECOND"}, array}, space, test.journal,
            test.clock));
      catalog = std::make_unique<Catalog>(std::move(each), space, test.clock);
    }
    void start() {
      for (const auto& each : catalog->arrays()) each->start(nullptr, nullptr);
      for (const auto& each : catalog->arrays()) ASSERT_TRUE(wait_until([&] { return each->listed(); }));
    }
    std::unique_ptr<Catalog> catalog;
  };

  Rig make_rig(const std::string& space = "") { return {*this, {array}, space}; }
  Rig make_rig_of_two() { return {*this, {array, other}, ""}; }
  Deadline soon() { return Deadline::after(clock, Millis(10'000)); }
  /// Array volumes in the stored cache.
  std::size_t stored() {
    const auto rows = journal.volumes();
    return static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.array_volume != "."; }));
  }
  /// Until the thread of an array has found out that it is silent.
  void wait_until_lost(Rig& rig, std::size_t index) {
    ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[index]->lost(); }));
  }
  test::FakeClock clock;
  test::Steps steps;
  test::FakeJournal journal{steps};
  std::shared_ptr<FakeArray> array = std::make_shared<FakeArray>(steps, "A");
  std::shared_ptr<FakeArray> other = std::make_shared<FakeArray>(steps, "B");
};

TEST_F(CatalogTest, AsksNobodyAboutAVolumeConfirmedLessThanASecondAgo) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  array->reset_requests();
  const Catalog::Found found = rig.catalog->look_up("v1", soon());
  ASSERT_TRUE(found.volume);
  EXPECT_EQ(found.volume->record.uuid, "uuid-v1");
  EXPECT_EQ(array->requests(), 0);
}

TEST_F(CatalogTest, AsksOnceAboutAKnownVolume) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(1'001));
  array->reset_requests();
  EXPECT_TRUE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_TRUE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_EQ(array->requests(), 1);
}

TEST_F(CatalogTest, AsksEachArrayOnceAboutAnUnknownName) {
  Rig rig = make_rig_of_two();
  rig.start();
  array->reset_requests();
  other->reset_requests();
  const Catalog::Found found = rig.catalog->look_up("v1", soon());
  EXPECT_FALSE(found.volume);
  EXPECT_EQ(array->requests(), 1);
  EXPECT_EQ(other->requests(), 1);
}

TEST_F(CatalogTest, FindsAVolumeThatAnotherHostMadeSinceTheListing) {
  Rig rig = make_rig_of_two();
  rig.start();
  other->add_volume("dcv-v1", comment_of("v1"));
  const Catalog::Found found = rig.catalog->look_up("v1", soon());
  ASSERT_TRUE(found.volume);
  EXPECT_EQ(found.volume->array, "B:8080");
}

TEST_F(CatalogTest, AnswersFromTheCacheWithTheReasonWhileTheArrayIsSilent) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(5'000));
  array->set_silent(true);
  const Catalog::Found found = rig.catalog->look_up("v1", soon());
  ASSERT_TRUE(found.volume);
  EXPECT_EQ(found.stale_because, "array A does not answer");
}

TEST_F(CatalogTest, NeverSaysNotFoundWhileAnArrayIsSilent) {
  Rig rig = make_rig_of_two();
  rig.start();
  other->set_silent(true);
  EXPECT_EQ(kind_of([&] { rig.catalog->look_up("v1", soon()); }), ErrorKind::unavailable);
  EXPECT_NE(sentence.find("cannot tell whether volume v1 exists: array B does not answer"), std::string::npos)
      << sentence;
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::unavailable);
}

TEST_F(CatalogTest, FindsAVolumeWhileAnotherArrayIsSilent) {
  Rig rig = make_rig_of_two();
  rig.start();
  array->add_volume("dcv-v1", comment_of("v1"));
  other->set_silent(true);
  EXPECT_EQ(kind_of([&] { rig.catalog->look_up("v2", soon()); }), ErrorKind::unavailable);
  EXPECT_TRUE(rig.catalog->look_up("v1", soon()).volume);
}

TEST_F(CatalogTest, NeverReadsFromTheCacheForAnAct) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  array->reset_requests();
  EXPECT_TRUE(rig.catalog->read("v1", Millis(1'000), soon()));
  EXPECT_EQ(array->requests(), 0);
  EXPECT_TRUE(rig.catalog->read("v1", Millis(0), soon()));
  EXPECT_EQ(array->requests(), 1);
  array->set_silent(true);
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::unavailable);
}

TEST_F(CatalogTest, ForgetsAVolumeThatItsArrayNoLongerHas) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(2'000));
  array->drop_volume("dcv-v1");
  EXPECT_FALSE(rig.catalog->look_up("v1", soon()).volume);
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  EXPECT_EQ(stored(), 0U);
}

TEST_F(CatalogTest, TakesAReplacedVolumeForWhatItIsNow) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(2'000));
  array->drop_volume("dcv-v1");
  array->add_volume("dcv-v1", encode_record({"v1", "another", "", {}, false}));
  EXPECT_EQ(rig.catalog->look_up("v1", soon()).volume->record.uuid, "another");
}

TEST_F(CatalogTest, FindsAVolumeOfHpesPluginByTheListing) {
  array->add_volume(kLegacyVolume, legacy_comment("db"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(2'000));
  const Catalog::Found found = rig.catalog->look_up("db", soon());
  ASSERT_TRUE(found.volume);
  EXPECT_TRUE(found.volume->record.legacy);
  EXPECT_EQ(found.volume->array_volume, kLegacyVolume);
}

TEST_F(CatalogTest, DoesNotSayNotFoundBeforeTheFirstListing) {
  array->add_volume(kLegacyVolume, legacy_comment("db"));
  Rig rig = make_rig();
  EXPECT_EQ(kind_of([&] { rig.catalog->look_up("db", Deadline::after(clock, Millis(0))); }), ErrorKind::unavailable);
}

TEST_F(CatalogTest, DoesNotSeeVolumesOfOthersOrOfOtherNamespaces) {
  array->add_volume("dcv-plain", "made by hand");
  array->add_volume("dcv-none", "");
  array->add_volume("dcv-v1", comment_of("v1"));
  array->add_volume(array_volume_name("east", "v2"), comment_of("v2", "east"));
  Rig rig = make_rig();
  rig.start();
  const auto listing = rig.catalog->list(soon());
  ASSERT_EQ(listing.volumes.size(), 1U);
  EXPECT_EQ(listing.volumes[0].record.name, "v1");
  EXPECT_FALSE(rig.catalog->look_up("plain", soon()).volume);
  Rig east = make_rig("east");
  east.start();
  ASSERT_EQ(east.catalog->list(soon()).volumes.size(), 1U);
  EXPECT_TRUE(east.catalog->look_up("v2", soon()).volume);
  EXPECT_FALSE(east.catalog->look_up("v1", soon()).volume);
}

TEST_F(CatalogTest, SaysWhyAVolumeOfANewerVersionIsNotServed) {
  array->add_volume("dcv-v1", R"({"type":"Docker","display_name":"v1","h":{"v":7,"u":"x"}})");
  Rig rig = make_rig();
  rig.start();
  EXPECT_TRUE(rig.catalog->list(soon()).volumes.empty());
  EXPECT_EQ(kind_of([&] { rig.catalog->look_up("v1", soon()); }), ErrorKind::failed_precondition);
  EXPECT_NE(sentence.find("volume v1 has version 7"), std::string::npos) << sentence;
}

// ---- array volumes with a copied comment ----

struct Identity {
  const char* claim;
  std::string array_volume;
  std::string comment;
  bool is_volume;
};

TEST_F(CatalogTest, TakesForAVolumeOnlyWhatHasTheNameOfItsRecord) {
  const std::string hashed = array_volume_name("", std::string(40, 'n'));
  const Identity rows[] = {
      {"ours", "dcv-v1", comment_of("v1"), true},
      {"ours with a long name", hashed, comment_of(std::string(40, 'n')), true},
      {"one of HPE's plugin", kLegacyVolume, legacy_comment("v1"), true},
      {"a copy beside ours", "dcv-v1.bak", comment_of("v1"), false},
      {"a copy with the name of another volume", "dcv-v2", comment_of("v1"), false},
      {"a copy with a name that sorts first", "dcv-.v1", comment_of("v1"), false},
      {"a copy of a long name that was cut", "dcv-" + std::string(27, 'n'), comment_of(std::string(40, 'n')), false},
      {"another case of letters", "dcv-V1", comment_of("v1"), false},
      {"a copy of one of HPE's plugin", "dcv-.v1-before-upd", legacy_comment("v1"), false},
      {"such a copy with the name that ours would have", "dcv-v1", legacy_comment("v1"), false},
      {"such a copy with the name of another one", kOtherLegacyVolume, legacy_comment("v1"), false},
      {"one of HPE's plugin with a uuid that is none", "dcv-", legacy_comment("v1", "none"), false},
  };
  for (const Identity& row : rows) {
    array->add_volume(row.array_volume, row.comment);
    Rig rig = make_rig();
    rig.start();
    EXPECT_EQ(rig.catalog->list(soon()).volumes.size(), row.is_volume ? 1U : 0U) << row.claim;
    const auto fetched = rig.catalog->arrays()[0]->fetch(row.array_volume, soon());
    EXPECT_EQ(fetched.has_value(), row.is_volume) << row.claim;
    array->drop_volume(row.array_volume);
  }
}

TEST_F(CatalogTest, NeverMeansACopyWhenTheVolumeIsGone) {
  array->add_volume("dcv-a-copy", comment_of("v1"));
  array->add_volume("dcv-v1", comment_of("v1"));
  array->add_volume("dcv-z-copy", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array_volume, "dcv-v1");
  array->drop_volume("dcv-v1");
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  for (const char* gone : {"dcv-v1", "dcv-a-copy", "dcv-z-copy"}) EXPECT_FALSE(one.fetch(gone, soon())) << gone;
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  EXPECT_FALSE(rig.catalog->read("v1", Millis(0), soon()));
  EXPECT_TRUE(rig.catalog->list(soon()).volumes.empty());
}

TEST_F(CatalogTest, DropsACopyThatAnEarlierVersionPutIntoTheStoredCache) {
  journal::CachedVolume row;
  row.array = "A:8080";
  row.array_volume = "dcv-v1.bak";
  row.volume = "v1";
  row.uuid = "uuid-v1";
  row.comment = comment_of("v1");
  row.seen = clock.wall();
  journal.put(row);
  Rig rig = make_rig();
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  rig.start();
  EXPECT_EQ(stored(), 0U);
}

TEST_F(CatalogTest, KeepsWhatWasPutWhileAListingRan) {
  Rig rig = make_rig();
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  array->set_listing_hook([&] {
    clock.advance(Millis(10));
    array->set_listing_hook(nullptr);
    array->add_volume("dcv-v1", comment_of("v1"));
    one.fetch("dcv-v1", soon());
  });
  rig.start();
  EXPECT_TRUE(rig.catalog->find_known("v1"));
  EXPECT_EQ(stored(), 1U);
}

TEST_F(CatalogTest, DoesNotBringBackWhatWasErasedWhileAListingRan) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  array->set_listing_hook([&] {
    clock.advance(Millis(10));
    array->set_listing_hook(nullptr);
    array->drop_volume("dcv-v1");
    one.erase("dcv-v1");
  });
  rig.start();
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  EXPECT_EQ(stored(), 0U);
}

TEST_F(CatalogTest, DoesNotForgetAVolumeMadeWhileItWasAskedFor) {
  Rig rig = make_rig();
  rig.start();
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  clock.advance(Millis(2'000));
  array->set_hook([&](const std::string& method) {
    if (method != "find_volume") return;
    array->set_hook(nullptr);
    clock.advance(Millis(10));
    Volume made;
    made.record = {"v1", "uuid-v1", "", {}, false};
    made.array = "A:8080";
    made.array_volume = "dcv-v1";
    one.put(made);
  });
  EXPECT_FALSE(one.fetch("dcv-v1", soon()));  // the answer is from before
  EXPECT_TRUE(rig.catalog->find_known("v1"));
}

TEST_F(CatalogTest, ListsFromAListingNotOlderThanThreeSeconds) {
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(2'900));
  array->reset_requests();
  array->add_volume("dcv-v1", comment_of("v1"));
  EXPECT_TRUE(rig.catalog->list(soon()).volumes.empty());
  EXPECT_EQ(array->requests(), 0);
  clock.advance(Millis(200));
  EXPECT_EQ(rig.catalog->list(soon()).volumes.size(), 1U);
  EXPECT_EQ(array->requests("list_volumes"), 1);
}

TEST_F(CatalogTest, ServesAWishForAListingThatComesWhileOneRuns) {
  Rig rig = make_rig();
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  std::thread asker;
  std::atomic<bool> asked = false;
  bool fresh = false;
  array->set_listing_hook([&] {
    array->set_listing_hook(nullptr);
    clock.advance(Millis(10));
    asker = std::thread([&] {
      asked = true;
      fresh = one.refresh(Millis(0), Deadline::after(clock, Millis(1'000'000)));
    });
    ASSERT_TRUE(wait_until([&] { return asked.load(); }));
    std::this_thread::sleep_for(Millis(30));
    clock.advance(Millis(10));
  });
  one.start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return array->requests("list_volumes") == 2; }, Millis(3'000)));
  one.refresh(Millis(1'000'000), soon());
  asker.join();
  EXPECT_TRUE(fresh);
}

TEST_F(CatalogTest, ListsWhatIsKnownOfASilentArrayAndNamesIt) {
  array->add_volume("dcv-v2", comment_of("v2"));
  other->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig_of_two();
  rig.start();
  clock.advance(Millis(60'000));
  other->set_silent(true);
  Catalog::Listing listing;
  std::thread mover([&] {
    for (int i = 0; i < 100; ++i) {
      std::this_thread::sleep_for(Millis(2));
      clock.advance(Millis(100));
    }
  });
  listing = rig.catalog->list(soon());
  mover.join();
  ASSERT_EQ(listing.volumes.size(), 2U);
  EXPECT_EQ(listing.volumes[0].record.name, "v1");
  EXPECT_EQ(listing.volumes[1].record.name, "v2");
  ASSERT_FALSE(listing.silent_arrays.empty());
  EXPECT_EQ(listing.silent_arrays.back(), "B:8080");
}

TEST_F(CatalogTest, RemembersVolumesAcrossARestart) {
  array->add_volume("dcv-v1", comment_of("v1"));
  make_rig().start();
  array->set_silent(true);
  Rig rig = make_rig();
  const auto known = rig.catalog->find_known("v1");
  ASSERT_TRUE(known);
  EXPECT_EQ(known->backend, "BACKEND_A");
  EXPECT_FALSE(known->confirmed);
  EXPECT_EQ(rig.catalog->look_up("v1", soon()).stale_because, "array A does not answer");
}

TEST_F(CatalogTest, DoesNotShowAnIntentToCreateAfterARestart) {
  Volume intent;
  intent.record = {"v1", "uuid-v1", "", {}, false};
  intent.comment = comment_of("v1");
  intent.array = "A:8080";
  intent.array_volume = "dcv-v1";
  intent.seen = clock.wall();
  make_rig().catalog->arrays()[0]->reserve(intent);
  EXPECT_EQ(stored(), 1U);
  Rig rig = make_rig();
  EXPECT_FALSE(rig.catalog->find_known("v1"));
  rig.start();
  EXPECT_EQ(stored(), 0U);
}

TEST_F(CatalogTest, RemembersAnExistingVolumeForWhichAnIntentWasWritten) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  ArrayCatalog& one = *rig.catalog->arrays()[0];
  one.reserve(*rig.catalog->find_known("v1"));  // a listing found it just before
  one.fetch("dcv-v1", soon());
  EXPECT_TRUE(make_rig().catalog->find_known("v1"));
}

TEST_F(CatalogTest, RefusesAnIntentThatCannotBeWritten) {
  Rig rig = make_rig();
  journal.set_writable(false);
  EXPECT_EQ(kind_of([&] { rig.catalog->arrays()[0]->reserve({}); }), ErrorKind::unavailable);
}

TEST_F(CatalogTest, ServesOnWhenTheCacheCannotBeWritten) {
  array->add_volume("dcv-v1", comment_of("v1"));
  journal.set_writable(false);
  Rig rig = make_rig();
  rig.start();
  EXPECT_TRUE(rig.catalog->look_up("v1", soon()).volume);
  array->drop_volume("dcv-v1");
  clock.advance(Millis(2'000));
  EXPECT_FALSE(rig.catalog->look_up("v1", soon()).volume);
}

TEST_F(CatalogTest, GivesAVolumeToTheBackendOfItsRecordIfThatUsesThisArray) {
  array->add_volume("dcv-v1", encode_record({"v1", "u1", "", {{"backend", "SECOND"}}, false}));
  array->add_volume("dcv-v2", encode_record({"v2", "u2", "", {{"backend", "GONE"}}, false}));
  Rig rig = make_rig();
  rig.start();
  EXPECT_EQ(rig.catalog->find_known("v1")->backend, "SECOND");
  EXPECT_EQ(rig.catalog->find_known("v2")->backend, "BACKEND_A");
}

// ---- may a volume of this name be made? ----

TEST_F(CatalogTest, MakesANameWithoutARequestWhenEveryArrayIsListed) {
  Rig rig = make_rig_of_two();
  rig.start();
  array->reset_requests();
  other->reset_requests();
  rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", false}, soon());
  EXPECT_EQ(array->requests() + other->requests(), 0);
}

TEST_F(CatalogTest, ListsTheTargetAgainWhereHpesPluginHasVolumes) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  other->add_volume(kLegacyVolume, legacy_comment("v3"));
  Rig rig = make_rig_of_two();
  rig.start();
  array->reset_requests();
  other->reset_requests();
  clock.advance(Millis(2'900));
  rig.catalog->ensure_name_is_free("v2", {"A:8080", "BACKEND_A", false}, soon());
  EXPECT_EQ(array->requests(), 0) << "listed a moment ago";
  clock.advance(Millis(200));
  array->add_volume(kOtherLegacyVolume, legacy_comment("v2", kOtherLegacyId));
  // The clock of this test runs ahead of the thread that lists, so that one call may not wait long enough.
  EXPECT_TRUE(wait_until([&] {
    try {
      rig.catalog->ensure_name_is_free("v2", {"A:8080", "BACKEND_A", true}, soon());
      return true;
    } catch (const Error&) {
      return false;
    }
  }));
  EXPECT_GT(array->requests("list_volumes"), 0);
  EXPECT_EQ(other->requests(), 0);
  EXPECT_TRUE(rig.catalog->find_known("v2")) << "for the caller to find";
}

TEST_F(CatalogTest, MakesNothingWhereHpesPluginHasVolumesIfItCannotList) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(3'100));
  array->fail_next("list_volumes", FakeArray::When::before_effect, Error(ErrorKind::unavailable, "no listing"), 1'000);
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v2", {"A:8080", "BACKEND_A", true}, soon());
            }),
            ErrorKind::unavailable);
  EXPECT_NE(sentence.find("array A (backend BACKEND_A) has volumes of HPE's plugin and could not be listed now, so it "
                          "is not known whether the name v2 is taken there"),
            std::string::npos)
      << sentence;
}

TEST_F(CatalogTest, ForgetsThatHpesPluginHadVolumesWhenTheLastOneIsGone) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  Rig rig = make_rig();
  rig.start();
  EXPECT_TRUE(rig.catalog->arrays()[0]->has_legacy());
  rig.catalog->arrays()[0]->erase(kLegacyVolume);
  EXPECT_FALSE(rig.catalog->arrays()[0]->has_legacy());
}

TEST_F(CatalogTest, NamesTheTargetThatCannotBeReached) {
  array->set_silent(true);
  Rig rig = make_rig();
  rig.catalog->arrays()[0]->start(nullptr, nullptr);
  wait_until_lost(rig, 0);
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", true}, soon());
            }),
            ErrorKind::unavailable);
  EXPECT_NE(sentence.find("backend BACKEND_A: array A does not answer since "), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("; retry when it answers"), std::string::npos) << sentence;
}

TEST_F(CatalogTest, WithABackendNamedAsksNobodyElseButHeedsWhatWasSeen) {
  other->add_volume("dcv-v1", comment_of("v1"));
  make_rig_of_two().start();
  other->set_silent(true);
  Rig rig = make_rig_of_two();
  for (const auto& each : rig.catalog->arrays()) each->start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[0]->listed(); }));
  wait_until_lost(rig, 1);
  rig.catalog->ensure_name_is_free("v2", {"A:8080", "BACKEND_A", true}, soon());
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", true}, soon());
            }),
            ErrorKind::already_exists);
  EXPECT_NE(sentence.find("array B (backend BACKEND_B)"), std::string::npos) << sentence;
}

TEST_F(CatalogTest, TakesAnOldListingForAnArrayThatCannotBeAsked) {
  other->add_volume("dcv-v1", comment_of("v1"));
  make_rig_of_two().start();
  other->set_silent(true);
  Rig rig = make_rig_of_two();
  for (const auto& each : rig.catalog->arrays()) each->start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[0]->listed(); }));
  rig.catalog->ensure_name_is_free("v2", {"A:8080", "BACKEND_A", false}, soon());
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", false}, soon());
            }),
            ErrorKind::already_exists);
}

TEST_F(CatalogTest, ExcludesNothingOnAnArrayThatWasNeverListed) {
  make_rig().start();  // an earlier life without the second array
  other->set_silent(true);
  Rig rig = make_rig_of_two();
  for (const auto& each : rig.catalog->arrays()) each->start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[0]->listed(); }));
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", false}, soon());
            }),
            ErrorKind::unavailable);
  EXPECT_NE(sentence.find("array B (backend BACKEND_B) could not be listed since this daemon started"),
            std::string::npos)
      << sentence;
  EXPECT_NE(sentence.find("-o backend="), std::string::npos) << sentence;
  rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", true}, soon());
}

TEST_F(CatalogTest, RemembersThatAnArrayWithoutVolumesWasListed) {
  EXPECT_FALSE(make_rig().catalog->arrays()[0]->listed_before());
  make_rig().start();
  EXPECT_TRUE(make_rig().catalog->arrays()[0]->listed_before());
  EXPECT_TRUE(make_rig().catalog->list(Deadline::after(clock, Millis(0))).volumes.empty());
}

// ---- one name on two arrays ----

TEST_F(CatalogTest, ShowsTheFirstOfTwoVolumesOfOneNameAndRefusesToActOnThem) {
  array->add_volume("dcv-v1", comment_of("v1"));
  other->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig_of_two();
  rig.start();
  const Catalog::Found found = rig.catalog->look_up("v1", soon());
  EXPECT_EQ(found.volume->array, "A:8080");
  ASSERT_EQ(found.others.size(), 1U);
  EXPECT_EQ(found.others[0].array, "B:8080");
  EXPECT_EQ(rig.catalog->list(soon()).volumes.size(), 1U);
  EXPECT_EQ(rig.catalog->list(soon()).others.size(), 1U);
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(10'000), soon()); }), ErrorKind::failed_precondition);
  EXPECT_NE(sentence.find("on array A (backend BACKEND_A, array volume dcv-v1) and on array B"), std::string::npos)
      << sentence;
}

TEST_F(CatalogTest, FindsASecondVolumeOfAnUnknownNameToo) {
  Rig rig = make_rig_of_two();
  rig.start();
  array->add_volume("dcv-v1", comment_of("v1"));
  other->add_volume("dcv-v1", comment_of("v1"));
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::failed_precondition);
}

TEST_F(CatalogTest, ActsOnTheOneThatIsLeftOfTwo) {
  array->add_volume("dcv-v1", comment_of("v1"));
  other->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig_of_two();
  rig.start();
  array->drop_volume("dcv-v1");
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array, "B:8080");
  EXPECT_EQ(rig.catalog->find_known("v1")->array, "B:8080");
}

TEST_F(CatalogTest, RefusesToActWhileASilentArrayMayHaveTheSecond) {
  array->add_volume("dcv-v1", comment_of("v1"));
  other->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig_of_two();
  rig.start();
  other->set_silent(true);
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::failed_precondition);
}

// ---- one name twice on one array ----

TEST_F(CatalogTest, ShowsOursOfTwoVolumesOfOneNameAndRefusesToActOnThem) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  EXPECT_EQ(rig.catalog->look_up("v1", soon()).volume->array_volume, "dcv-v1");
  const auto listing = rig.catalog->list(soon());
  ASSERT_EQ(listing.volumes.size(), 1U);
  EXPECT_EQ(listing.volumes[0].array_volume, "dcv-v1");
  for (const Millis max_age : {Millis(0), Millis(10'000)}) {
    EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", max_age, soon()); }), ErrorKind::failed_precondition);
    EXPECT_NE(sentence.find("on array A (backend BACKEND_A, array volume dcv-v1) and once more there (backend "
                            "BACKEND_A, array volume dcv-0DM4qZEVSKON-DXN-NwVpw)"),
              std::string::npos)
        << sentence;
  }
}

TEST_F(CatalogTest, RefusesToActOnTwoVolumesOfHpesPluginWithOneName) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  array->add_volume(kOtherLegacyVolume, legacy_comment("v1", kOtherLegacyId));
  Rig rig = make_rig();
  rig.start();
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::failed_precondition);
  EXPECT_EQ(rig.catalog->list(soon()).volumes.size(), 1U);
}

TEST_F(CatalogTest, ActsOnTheOneThatAnAdministratorLeft) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  array->drop_volume("dcv-v1");
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array_volume, kLegacyVolume);
  EXPECT_EQ(rig.catalog->look_up("v1", soon()).volume->array_volume, kLegacyVolume);
  array->add_volume("dcv-v1", comment_of("v1"));
  array->edit_volume(kLegacyVolume, [](array::ArrayVolume& volume) { volume.comment = ""; });
  rig.catalog->arrays()[0]->fetch(kLegacyVolume, soon());
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array_volume, "dcv-v1");
}

TEST_F(CatalogTest, SeesTheSecondVolumeAlsoWhenOnlyAListingHadIt) {
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  Rig rig = make_rig();
  rig.start();
  array->drop_volume(kLegacyVolume);
  rig.catalog->arrays()[0]->fetch(kLegacyVolume, soon());
  array->add_volume("dcv-v1", comment_of("v1"));
  array->add_volume(kLegacyVolume, legacy_comment("v1"));
  clock.advance(Millis(10'000));
  EXPECT_EQ(rig.catalog->read("v1", Millis(0), soon())->array_volume, "dcv-v1") << "nobody has listed the other yet";
  rig.catalog->list(soon());
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::failed_precondition);
}

// ---- an array that is lost ----

TEST_F(CatalogTest, AsksALostArrayNothingForAnAct) {
  array->add_volume("dcv-v1", comment_of("v1"));
  make_rig().start();
  array->set_silent(true);
  Rig rig = make_rig();
  rig.catalog->arrays()[0]->start(nullptr, nullptr);
  wait_until_lost(rig, 0);
  EXPECT_EQ(kind_of([&] { rig.catalog->read("v1", Millis(0), soon()); }), ErrorKind::unavailable);
  EXPECT_NE(sentence.find("array A does not answer since "), std::string::npos) << sentence;
  EXPECT_EQ(array->requests("find_volume"), 0);
  EXPECT_FALSE(rig.catalog->look_up("v1", soon()).stale_because.empty());
}

TEST_F(CatalogTest, GivesALostArrayAMomentToComeBack) {
  array->add_volume("dcv-v1", comment_of("v1"));
  make_rig().start();
  array->set_silent(true);
  Rig rig = make_rig();
  rig.catalog->arrays()[0]->start(nullptr, nullptr);
  wait_until_lost(rig, 0);
  array->set_silent(false);
  EXPECT_TRUE(wait_until([&] {
    try {
      return rig.catalog->read("v1", Millis(0), soon()).has_value();
    } catch (const Error&) {
      return false;
    }
  }));
  EXPECT_FALSE(rig.catalog->arrays()[0]->lost());
}

TEST_F(CatalogTest, DoesNotWaitForASilentArrayToListOrToLook) {
  other->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig_of_two();
  rig.start();
  clock.advance(Millis(60'000));
  other->set_silent(true);
  other->reset_requests();
  const SteadyTime began = clock.now();  // nobody moves the clock: a wait would not end
  const Catalog::Listing listing = rig.catalog->list(soon());
  EXPECT_EQ(listing.volumes.size(), 1U);
  EXPECT_EQ(listing.silent_arrays, std::vector<std::string>{"B:8080"});
  EXPECT_EQ(kind_of([&] { rig.catalog->look_up("nonesuch", soon()); }), ErrorKind::unavailable);
  EXPECT_NE(sentence.find("array B does not answer since "), std::string::npos) << sentence;
  EXPECT_EQ(other->requests("find_volume"), 0);
  EXPECT_EQ(clock.now(), began);
}

TEST_F(CatalogTest, WaitsOnlyForTheFirstSecondOfAListing) {
  array->add_volume("dcv-v1", comment_of("v1"));
  Rig rig = make_rig();
  rig.start();
  clock.advance(Millis(60'000));
  std::atomic<bool> hanging = false;
  std::atomic<bool> over = false;
  array->set_listing_hook([&] {
    hanging = true;
    while (!over) std::this_thread::sleep_for(Millis(2));
  });
  rig.catalog->arrays()[0]->ask_for_listing();
  ASSERT_TRUE(wait_until([&] { return hanging.load(); }));
  clock.advance(Millis(1'001));
  const SteadyTime began = clock.now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rig.catalog->list(soon()).volumes.size(), 1U);
  EXPECT_EQ(clock.now(), began);
  over = true;
  array->set_listing_hook(nullptr);
}

TEST_F(CatalogTest, TellsWhyAnArrayThatIsUpCannotBeListed) {
  other->fail_next("list_volumes", FakeArray::When::before_effect,
                   Error(ErrorKind::unavailable, "array B: cannot list volumes: internal error (HTTP 500)"), 1'000);
  Rig rig = make_rig_of_two();
  for (const auto& each : rig.catalog->arrays()) each->start(nullptr, nullptr);
  ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[0]->listed() && rig.catalog->arrays()[1]->unlistable(); }));
  EXPECT_EQ(rig.catalog->arrays()[1]->status().state, array::ArrayStatus::State::up);
  EXPECT_EQ(rig.catalog->arrays()[1]->status().reason, "array B: cannot list volumes: internal error (HTTP 500)");
  EXPECT_FALSE(rig.catalog->arrays()[1]->lost());
  const SteadyTime began = clock.now();
  EXPECT_EQ(kind_of([&] {
              rig.catalog->ensure_name_is_free("v1", {"A:8080", "BACKEND_A", false}, soon());
            }),
            ErrorKind::unavailable);
  EXPECT_NE(sentence.find("(cannot list volumes: internal error (HTTP 500))"), std::string::npos) << sentence;
  EXPECT_LT(clock.now() - began, Millis(3'000));
  other->fail_next("list_volumes", FakeArray::When::before_effect, Error(ErrorKind::unavailable, ""), 0);
  rig.catalog->arrays()[1]->ask_for_listing();
  ASSERT_TRUE(wait_until([&] { return rig.catalog->arrays()[1]->listed(); }));
  EXPECT_EQ(rig.catalog->arrays()[1]->status().reason, "");
}

}  // namespace
}  // namespace hpe3par::catalog
