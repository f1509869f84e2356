#include "hpe3par/volumes/volume_service.h"

#include "plan.h"
#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class VolumeServiceTest : public ServiceTest {};

// ---- create ----

TEST_F(VolumeServiceTest, CreatesWithOneRequest) {
  start();
  array->reset_requests();
  create("v1", {{"size", "7"}, {"cpg", "cpg2"}});
  EXPECT_EQ(array->requests(), 1);
  const auto made = array->volume("dcv-v1");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->size_mib, 7U * 1024);
  EXPECT_EQ(made->cpg, "cpg2");
  const auto record = catalog::decode_record(made->comment);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->options, (RawOptions{{"size", "7"}, {"cpg", "cpg2"}}));
}

TEST_F(VolumeServiceTest, TakesARepeatedCreateForSuccess) {
  start();
  create("v1", {{"size", "7"}});
  create("v1", {{"size", "7"}, {"provisioning", "thin"}});
  EXPECT_EQ(array->volume_count(), 1U);
}

TEST_F(VolumeServiceTest, CreatesAnewWhatAnotherHostRemovedAMomentAgo) {
  start();
  create();
  array->drop_volume("dcv-v1");
  create();
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeServiceTest, NamesTheDifferencesToAnExistingVolume) {
  start();
  create("v1", {{"size", "7"}});
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "8"}}); }), ErrorKind::already_exists);
  EXPECT_TRUE(said("volume v1 exists with other options: size is 7, not 8")) << sentence;
}

TEST_F(VolumeServiceTest, AcceptsWhatAnotherHostMadeAtTheSameTime) {
  start();
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u", "", {{"size", "7"}}, false}));
  create("v1", {{"size", "7"}});
  EXPECT_EQ(kind_of([&] { create("v1"); }), ErrorKind::already_exists);
}

TEST_F(VolumeServiceTest, DoesNotTakeAStrangersArrayVolume) {
  start();
  array->add_volume("dcv-v1", "made by hand");
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::already_exists);
  EXPECT_TRUE(said("array A has a volume dcv-v1 that is not a volume of this plugin")) << sentence;
  remove();
  EXPECT_TRUE(array->volume("dcv-v1")) << "removed a volume that is not ours";
}

TEST_F(VolumeServiceTest, SaysOfAListThatItIsOldAlthoughTheArrayIsUp) {
  start();
  create();
  EXPECT_TRUE(service->list(soon()).silent_arrays.empty());
  array->fail_next("list_volumes", FakeArray::When::before_effect, Error(ErrorKind::internal, "array A: no list"),
                   1'000);
  restart();
  const VolumeList list = service->list(soon());
  ASSERT_EQ(list.silent_arrays.size(), 1U);
  EXPECT_EQ(list.silent_arrays[0].name, "A");
  EXPECT_EQ(list.silent_arrays[0].state, "up");
  EXPECT_EQ(list.silent_arrays[0].reason, "array A: no list");
  ASSERT_EQ(list.volumes.size(), 1U);
  EXPECT_EQ(list.volumes[0].state, "unreachable");
  EXPECT_EQ(list.volumes[0].last_error, "array A: no list");
}

TEST_F(VolumeServiceTest, FindsTheNameOnAVolumeOfHpesPlugin) {
  add_legacy();
  array->edit_volume(kLegacyVolume, [](array::ArrayVolume& volume) { volume.size_mib = 10 * 1024; });
  start();
  create();
  create("v1", {{"size", "10"}});
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "11"}}); }), ErrorKind::already_exists);
  EXPECT_EQ(array->volume_count(), 1U);
}

