#include "service_replicated_fixture.h"

namespace hpe3par::volumes {
namespace {

// ---- create ----

TEST_F(ServiceReplicatedTest, CreatePutsTheVolumeAndItsRecordOnBothArrays) {
  start();
  create_replicated();
  const auto record = catalog::decode_record(array->volume(kVolume)->comment);
  EXPECT_EQ(record->group, "g");
  EXPECT_EQ(record->pair, (std::vector<std::string>{"SA", "SB"}));
  EXPECT_EQ(peer->volume(kVolume)->comment, array->volume(kVolume)->comment);
  EXPECT_EQ(array->group("g")->targets.at(0).state, array::GroupState::started);
  EXPECT_TRUE(is_listed());
  EXPECT_EQ(service->list(soon()).volumes.size(), 1U) << "its copy is no volume";
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_FALSE(is_locked());
  EXPECT_TRUE(journal.group_locks().empty());
  create_replicated();  // a second time
}

TEST_F(ServiceReplicatedTest, CreateLeavesNothingIfTheCopyGetsNoRecord) {
  start();
  peer->fail_next("write_comment", When::before_effect, refusal());
  EXPECT_EQ(kind_of([&] { create_replicated(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not created: array B: no")) << sentence;
  expect_nothing_of_it();
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_FALSE(is_listed());
  create_replicated();
}

TEST_F(ServiceReplicatedTest, CreateNeedsToHaveReachedBothArraysOnce) {
  peer->set_silent(true);
  start();
  EXPECT_EQ(kind_of([&] { create_replicated(); }), ErrorKind::unavailable);
  EXPECT_TRUE(said("array B:8080 was not reached yet")) << sentence;
  EXPECT_EQ(array->requests("create_volume"), 0);
}

TEST_F(ServiceReplicatedTest, AnUnreplicatedVolumeIsNotMadeOnAReplicatedBackend) {
  start();
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::invalid_argument);
  EXPECT_TRUE(said("replicationGroup")) << sentence;
}

// ---- mount ----

TEST_F(ServiceReplicatedTest, TheFirstMountMarksTheVolumeOnBothArrays) {
  start();
  create_replicated();
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  const auto mark = array->mark(kVolume, kFormatMark);
  ASSERT_TRUE(mark);
  EXPECT_TRUE(parse_mark(*mark).finished);
  EXPECT_EQ(peer->mark(kVolume, kFormatMark), mark);
  EXPECT_EQ(mounted_from(), kOwnKey);
  EXPECT_TRUE(peer->holders(kVolume).empty());
}

TEST_F(ServiceReplicatedTest, BothArraysAreMarkedBeforeItIsFormatted) {
  start();
  create_replicated();
  steps.arm();
  mount("a");
  steps.disarm();
  const std::vector<std::string> names = steps.names();
  const auto format = std::find(names.begin(), names.end(), "format");
  EXPECT_EQ(std::count(names.begin(), format, "create_mark"), 2);
}

TEST_F(ServiceReplicatedTest, IsNotFormattedBeforeThePeerTookTheMark) {
  start();
  create_replicated();
  peer->fail_next("create_mark", When::before_effect, lost());
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unavailable);
  EXPECT_TRUE(
      said("volume v1 is not mounted: it is not formatted before array B, which has its copy, knows of it; retry when "
           "that takes the mark: array B: the answer was lost"))
      << sentence;
  EXPECT_EQ(machine.formats(), 0);
  expect_nothing_left();
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_EQ(peer->mark(kVolume, kFormatMark), array->mark(kVolume, kFormatMark));
}

TEST_F(ServiceReplicatedTest, NeitherIsAVolumeWhoseFormattingDidNotEnd) {
  start();
  create_replicated();
  array->set_mark(kVolume, kFormatMark, encode_mark({false, "", "u"}));
  peer->fail_next("create_mark", When::before_effect, lost());
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unavailable);
  EXPECT_EQ(machine.formats(), 0);
  expect_nothing_left();
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
}

// Its mark is behind for ever then; all that counts is that there is one.
TEST_F(ServiceReplicatedTest, ThePeerNeedNotLearnThatTheFormattingEnded) {
  start();
  create("v1", {{"replicationGroup", "g"}, {"mountConflictDelay", "0"}});
  peer->fail_next("update_mark", When::before_effect, lost(), 2);
  mount("a");
  unmount("a");
  EXPECT_TRUE(parse_mark(*array->mark(kVolume, kFormatMark)).finished);
  EXPECT_FALSE(parse_mark(*peer->mark(kVolume, kFormatMark)).finished);
  replicate();
  fail_over();
  peer->reset_requests();
  peer->add_export(kVolume, "gone", false);  // so that the mark is read
  mount("b");
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_EQ(peer->requests("find_mark"), 1);
  EXPECT_EQ(machine.formats(), 1);
}

TEST_F(ServiceReplicatedTest, IsFormattedOnlyWhileItIsReplicated) {
  start();
  create_replicated();
  make_pair_say("1f5", "2f5");
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(
      said("it has no file system on array A:8080, and none is made there while its remote copy group is not "
           "started"))
      << sentence;
  EXPECT_EQ(machine.formats(), 0);
  EXPECT_FALSE(array->mark(kVolume, kFormatMark));
  EXPECT_FALSE(peer->mark(kVolume, kFormatMark));
  expect_nothing_left();
  make_pair_say("1f3", "2f3");
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
}

TEST_F(ServiceReplicatedTest, IsNotFormattedWhereItsDataNeverArrived) {
  start();
  create_replicated();
  fail_over();
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("it has no file system on array B:8080")) << sentence;
  EXPECT_EQ(machine.formats(), 0);
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty() && peer->holders(kVolume).empty(); }));
}

