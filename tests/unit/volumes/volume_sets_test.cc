#include "service_fixture.h"
#include "set_keeper.h"

namespace hpe3par::volumes {
namespace {

const RawOptions kBoth = {{"qos-name", "gold"}, {"flash-cache", "true"}};

class VolumeSets : public ServiceTest {
 protected:
  VolumeSets() { array->put_set({"gold", {"other"}, true, false}); }

  std::string uuid() { return catalog::decode_record(array->volume("dcv-v1")->comment)->uuid; }
  std::vector<std::string> both() {
    std::vector<std::string> names = {"gold", flash_cache_set_name(uuid())};
    std::sort(names.begin(), names.end());
    return names;
  }
  bool shown() {
    const auto list = service->list(soon()).volumes;
    return std::any_of(list.begin(), list.end(), [](const VolumeInfo& info) { return info.name == "v1"; });
  }
  void expect_nothing_of_it() {
    EXPECT_FALSE(array->volume("dcv-v1"));
    EXPECT_EQ(array->set("gold")->members, std::vector<std::string>{"other"});
    EXPECT_EQ(array->set_count(), 1U);
  }
  bool settled() {
    return wait_until([&] { return journal.unfinished().empty(); });
  }
  /// How many steps come before this one when a volume in both sets is made; nothing is left of the try.
  std::size_t steps_up_to(const std::string& step) {
    steps.arm();
    create("v1", kBoth);
    steps.disarm();
    const std::vector<std::string> names = steps.names();
    remove();
    const auto at = std::find(names.begin(), names.end(), step);
    // What is looked at once and remembered is not looked at the next time.
    const auto looks = std::count_if(
        names.begin(), at, [](const std::string& name) { return name == "find_set" || name == "has_flash_cache"; });
    return static_cast<std::size_t>(at - names.begin() - looks);
  }
  Error refusal(int code = 0) { return Error(ErrorKind::failed_precondition, "array A: no", code); }
};

TEST(FlashCacheSet, IsNamedAsByHpesPlugin) {
  EXPECT_EQ(flash_cache_set_name("d03338a9-9115-48a3-8dfc-35cdfcdc15a7"), "vvs-0DM4qZEVSKON-DXN-NwVpw");
  EXPECT_EQ(flash_cache_set_name("not a uuid"), "");
  EXPECT_EQ(flash_cache_set_name(""), "");
}

TEST_F(VolumeSets, AVolumeIsPutIntoThem) {
  start();
  array->reset_requests();
  create("v1", kBoth);
  EXPECT_EQ(array->sets_of("dcv-v1"), both());
  EXPECT_TRUE(array->set(flash_cache_set_name(uuid()))->flash_cache);
  EXPECT_EQ(array->requests(), 5) << "look at the rule and for a flash cache, volume, two sets";
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_TRUE(shown());
  EXPECT_EQ(catalog::decode_record(array->volume("dcv-v1")->comment)->options, kBoth);
}

TEST_F(VolumeSets, RulesAreLookedAtOnceAMinute) {
  start();
  create("v1", kBoth);
  array->reset_requests();
  create("v2", kBoth);
  EXPECT_EQ(array->requests(), 3);
}

TEST_F(VolumeSets, ARuleThatIsDisabledIsRefused) {
  array->disable_rule("gold");
  start();
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("has a QoS rule for volume set gold that is disabled; enable it there")) << sentence;
  EXPECT_EQ(array->requests("create_volume"), 0);
}

TEST_F(VolumeSets, ASetThatIsGoneIsNotRemembered) {
  start();
  create("v1", kBoth);
  array->drop_set("gold");
  EXPECT_EQ(kind_of([&] { create("v2", kBoth); }), ErrorKind::not_found);
  EXPECT_EQ(array->requests("create_volume"), 2);
  EXPECT_EQ(kind_of([&] { create("v2", kBoth); }), ErrorKind::not_found);
  EXPECT_TRUE(said("has no volume set gold")) << sentence;
  EXPECT_EQ(array->requests("create_volume"), 2) << "looked first";
}

TEST_F(VolumeSets, AFlashCacheThatIsNotThereIsRefused) {
  array->set_flash_cache(false);
  start();
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("array A has no flash cache; create it there (createflashcache)")) << sentence;
  EXPECT_EQ(array->requests("create_volume"), 0);
  create("v1", {{"qos-name", "gold"}, {"flash-cache", "false"}});
  EXPECT_EQ(array->requests("has_flash_cache"), 1);
  array->set_flash_cache(true);
  create("v2", kBoth);
}