TEST_F(VolumeServiceTest, TouchesNeitherOfTwoVolumesOfOneName) {
  add_legacy();
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u1", "", {}, false}));
  start();
  const auto list = service->list(soon()).volumes;
  ASSERT_EQ(list.size(), 1U);
  for (const VolumeInfo& info : {service->get("v1", soon()), list[0]}) {
    EXPECT_EQ(info.name, "v1");
    EXPECT_EQ(info.state, "ambiguous");
    EXPECT_TRUE(info.last_error.starts_with("volume v1 exists on array A")) << info.last_error;
    EXPECT_EQ(info.places, (std::vector<VolumePlace>{{"A", "DEFAULT", "dcv-v1"}, {"A", "DEFAULT", kLegacyVolume}}));
  }
  for (const auto& act : std::initializer_list<std::function<void()>>{[&] { create(); }, [&] { mount("id"); },
                                                                      [&] { remove(); }, [&] { remove(); }}) {
    EXPECT_EQ(kind_of(act), ErrorKind::failed_precondition);
    EXPECT_TRUE(said("array volume dcv-v1) and once more there (backend DEFAULT, array volume dcv-0DM4")) << sentence;
  }
  EXPECT_EQ(array->volume_count(), 2U);
}

TEST_F(VolumeServiceTest, ShowsOfTwoVolumesOfOneNameTheOneThatIsMountedHere) {
  add_legacy();
  start();
  mount("a");
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u1", "", {}, false}));
  restart();
  const auto list = service->list(soon()).volumes;
  ASSERT_EQ(list.size(), 1U);
  for (const VolumeInfo& info : {service->get("v1", soon()), list[0]}) {
    EXPECT_EQ(info.array_volume, kLegacyVolume);
    EXPECT_EQ(info.mountpoint, kPlace);
    EXPECT_EQ(info.state, "ambiguous");
  }
  unmount("a");
}

TEST_F(VolumeServiceTest, RemovesNoCopyOrSnapshotOfTheArray) {
  start();
  create();
  for (const auto kind : {array::CopyKind::snapshot, array::CopyKind::physical_copy}) {
    array->edit_volume("dcv-v1", [&](array::ArrayVolume& volume) { volume.copy_kind = kind; });
    restart();
    EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
    EXPECT_TRUE(said("volume v1 is not removed: its array volume dcv-v1 is a copy or snapshot")) << sentence;
    EXPECT_TRUE(array->volume("dcv-v1"));
    EXPECT_EQ(kind_of([&] { mount("id"); }), ErrorKind::failed_precondition);
  }
}

TEST_F(VolumeServiceTest, RefusesBadNamesAndOptionsBeforeAskingAnybody) {
  start();
  array->reset_requests();
  for (const char* name : {"", "../x", "-x", "a b"})
    EXPECT_EQ(kind_of([&] { create(name); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { create("v1", {{"size", "x"}}); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { create("v1", {{"help", ""}}); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { service->mount("../x", "id", soon()); }), ErrorKind::invalid_argument);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "", soon()); }), ErrorKind::invalid_argument);
  EXPECT_EQ(array->requests(), 0);
}

TEST_F(VolumeServiceTest, DoesNotConfirmACreateFromTheCache) {
  start();
  create();
  restart();
  array->set_silent(true);
  std::this_thread::sleep_for(Millis(1));
  restart();
  EXPECT_EQ(kind_of([&] { create(); }), ErrorKind::unavailable);
}

TEST_F(VolumeServiceTest, RefusesCreateAndMountButNotUnmountWhenTheJournalCannotBeWritten) {
  start();
  create();
  mount("a");
  journal.set_writable(false);
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { create("v2"); }), ErrorKind::unavailable);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_FALSE(array->volume("dcv-v2"));
  unmount("a");
  EXPECT_FALSE(mounted());
  EXPECT_EQ(machine.devices(), 0U);
  EXPECT_TRUE(array->holders("dcv-v1").empty());
  array->reset_requests();
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_EQ(array->requests("export_volume"), 0);
  journal.set_writable(true);
  mount("c");
  unmount("c");
  expect_nothing_left();
}

// ---- mount and unmount ----