TEST_F(ServiceReplicatedTest, IsMountedFromTheCopyOnceThatTookOver) {
  start();
  make_used_volume();
  fail_over();
  mount("a");
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_TRUE(machine.attached(peer_wwn()));
  EXPECT_FALSE(machine.attached(wwn()));
  EXPECT_EQ(row(uuid())->loop_dir, "/loop-b");
  EXPECT_EQ(machine.formats(), 1);
  unmount("a");
  EXPECT_TRUE(peer->holders(kVolume).empty());
  EXPECT_TRUE(journal.mounts().empty());
}

TEST_F(ServiceReplicatedTest, IsNotMountedFromACopyThatNobodyMadeTheOneToWriteTo) {
  start();
  make_used_volume();
  array->set_silent(true);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("array B has the copy only")) << sentence;
  EXPECT_TRUE(journal.mounts().empty());
  EXPECT_TRUE(peer->holders(kVolume).empty());
}

TEST_F(ServiceReplicatedTest, IsNotMountedWhileItsOtherCopyIsExportedToAnotherHost) {
  start();
  make_used_volume();
  make_pair_say("1f5", "2f5");
  peer->add_export(kVolume, "there", true);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not mounted: its other copy, on array B, is still exported to host there"))
      << sentence;
  expect_nothing_left();
  EXPECT_EQ(peer->holders(kVolume), std::vector<std::string>{"there"}) << "it is taken away from nobody";
  peer->drop_export(kVolume, "there");
  mount("a");
}

TEST_F(ServiceReplicatedTest, ALateHostIsSeenAfterAFailoverToo) {
  start();
  make_used_volume();
  make_pair_say("1f5", "1t5");
  array->add_export(kVolume, "there", true);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("its other copy, on array A, is still exported to host there")) << sentence;
  EXPECT_TRUE(peer->holders(kVolume).empty());
}

TEST_F(ServiceReplicatedTest, OurOwnExportOfTheOtherCopyStandsInNobodysWay) {
  start();
  make_used_volume();
  make_pair_say("1f5", "2f5");
  peer->add_export(kVolume, kHere, true);
  mount("a");
  EXPECT_EQ(mounted_from(), kOwnKey);
}

TEST_F(ServiceReplicatedTest, TheOtherArrayIsNotAskedForExportsWhileAllIsWell) {
  start();
  make_used_volume();
  peer->reset_requests();
  mount("a");
  EXPECT_EQ(peer->requests("list_exports"), 0);
}