TEST_F(VolumeSets, ASetWithoutARuleIsRefused) {
  array->put_set({"tin", {}, false, false});
  start();
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { create("v1", {{"qos-name", "tin"}}); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("has no QoS rule for volume set tin")) << sentence;
  EXPECT_EQ(kind_of([&] { create("v1", {{"qos-name", "brass"}}); }), ErrorKind::not_found);
  EXPECT_TRUE(said("has no volume set brass")) << sentence;
  EXPECT_EQ(array->requests("create_volume"), 0);
}

TEST_F(VolumeSets, AVolumeThatCannotBePutIntoThemIsRemovedAgain) {
  start();
  array->fail_next("create_flash_cache_set", FakeArray::When::before_effect, refusal());
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not created: array A: no")) << sentence;
  expect_nothing_of_it();
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_EQ(kind_of([&] { service->get("v1", soon()); }), ErrorKind::not_found);
}

TEST_F(VolumeSets, WhatCannotBeUndoneAtOnceIsHiddenAndUndoneLater) {
  start();
  array->fail_next("add_to_set", FakeArray::When::before_effect, refusal());
  array->fail_next("remove_volume", FakeArray::When::before_effect, Error(ErrorKind::unavailable, "silence"), 1);
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::failed_precondition);
  EXPECT_FALSE(shown());
  EXPECT_TRUE(settled());
  expect_nothing_of_it();
}

TEST_F(VolumeSets, AVolumeThatSomebodyUsesIsNeverUndone) {
  start();
  array->set_hook([&](const std::string& method) {
    if (method != "add_to_set") return;
    array->set_hook(nullptr);
    array->set_mark("dcv-v1", "h3p-fs", "formatted:ext4:f1");  // another host mounted it meanwhile
  });
  array->fail_next("add_to_set", FakeArray::When::before_effect, refusal());
  EXPECT_NE(kind_of([&] { create("v1", kBoth); }), ErrorKind::internal);
  EXPECT_TRUE(said("volume v1 exists and is kept, because somebody uses it already, but it is not in all of its"))
      << sentence;
  EXPECT_TRUE(said("(gold, " + flash_cache_set_name(uuid()) + "); put it into them")) << sentence;
  EXPECT_TRUE(settled());
  EXPECT_TRUE(array->volume("dcv-v1"));
  EXPECT_TRUE(shown());
}

TEST_F(VolumeSets, RemovalTakesTheVolumeOutOfThem) {
  start();
  create("v1", kBoth);
  array->reset_requests();
  remove();
  expect_nothing_of_it();
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_EQ(array->requests(), 6) << "DELETE, look at exports and sets, two of them, DELETE";
}

TEST_F(VolumeSets, AFlashCacheSetWithOthersInItStays) {
  start();
  create("v1", kBoth);
  const std::string own = flash_cache_set_name(uuid());
  array->put_set({own, {"dcv-v1", "theirs"}, false, true});
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  ASSERT_TRUE(array->set(own));
  EXPECT_EQ(array->set(own)->members, std::vector<std::string>{"theirs"});
}

TEST_F(VolumeSets, AFlashCacheSetThatTheArrayKeepsIsLeft) {
  start();
  create("v1", kBoth);
  const std::string own = flash_cache_set_name(uuid());
  array->fail_next("remove_set", FakeArray::When::before_effect, refusal());  // somebody made a rule for it
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  EXPECT_TRUE(array->set(own)->members.empty());
}