TEST_F(VolumeServiceTest, FormatsAtTheFirstMountWithFiveRequestsAndOnlyThen) {
  start();
  create("v1", {{"fsOwner", "5:6"}, {"fsMode", "0700"}});
  array->reset_requests();
  mount("a");
  EXPECT_EQ(array->requests(), 5);
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_EQ(machine.ownership(wwn()).uid, 5U);
  EXPECT_EQ(machine.ownership(wwn()).mode, 0700U);
  const auto mark = array->mark("dcv-v1", kFormatMark);
  EXPECT_EQ(mark, "formatted:ext4:" + machine.content(wwn()).uuid);
  unmount("a");
  array->reset_requests();
  mount("b");
  EXPECT_EQ(array->requests(), 3);
  EXPECT_EQ(machine.formats(), 1);
  array->reset_requests();
  unmount("b");
  EXPECT_EQ(array->requests(), 1);
  expect_nothing_left();
  array->reset_requests();
  remove();
  EXPECT_EQ(array->requests(), 1);
}

TEST_F(VolumeServiceTest, MakesAndMountsTheFileSystemThatWasAskedFor) {
  start();
  create("v1", {{"fsType", "xfs"}, {"mkfsOptions", "-d agcount=8"}, {"mountOptions", "noatime,logbufs=4"}});
  mount("a");
  EXPECT_EQ(machine.last_format().type, "xfs");
  EXPECT_EQ(machine.last_format().options, (std::vector<std::string>{"-d", "agcount=8"}));
  EXPECT_EQ(machine.last_mount().type, "xfs");
  EXPECT_EQ(machine.last_mount().options, (std::vector<std::string>{"noatime", "logbufs=4"}));
  EXPECT_EQ(array->mark("dcv-v1", kFormatMark), "formatted:xfs:" + machine.content(wwn()).uuid);
  unmount("a");
  restart();
  mount("b");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_EQ(machine.last_mount().options, (std::vector<std::string>{"noatime", "logbufs=4"}));
}

// Data first: what is there is mounted, with those options that it knows.
TEST_F(VolumeServiceTest, MountsAnotherFileSystemThanTheRecordSays) {
  start();
  create("v1", {{"fsType", "xfs"}, {"mountOptions", "noatime,logbufs=4"}});
  machine.set_content(wwn(), {Content::Kind::file_system, "ext4", "u"});
  mount("a");
  EXPECT_EQ(machine.formats(), 0);
  EXPECT_EQ(machine.last_mount().type, "ext4");
  EXPECT_EQ(machine.last_mount().options, std::vector<std::string>{"noatime"});
}

TEST_F(VolumeServiceTest, RemountsWithItsOptionsWhatSomebodyUnmounted) {
  start();
  create("v1", {{"mountOptions", "noatime"}});
  mount("a");
  machine.drop_mount(kPlace);
  mount("a");
  EXPECT_TRUE(mounted());
  EXPECT_EQ(machine.last_mount().options, std::vector<std::string>{"noatime"});
}