TEST_F(ServiceReplicatedTest, AnotherUserIsRefusedWhenThePlaceOfTheMountServesNoMore) {
  start();
  make_used_volume();
  mount("a");
  make_pair_say("1f5", "1t5");
  EXPECT_EQ(kind_of([&] { mount("b"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(
      said("volume v1 is mounted on this host from array A:8080, but array A says primary, stopped; array B "
           "says primary (reversed), stopped, so what is written to a mount from array A is lost"))
      << sentence;
  EXPECT_TRUE(mounted()) << "it is not taken from the first one";
  EXPECT_EQ(row(uuid())->ids.size(), 1U);
  make_pair_say("1f3", "2f3");
  mount("b");
  EXPECT_EQ(row(uuid())->ids.size(), 2U);
}

TEST_F(ServiceReplicatedTest, AnotherUserIsTakenWhileBothArraysAreSilent) {
  start();
  make_used_volume();
  mount("a");
  array->set_silent(true);
  peer->set_silent(true);
  mount("b");
  EXPECT_EQ(row(uuid())->ids.size(), 2U);
}

// ---- an export that is left on an array that is away ----

TEST_F(ServiceReplicatedTest, AnExportOnAnArrayThatIsAwayIsRemovedWhenItAnswers) {
  start();
  unmount_without_array();
  make_say(*peer, "g.r1", "1t5");
  mount("b");
  EXPECT_EQ(mounted_from(), kPeerKey);
  const auto aside = row(uuid() + "@" + kOwnKey);
  ASSERT_TRUE(aside);
  EXPECT_EQ(aside->state, MountState::unexporting);
  EXPECT_EQ(aside->array, kOwnKey);
  EXPECT_TRUE(aside->ids.empty());
  EXPECT_EQ(service->status().mounted_volumes, 1);
  EXPECT_EQ(service->status().clean_up.size(), 1U);

  array->set_silent(false);
  EXPECT_TRUE(wait_until([&] { return !row(uuid() + "@" + kOwnKey); }));
  EXPECT_TRUE(array->holders(kVolume).empty());
  EXPECT_EQ(peer->holders(kVolume), std::vector<std::string>{kHere});
  EXPECT_TRUE(mounted());
  EXPECT_EQ(mounted_from(), kPeerKey);
}

TEST_F(ServiceReplicatedTest, AnExportThatWasSetAsideIsRemovedAfterARestart) {
  start();
  unmount_without_array();
  make_say(*peer, "g.r1", "1t5");
  mount("b");
  restart();
  EXPECT_TRUE(row(uuid() + "@" + kOwnKey));
  EXPECT_TRUE(mounted());
  array->set_silent(false);
  EXPECT_TRUE(wait_until([&] { return !row(uuid() + "@" + kOwnKey); }));
  EXPECT_TRUE(array->holders(kVolume).empty());
  EXPECT_TRUE(mounted());
  unmount("b");
  EXPECT_TRUE(peer->holders(kVolume).empty());
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
}

// Its journal was lost while the volume was mounted from the one array, and that came back after the other one served.
TEST_F(ServiceReplicatedTest, AnExportThatALostJournalLeftIsGivenBackBesideAMountFromTheOtherArray) {
  start();
  make_used_volume();
  stop();
  array->set_local_address("10.0.0.1");
  array->add_host(kHere, kInitiator, "10.0.0.1");
  array->add_export(kVolume, kHere, true);
  journal.put(journal::KnownArray{kOwnKey, "SA", false});
  fail_over();
  restart();
  mount("b");
  ASSERT_EQ(mounted_from(), kPeerKey);
  array->set_silent(false);
  make_say(*array, "g", "1f5");
  EXPECT_TRUE(wait_until([&] { return array->holders(kVolume).empty(); }));
  EXPECT_TRUE(wait_until([&] { return journal.mounts().size() == 1; }));
  EXPECT_TRUE(mounted());
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_EQ(peer->holders(kVolume), std::vector<std::string>{kHere});
}

TEST_F(ServiceReplicatedTest, AnExportThatWasSetAsideIsOfNobodyElse) {
  start();
  unmount_without_array();
  make_say(*peer, "g.r1", "1t5");
  mount("b");
  array->drop_export(kVolume, kHere);
  array->add_export(kVolume, "there", true);
  array->set_silent(false);
  EXPECT_TRUE(wait_until([&] { return !row(uuid() + "@" + kOwnKey); }));
  EXPECT_EQ(array->holders(kVolume), std::vector<std::string>{"there"});
}

TEST_F(ServiceReplicatedTest, WhatIsStillUsedHereIsNotSetAside) {
  start();
  make_used_volume();
  mount("a");
  machine.set_claimed(wwn(), true);
  fail_over();
  unmount("a");
  EXPECT_EQ(kind_of([&] { mount("b"); }), ErrorKind::unavailable);
  EXPECT_FALSE(row(uuid() + "@" + kOwnKey));
  EXPECT_TRUE(peer->holders(kVolume).empty()) << "or there would be two writers";
  machine.set_claimed(wwn(), false);
  EXPECT_TRUE(wait_until([&] { return !machine.attached(wwn()); }));
  mount("b");
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_TRUE(row(uuid() + "@" + kOwnKey));
}

TEST_F(ServiceReplicatedTest, NothingIsSetAsideWhileTheJournalTakesNoWrite) {
  start();
  unmount_without_array();
  make_say(*peer, "g.r1", "1t5");
  journal.set_writable(false);
  EXPECT_EQ(kind_of([&] { mount("b"); }), ErrorKind::unavailable);
  journal.set_writable(true);
  mount("b");
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_TRUE(row(uuid() + "@" + kOwnKey));
}

TEST_F(ServiceReplicatedTest, AnExportThatIsThatOfTheMountAgainStays) {
  start();
  make_used_volume();
  mount("a");
  MountRecord aside = *row(uuid());
  aside.uuid += std::string("@") + kOwnKey;
  aside.state = MountState::unexporting;
  aside.ids.clear();
  stop();
  journal.put(aside);
  start();
  EXPECT_TRUE(wait_until([&] { return !row(aside.uuid); }));
  EXPECT_EQ(array->holders(kVolume), std::vector<std::string>{kHere});
  EXPECT_TRUE(mounted());
}

TEST_F(ServiceReplicatedTest, AVolumeOfWhichOnlyTheCopyIsKnownIsMountedIfThatTookOver) {
  start();
  make_used_volume();
  stop();
  journal.replace_volumes(kOwnKey, {});
  fail_over();
  start();
  mount("a");
  EXPECT_EQ(mounted_from(), kPeerKey);
}

// ---- each step of it ----

/// Spoils each step of creating, mounting or removing a replicated volume, in each way.
class ServiceReplicatedMatrix : public ServiceReplicatedTest {
 protected:
  void reset() {
    stop();
    steps.revive();
    array->set_silent(false);
    for (const auto& each : journal.unfinished()) journal.erase_unfinished(each.uuid);
    for (const auto& each : journal.group_locks()) journal.erase_group_lock(each.token);
    for (const auto& each : journal.mounts()) journal.erase_mount(each.uuid);
    machine.reboot();
    for (const char* key : {kOwnKey, kPeerKey}) journal.replace_volumes(key, {});
    if (array->group("g")) array->remove_group("g", soon());
    array->drop_volume(kVolume);
    peer->drop_volume(kVolume);
    array->drop_sets();
  }
  std::size_t steps_of(const std::function<void()>& prepare, const std::function<void()>& operation) {
    start();
    prepare();
    steps.arm();
    operation();
    steps.disarm();
    names = steps.names();
    reset();
    return names.size();
  }
  void run(const std::function<void()>& prepare, const std::function<void()>& operation,
           const std::function<void()>& check) {
    ASSERT_GT(steps_of(prepare, operation), 10U);
    for (std::size_t at = 0; at < names.size() && !HasFailure(); ++at)
      for (const auto spoil :
           {Steps::Spoil::error_before, Steps::Spoil::error_after, Steps::Spoil::die_before, Steps::Spoil::die_after}) {
        // A failed write leaves the old row in place, says the journal.
        if (spoil == Steps::Spoil::error_after && names[at].starts_with("journal:")) continue;
        // An array looks for itself what became of a request whose answer was lost.
        if (spoil == Steps::Spoil::error_after && names[at].ends_with("_volume")) continue;
        SCOPED_TRACE("step " + std::to_string(at) + " " + names[at] + ", spoilt in way " +
                     std::to_string(static_cast<int>(spoil)));
        start();
        prepare();
        spoil_one(operation, static_cast<int>(at), spoil);
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
    if (steps.dead()) restart();
  }
  bool is_attached() {
    const auto group = array->group("g");
    const auto volume = array->volume(kVolume);
    const auto copy = peer->volume(kVolume);
    return group && group->find_member(kVolume) != nullptr && volume && copy && copy->comment == volume->comment;
  }
  bool is_whole() { return is_attached() && array->group("g")->targets.at(0).state == array::GroupState::started; }
  bool is_gone() { return !array->volume(kVolume) && !peer->volume(kVolume); }
  bool is_in_order() { return array->volume(kVolume) ? is_listed() && is_whole() : is_gone(); }

  std::vector<std::string> names;
};

TEST_F(ServiceReplicatedMatrix, ACreationThatFailsOrDiesAtAnyStepIsWholeOrNotThere) {
  run([] {}, [this] { create_replicated(); },
      [this] {
        EXPECT_TRUE(!is_listed() || is_attached());
        EXPECT_TRUE(wait_until([&] { return is_in_order() && !is_locked(); }));
      });
}

TEST_F(ServiceReplicatedMatrix, ACreationThatFailsOrDiesAtAnyStepCanBeRepeated) {
  run([] {}, [this] { create_replicated(); },
      [this] {
        create_replicated();
        EXPECT_TRUE(is_attached());
        EXPECT_TRUE(wait_until([&] { return is_whole(); })) << "the group is started in the background";
        EXPECT_TRUE(is_listed());
        EXPECT_TRUE(settled());
        remove();
        EXPECT_TRUE(settled());
        expect_nothing_of_it();
      });
}

TEST_F(ServiceReplicatedMatrix, ARemovalThatFailsOrDiesAtAnyStepCanBeRepeated) {
  run([this] { create_replicated(); }, [this] { remove(); },
      [this] {
        EXPECT_TRUE(wait_until([&] { return is_in_order(); }));
        EXPECT_TRUE(settled());
        remove();
        EXPECT_TRUE(settled());
        EXPECT_TRUE(is_gone());
      });
}

TEST_F(ServiceReplicatedMatrix, AFirstMountThatFailsOrDiesAtAnyStepCanBeRepeated) {
  run([this] { create_replicated(); }, [this] { mount("a"); },
      [this] {
        mount("a");
        EXPECT_TRUE(mounted());
        const auto mark = array->mark(kVolume, kFormatMark);
        ASSERT_TRUE(mark);
        EXPECT_TRUE(parse_mark(*mark).finished);
        EXPECT_TRUE(peer->mark(kVolume, kFormatMark)) << "the copy must never be taken for one that is blank";
        unmount("a");
        expect_nothing_left();
        EXPECT_TRUE(peer->holders(kVolume).empty());
      });
}

TEST_F(ServiceReplicatedMatrix, AMountFromTheCopyThatFailsOrDiesAtAnyStepCanBeRepeated) {
  const auto prepare = [this] {
    unmount_without_array();
    make_say(*peer, "g.r1", "1t5");
  };
  run(
      prepare, [this] { mount("b"); },
      [this] {
        mount("b");
        EXPECT_EQ(mounted_from(), kPeerKey);
        EXPECT_EQ(peer->holders(kVolume), std::vector<std::string>{kHere});
        array->set_silent(false);
        EXPECT_TRUE(wait_until([&] { return array->holders(kVolume).empty(); }));
        EXPECT_TRUE(mounted());
        unmount("b");
        EXPECT_TRUE(wait_until([&] { return journal.mounts().empty() && machine.devices() == 0; }));
        EXPECT_TRUE(peer->holders(kVolume).empty());
      });
}

// ---- where it serves no more ----

TEST_F(ServiceReplicatedTest, WhatIsStillAttachedIsNotMountedAgainWhereItServesNoMore) {
  start();
  make_used_volume();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  make_pair_say("1f5", "1t5");
  kind_of([&] { mount("b"); });
  EXPECT_FALSE(mounted());
  machine.set_claimed(wwn(), false);
}

TEST_F(ServiceReplicatedTest, AMountThatWasTakenAwayIsMadeFromTheArrayThatTookOver) {
  start();
  make_used_volume();
  mount("a");
  machine.drop_mount(kPlace);
  fail_over();
  mount("b");
  EXPECT_EQ(mounted_from(), kPeerKey);
}

TEST_F(ServiceReplicatedTest, AnArrayThatAnswersMustShowItsExports) {
  start();
  make_used_volume();
  make_pair_say("1f5", "2f5");
  peer->add_export(kVolume, "there", true);
  peer->fail_next("list_exports", When::before_effect, Error(ErrorKind::deadline_exceeded, "array B: too slow"));
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::deadline_exceeded);
  EXPECT_FALSE(mounted());
}

}  // namespace
}  // namespace hpe3par::volumes