TEST_F(VolumeSets, AVolumeThatIsNotRemovedGetsBackToTheOthersInItsSet) {
  start();
  create("v1", kBoth);
  const std::string own = flash_cache_set_name(uuid());
  array->put_set({own, {"dcv-v1", "theirs"}, false, true});
  array->fail_next("remove_volume", FakeArray::When::before_effect, refusal(34), 2);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(settled());
  EXPECT_EQ(array->sets_of("dcv-v1"), both());
  EXPECT_EQ(array->set(own)->members.size(), 2U);
}

TEST_F(VolumeSets, ASetOfOthersIsNotRemovedWithACreationThatItRefused) {
  start();
  array->set_hook([&](const std::string& method) {
    if (method != "create_flash_cache_set") return;
    array->set_hook(nullptr);
    array->put_set({flash_cache_set_name(uuid()), {"theirs"}, false, false});
  });
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::already_exists);
  EXPECT_FALSE(array->volume("dcv-v1"));
  EXPECT_EQ(array->set_count(), 2U) << "gold and theirs";
  EXPECT_TRUE(journal.unfinished().empty());
}

TEST_F(VolumeSets, ACreationThatWasCutOffIsUndoneWhereASetRefusesItForGood) {
  start();
  steps.arm(static_cast<int>(steps_up_to("create_volume")), Steps::Spoil::die_after);
  try {
    create("v1", kBoth);
  } catch (const std::exception&) {
  }
  stop();
  steps.revive();
  ASSERT_TRUE(array->volume("dcv-v1"));
  array->drop_set("gold");
  start();
  EXPECT_TRUE(settled());
  EXPECT_FALSE(array->volume("dcv-v1"));
  EXPECT_EQ(array->set_count(), 0U);
}

TEST_F(VolumeSets, ACreationThatMayStillComeDoesNotHideTheVolumeOfAnotherHost) {
  start();
  array->fail_next("create_volume", FakeArray::When::before_effect, Error(ErrorKind::unavailable, "cut off"));
  EXPECT_EQ(kind_of([&] { create("v1", kBoth); }), ErrorKind::unavailable);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::not_found);
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "theirs", "", {}}));
  mount("a");
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere});
  EXPECT_EQ(journal.unfinished().size(), 1U) << "the request may still be carried out, when that volume is gone";
}

TEST_F(VolumeSets, AVolumeInUseIsNotTakenOutOfAnySet) {
  start();
  create("v1", kBoth);
  // As if the set were exported: the array first says that the volume is in a set.
  array->fail_next("remove_volume", FakeArray::When::before_effect, refusal(34));
  array->add_export("dcv-v1", "other", true);
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not removed: it is in use by host other")) << sentence;
  EXPECT_EQ(array->requests("remove_from_set") + array->requests("remove_set"), 0);
  EXPECT_EQ(array->sets_of("dcv-v1"), both());
}

TEST_F(VolumeSets, RemovalOfAnExportedVolumeChangesNothing) {
  start();
  create("v1", kBoth);
  array->add_export("dcv-v1", "other", true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_EQ(array->sets_of("dcv-v1"), both());
}

TEST_F(VolumeSets, AVolumeThatIsNotRemovedGetsBackIntoThem) {
  start();
  create("v1", kBoth);
  array->set_hook([&](const std::string& method) {
    if (method != "remove_set") return;
    array->set_hook(nullptr);
    array->add_export("dcv-v1", "other", true);  // in the middle of it
  });
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("in use by")) << sentence;
  EXPECT_EQ(array->sets_of("dcv-v1"), both());
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_TRUE(shown());
}

TEST_F(VolumeSets, ASetOfTheAdministratorStandsInTheWay) {
  array->put_set({"exported", {}, false, false});
  start();
  create();
  array->add_to_set("exported", "dcv-v1", soon());
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("it is a member of volume set exported")) << sentence;
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeSets, AVolumeOfHpesPluginIsTakenOutOfItsSets) {
  add_legacy();
  array->put_set({"vvs-0DM4qZEVSKON-DXN-NwVpw", {kLegacyVolume}, false, false});
  array->put_set({"gold", {"other", kLegacyVolume}, true, false});
  start();
  remove();
  EXPECT_FALSE(array->volume(kLegacyVolume));
  expect_nothing_of_it();
}