TEST_F(VolumeServiceTest, LeavesNothingBehindWhenTheKernelRefusesAMountOption) {
  machine.refuse_option("prjquota");
  start();
  create("v1", {{"fsOwner", "5:6"}, {"mountOptions", "noatime,prjquota"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unimplemented);
    EXPECT_TRUE(said("volume v1 is not mounted with mountOptions=noatime,prjquota: ")) << sentence;
    EXPECT_TRUE(said("unknown parameter")) << sentence;
    EXPECT_TRUE(said(i == 0 ? "remove the volume, which is still empty" : "create the volume anew without them"));
    expect_nothing_left();
  }
  EXPECT_EQ(machine.formats(), 1) << "a file system was made anew";
  EXPECT_EQ(machine.ownership(wwn()).uid, 5U);
  EXPECT_EQ(array->mark("dcv-v1", kFormatMark), "formatted:ext4:" + machine.content(wwn()).uuid);
  remove();
}

TEST_F(VolumeServiceTest, LeavesNothingBehindWhenTheKernelCannotMountWhatItMade) {
  machine.refuse_option("xfs");
  start();
  create("v1", {{"fsType", "xfs"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unimplemented);
    EXPECT_TRUE(said("unknown type xfs")) << sentence;
    expect_nothing_left();
  }
  EXPECT_EQ(machine.formats(), 1) << "a file system was made anew";
}

TEST_F(VolumeServiceTest, NamesTheMkfsOptionsOfWhatTheKernelCannotMount) {
  machine.refuse_option("xfs");
  start();
  create("v1", {{"fsType", "xfs"}, {"mkfsOptions", "-m rmapbt=1"}});
  for (const std::string remedy : {"create it anew with other options", "use a host that does"}) {
    EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unimplemented);
    EXPECT_TRUE(said("volume v1 is not mounted with mkfsOptions=-m rmapbt=1: ")) << sentence;
    EXPECT_TRUE(said(remedy)) << sentence;
    expect_nothing_left();
  }
  EXPECT_EQ(machine.formats(), 1);
}

TEST_F(VolumeServiceTest, NamesTheOptionsThatMkfsRefusesAndCanTryAgain) {
  machine.refuse_option("64k");
  start();
  create("v1", {{"mkfsOptions", "-C 64k"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unavailable);
    EXPECT_TRUE(said("volume v1 could not be formatted with mkfsOptions=-C 64k: mkfs: exit status 1")) << sentence;
    expect_nothing_left();
    EXPECT_EQ(machine.content(wwn()).kind, Content::Kind::blank);
  }
  remove();
}

TEST_F(VolumeServiceTest, LooksOnceWhenAMountIsShared) {
  start();
  create();
  mount("a");
  array->reset_requests();
  mount("b");
  EXPECT_EQ(array->requests(), 1);
  EXPECT_EQ(array->requests("list_exports"), 1);
  EXPECT_EQ(service->get("v1", soon()).ids, (std::vector<std::string>{"a", "b"}));
  unmount("a");
  unmount("stranger");
  EXPECT_TRUE(mounted());
  unmount("b");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, SurvivesCopyOnARunningContainer) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);  // the container's own mount
  mount("a");
  unmount("a");
  EXPECT_FALSE(mounted());
  EXPECT_TRUE(machine.attached(wwn()));
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere});
  const VolumeInfo info = service->get("v1", soon());
  EXPECT_TRUE(info.detach_pending);
  EXPECT_EQ(info.state, "detaching");
  EXPECT_NE(info.last_error.find("still in use on this host"), std::string::npos);
  machine.set_claimed(wwn(), false);
  expect_nothing_left();
  unmount("a");
}