/// Spoils each step of creating or removing a volume in sets, in each way.
class VolumeSetsMatrix : public VolumeSets {
 protected:
  void reset() {
    stop();
    steps.revive();
    for (const auto& row : journal.unfinished()) journal.erase_unfinished(row.uuid);
    journal.replace_volumes("A:8080", {});
    array->drop_volume("dcv-v1");
    array->drop_sets();
    array->put_set({"gold", {"other"}, true, false});
    array->reset_requests();
  }
  std::vector<std::string> steps_of(const std::function<void()>& prepare, const std::function<void()>& operation) {
    start();
    prepare();
    steps.arm();
    operation();
    steps.disarm();
    std::vector<std::string> names = steps.names();
    reset();
    return names;
  }
  void run(const std::function<void()>& prepare, const std::function<void()>& operation,
           const std::function<void()>& check) {
    const std::vector<std::string> names = steps_of(prepare, operation);
    ASSERT_GT(names.size(), 5U);
    for (int at = 0; at < static_cast<int>(names.size()) && !HasFailure(); ++at)
      for (const auto spoil :
           {Steps::Spoil::error_before, Steps::Spoil::error_after, Steps::Spoil::die_before, Steps::Spoil::die_after}) {
        const std::string& name = names[static_cast<std::size_t>(at)];
        // A failed write leaves the old row in place, says the journal.
        if (spoil == Steps::Spoil::error_after && name.starts_with("journal:")) continue;
        SCOPED_TRACE("step " + std::to_string(at) + " " + name + ", spoilt in way " +
                     std::to_string(static_cast<int>(spoil)));
        start();
        prepare();
        spoil_one(operation, at, spoil);
        check();
        reset();
      }
  }
  void spoil_one(const std::function<void()>& operation, int at, Steps::Spoil spoil) {
    steps.arm(at, spoil);
    try {
      operation();
    } catch (const std::exception&) {
    }
    steps.disarm();
    if (!steps.dead()) return;
    stop();
    steps.revive();
    start();
  }
};

TEST_F(VolumeSetsMatrix, ACreationThatFailsOrDiesAtAnyStepCanBeRepeated) {
  run([] {}, [this] { create("v1", kBoth); },
      [this] {
        create("v1", kBoth);
        EXPECT_EQ(array->sets_of("dcv-v1"), both());
        EXPECT_EQ(array->set_count(), 2U);
        EXPECT_TRUE(shown());
        EXPECT_TRUE(settled());
        remove();
        expect_nothing_of_it();
      });
}

TEST_F(VolumeSetsMatrix, ACreationThatFailsOrDiesAtAnyStepIsWholeOrNotThere) {
  run([] {}, [this] { create("v1", kBoth); },
      [this] {
        // What is shown is whole, from the beginning; what is not comes to an end by itself.
        const auto whole_or_hidden = [&] { return !shown() || array->sets_of("dcv-v1") == both(); };
        EXPECT_TRUE(whole_or_hidden());
        EXPECT_TRUE(wait_until([&] {
          return array->volume("dcv-v1") ? shown() && array->sets_of("dcv-v1") == both() : array->set_count() == 1;
        }));
        EXPECT_TRUE(whole_or_hidden());
      });
}

TEST_F(VolumeSetsMatrix, ARemovalThatFailsOrDiesAtAnyStepCanBeRepeated) {
  run([this] { create("v1", kBoth); }, [this] { remove(); },
      [this] {
        EXPECT_TRUE(settled());
        EXPECT_TRUE(!array->volume("dcv-v1") || array->sets_of("dcv-v1") == both());
        remove();
        expect_nothing_of_it();
        EXPECT_TRUE(settled());
      });
}

}  // namespace
}  // namespace hpe3par::volumes