TEST_F(VolumeServiceTest, MountsAgainFromADeviceWhoseDetachIsPending) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  array->reset_requests();
  mount("b");
  EXPECT_EQ(array->requests(), 1);  // is our export still the only one?
  EXPECT_TRUE(mounted());
  machine.set_claimed(wwn(), false);
  unmount("b");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, FormatsAtLastWhatWasStillAttachedFromAMountThatDidNotComeToIt) {
  start();
  create();
  array->fail_next("create_mark", FakeArray::When::before_effect, Error(ErrorKind::unavailable, "no answer"));
  machine.set_claimed(wwn(), true);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::unavailable);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::unavailable);
  EXPECT_TRUE(said("still being released")) << sentence;  // it was never formatted, so nothing is lost
  machine.set_claimed(wwn(), false);
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  unmount("a");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, MountsAgainWhereSomebodyTookTheMountAway) {
  start();
  create();
  mount("a");
  EXPECT_EQ(service->status().mounted_volumes, 1U);
  machine.drop_mount(kPlace);
  EXPECT_EQ(service->get("v1", soon()).mountpoint, "");
  EXPECT_EQ(service->get("v1", soon()).state, "mount gone");
  EXPECT_EQ(service->list(soon()).volumes.at(0).state, "mount gone");
  EXPECT_EQ(service->status().mounted_volumes, 0U);
  EXPECT_TRUE(service->status().clean_up.empty());
  mount("b");
  EXPECT_TRUE(mounted());
  EXPECT_EQ(service->get("v1", soon()).state, "mounted");
  EXPECT_EQ(service->get("v1", soon()).last_error, "");
  unmount("a");
  EXPECT_TRUE(mounted());
  unmount("b");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, LetsGoOfALostVolumeBeforeItIsExportedAgain) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  array->drop_export("dcv-v1", kHere);  // fenced by another host
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_TRUE(said("still in use on this host")) << sentence;
  EXPECT_TRUE(array->holders("dcv-v1").empty()) << "exported again while the old mount is still there";
  EXPECT_EQ(service->get("v1", soon()).state, "fenced");
  machine.set_claimed(wwn(), false);
  mount("b");
  EXPECT_EQ(service->get("v1", soon()).state, "mounted");
  unmount("b");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, IsNotScaredByARivalThatWithdraws) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  array->add_export("dcv-v1", "there", false);
  array->set_hook([&](const std::string& method) {
    if (method == "list_exports" && array->requests("list_exports") > 3) array->drop_export("dcv-v1", "there");
  });
  mount("b");
  EXPECT_EQ(service->get("v1", soon()).state, "mounted");
}

TEST_F(VolumeServiceTest, DoesNotShareAMountThatWasTakenAway) {
  start();
  create();
  mount("a");
  array->drop_export("dcv-v1", kHere);
  array->add_export("dcv-v1", "there", true);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 was taken away from this host by host there while it is still in use here")) << sentence;
  EXPECT_EQ(service->get("v1", soon()).state, "fenced");
  unmount("a");
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{"there"});
}

TEST_F(VolumeServiceTest, SharesAMountWhileTheArrayIsSilent) {
  start();
  create();
  mount("a");
  array->set_silent(true);
  mount("b");
  EXPECT_EQ(service->get("v1", soon()).ids.size(), 2U);
}

TEST_F(VolumeServiceTest, WipesAndFormatsAgainWhatAKilledFormattingLeft) {
  start();
  create();
  array->set_mark("dcv-v1", kFormatMark, "formatting:u-half");
  machine.set_content(wwn(), {Content::Kind::half_made, "", "u-half"});
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_TRUE(array->mark("dcv-v1", kFormatMark)->starts_with("formatted:ext4:"));
}

TEST_F(VolumeServiceTest, WritesTheMarkAnewThatSomebodyRemovedWhileItFormatted) {
  start();
  for (const char* name : {"v1", "v2"}) service->create(name, {}, soon());
  steps.arm();
  service->mount("v2", "a", soon());
  const std::vector<std::string> names = steps.names();
  const auto update = std::find_if(names.begin(), names.end(), [](const std::string& name) {
    return name.find("update_mark") != std::string::npos;
  });
  ASSERT_NE(update, names.end());
  steps.arm(static_cast<int>(update - names.begin()), Steps::Spoil::die_before);
  EXPECT_ANY_THROW(service->mount("v1", "a", soon()));
  stop();
  steps.revive();
  array->drop_mark("dcv-v1", kFormatMark);
  start();
  EXPECT_TRUE(wait_until([&] { return array->holders("dcv-v1").empty(); }));
  const auto mark = array->mark("dcv-v1", kFormatMark);
  EXPECT_TRUE(mark && mark->starts_with("formatted:ext4:")) << mark.value_or("none");
}

TEST_F(VolumeServiceTest, UndoesAMountWhoseAnswerWasNotDelivered) {
  start();
  create();
  mount("a", false);
  expect_nothing_left();
  mount("a");
  mount("b", false);
  mount("a", false);
  EXPECT_TRUE(mounted());
  EXPECT_EQ(service->get("v1", soon()).ids, std::vector<std::string>{"a"});
}

TEST_F(VolumeServiceTest, KeepsAMountThatARepeatedCallForTheSameIdLearnsOf) {
  start();
  create();
  const MountTicket lost = service->mount("v1", "a", soon());
  const MountTicket repeated = service->mount("v1", "a", soon());
  lost.settle(false);
  EXPECT_TRUE(mounted());
  repeated.settle(true);
  EXPECT_TRUE(mounted());
  unmount("a");
  const MountTicket first = service->mount("v1", "a", soon());
  const MountTicket second = service->mount("v1", "a", soon());
  second.settle(false);
  EXPECT_TRUE(mounted());
  first.settle(false);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, TellsThatFilesAreOpenAndUnmountsLater) {
  start();
  create();
  mount("a");
  machine.set_busy(kPlace, true);
  EXPECT_EQ(kind_of([&] { unmount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("volume v1 is not unmounted yet, retried in the background: /mnt/v1 is busy")) << sentence;
  EXPECT_TRUE(mounted());
  const VolumeInfo info = service->get("v1", soon());
  EXPECT_EQ(info.state, "detaching");
  EXPECT_EQ(info.mounts, 1);
  EXPECT_EQ(info.mountpoint, kPlace);
  EXPECT_EQ(service->status().mounted_volumes, 0U);
  EXPECT_EQ(array->holders("dcv-v1").size(), 1U);
  machine.set_busy(kPlace, false);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, LeavesAForeignMountAloneAndNothingOfItsOwn) {
  start();
  create();
  machine.add_foreign_mount(kPlace);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(machine.devices(), 0U);
  EXPECT_TRUE(array->holders("dcv-v1").empty());
  EXPECT_EQ(machine.mounts(), 1U);
}

TEST_F(VolumeServiceTest, UnmountsFromBelowAForeignMountOnceThatIsGone) {
  start();
  create();
  mount("a");
  machine.add_foreign_mount(kPlace);
  unmount("a");
  EXPECT_TRUE(machine.attached(wwn()));
  machine.drop_mount(kPlace);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, TakesUnmountsOfWhatIsNotThereForSuccess) {
  start();
  unmount("a");
  service->unmount("never-heard-of", "a", soon());
}

TEST_F(VolumeServiceTest, UnmountsWhileTheArrayIsSilentAndUnexportsLater) {
  start();
  create();
  mount("a");
  array->set_silent(true);
  unmount("a");
  EXPECT_FALSE(mounted());
  EXPECT_EQ(machine.devices(), 0U);
  EXPECT_EQ(service->get("v1", soon()).state, "detaching");
  EXPECT_EQ(service->list(soon()).volumes.at(0).state, "detaching");
  array->set_silent(false);
  service->list(soon());
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, AsksALostArrayNothingToUnmountAndDoesNotMountBeforeItIsBack) {
  start();
  create();
  mount("a");
  array->set_silent(true);
  array->reset_requests();
  ASSERT_TRUE(wait_until([&] {
    service->list(soon());
    return array->requests("connect") >= 2;  // so the first attempt to reach it has failed
  }));
  unmount("a");
  EXPECT_FALSE(mounted());
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::unavailable);
  EXPECT_TRUE(said("volume v1 is on backend DEFAULT: array A does not answer since ")) << sentence;
  EXPECT_EQ(array->requests("unexport_volume") + array->requests("list_exports"), 0);
  array->set_silent(false);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, LeavesTheExportOfAnotherMachineWithOurNameAlone) {
  array->add_host(kHere, kInitiator, "10.0.0.99");
  start();
  create();
  array->add_export("dcv-v1", kHere, true);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("10.0.0.99") && said("10.0.0.7")) << sentence;
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere}) << "took the volume away from a clone";
}

TEST_F(VolumeServiceTest, LeavesTheExportOfAnotherMachineWithOurNameAloneAfterACrash) {
  array->add_host(kHere, kInitiator, "10.0.0.99");
  start();
  create();
  array->add_export("dcv-v1", kHere, true);
  steps.arm(1, Steps::Spoil::die_before);  // right after the journal entry
  EXPECT_ANY_THROW(service->mount("v1", "a", soon()));
  stop();
  steps.revive();
  start();
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere}) << "took the volume away from a clone";
}

TEST_F(VolumeServiceTest, AdoptsAnExportOfOursThatTheJournalDoesNotKnow) {
  start();
  create();
  array->add_export("dcv-v1", kHere, false);
  mount("a");
  unmount("a");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, TakesBackTheExportOfAVolumeThatWasReplacedMeanwhile) {
  start();
  create();
  array->set_hook([&](const std::string& method) {
    if (method != "export_volume") return;
    array->set_hook(nullptr);
    array->drop_volume("dcv-v1");
    array->add_volume("dcv-v1", catalog::encode_record({"v1", "another", "", {}, false}));
  });
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::aborted);
  EXPECT_TRUE(said("was replaced by another one")) << sentence;
  expect_nothing_left();
  mount("a");
}

TEST_F(VolumeServiceTest, LearnsTheHostAnewIfSomebodyRemovedIt) {
  start();
  create();
  array->fail_next("export_volume", FakeArray::When::before_effect, Error(ErrorKind::not_found, "no such host", 17));
  mount("a");
  EXPECT_TRUE(mounted());
}

TEST_F(VolumeServiceTest, ListsAlthoughTheHostCannotBeSetUpAndSaysWhyAtMount) {
  array->add_volume("dcv-v1", catalog::encode_record({"v1", "u", "", {}, false}));
  for (const ErrorKind kind : {ErrorKind::failed_precondition, ErrorKind::unavailable}) {
    array->fail_next("ensure_host", FakeArray::When::before_effect, Error(kind, "our initiators belong to two hosts"),
                     1'000);
    restart();
    EXPECT_EQ(service->list(soon()).volumes.size(), 1U);
    EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), kind);
    EXPECT_TRUE(said("our initiators belong to two hosts"));
  }
}

TEST_F(VolumeServiceTest, MountsSideBySideAsOne) {
  start();
  create();
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) callers.emplace_back([this, i] { mount(std::to_string(i)); });
  for (std::thread& each : callers) each.join();
  EXPECT_EQ(machine.formats(), 1);
  callers.clear();
  for (int i = 0; i < 8; ++i) callers.emplace_back([this, i] { unmount(std::to_string(i)); });
  for (std::thread& each : callers) each.join();
  expect_nothing_left();
}

// ---- formatting ----

TEST_F(VolumeServiceTest, DoesNotFormatWhatWasFormattedAndIsBlankNow) {
  start();
  create();
  mount("a");
  unmount("a");
  machine.set_content(wwn(), {Content::Kind::blank, "", ""});
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("it was formatted as ext4 before and is blank now")) << sentence;
  EXPECT_EQ(machine.formats(), 1);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, DoesNotFormatForeignContent) {
  start();
  create();
  machine.set_content(wwn(), {Content::Kind::foreign, "LVM2_member", ""});
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::failed_precondition);
  EXPECT_EQ(machine.formats(), 0);
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, FormatsAgainAfterAFormattingThatDidNotBegin) {
  start();
  create();
  array->set_mark("dcv-v1", kFormatMark, "formatting:0b9e7fd5-0000-4000-8000-000000000000");
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_TRUE(array->mark("dcv-v1", kFormatMark)->starts_with("formatted:ext4:"));
}

// ---- remove ----

TEST_F(VolumeServiceTest, RemovesAVolumeOnceAndTakesTheSecondTimeForSuccess) {
  start();
  create();
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  remove();
  EXPECT_EQ(kind_of([&] { service->get("v1", soon()); }), ErrorKind::not_found);
}

TEST_F(VolumeServiceTest, DoesNotRemoveAMountedVolume) {
  start();
  create();
  mount("0123456789abcdef");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("mounted on this host (mount ids 0123456789ab)")) << sentence;
  EXPECT_TRUE(mounted());
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeServiceTest, RemovesAVolumeWithALeakedIdAndNoMount) {
  start();
  create();
  mount("leaked");
  machine.drop_mount(kPlace);
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, DoesNotRemoveAVolumeThatIsStillClaimedHere) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("still in use on this host")) << sentence;
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeServiceTest, NamesTheHostThatHoldsAVolumeToBeRemoved) {
  start();
  create();
  array->add_export("dcv-v1", "there", true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("in use by host there")) << sentence;
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeServiceTest, DoesNotRemoveWhatTookTheNameOfACachedVolume) {
  start();
  create();
  stop();
  array->drop_volume("dcv-v1");
  array->add_volume("dcv-v1", "somebody else's");
  array->set_silent(true);
  make();  // knows the volume from the stored cache only
  array->set_silent(false);
  try {
    service->remove("v1", Deadline::after(clock, Millis(200)));
  } catch (const Error&) {
  }
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(VolumeServiceTest, RefusesToRemoveWhileTheArrayIsSilent) {
  start();
  create();
  restart();
  array->set_silent(true);
  restart();
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::unavailable);
}

// ---- looking ----

TEST_F(VolumeServiceTest, GetsFromTheCacheWhileTheArrayIsSilent) {
  start();
  create();
  restart();
  array->set_silent(true);
  restart();
  const VolumeInfo info = service->get("v1", soon());
  EXPECT_EQ(info.state, "unreachable");
  EXPECT_EQ(info.last_error, "array A does not answer");
  EXPECT_EQ(service->find_path("v1", soon()), "");
}

TEST_F(VolumeServiceTest, ShowsWhereAVolumeIsMounted) {
  start();
  create();
  EXPECT_EQ(service->find_path("v1", soon()), "");
  mount("a");
  array->reset_requests();
  EXPECT_EQ(service->find_path("v1", soon()), kPlace);
  EXPECT_EQ(array->requests(), 0);
  const VolumeInfo info = service->get("v1", soon());
  EXPECT_EQ(info.state, "mounted");
  EXPECT_EQ(info.mounts, 1);
  EXPECT_EQ(info.wwn, wwn());
  const auto list = service->list(soon()).volumes;
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].mountpoint, kPlace);
}

TEST_F(VolumeServiceTest, KeepsAConfirmedMountAcrossARestart) {
  start();
  create();
  mount("a");
  restart();
  EXPECT_TRUE(mounted());
  EXPECT_EQ(service->get("v1", soon()).ids, std::vector<std::string>{"a"});
  mount("a");
  EXPECT_EQ(array->requests("export_volume"), 0);
  unmount("a");
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, ReleasesAMountOfWhichNobodyLearned) {
  start();
  create();
  (void)service->mount("v1", "a", soon());
  restart();
  expect_nothing_left();
}

TEST_F(VolumeServiceTest, TakesBackItsExportsAfterAReboot) {
  start();
  create();
  mount("a");
  stop();
  machine.reboot();
  journal.reboot();
  start();
  expect_nothing_left();
  mount("a");
}

TEST_F(VolumeServiceTest, GoesOnReleasingWhenTheArrayComesBackAfterARestart) {
  start();
  create();
  mount("a");
  array->set_silent(true);
  unmount("a");
  stop();
  start();
  EXPECT_EQ(journal.mounts().size(), 1U);
  array->set_silent(false);
  expect_nothing_left();
}

}  // namespace
}  // namespace hpe3par::volumes
