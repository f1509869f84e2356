#include "hpe3par/volumes/volume_service.h"

#include "plan.h"
#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ServiceMountTest : public ServiceTest {};

TEST_F(ServiceMountTest, FormatsAtTheFirstMountWithFiveRequestsAndOnlyThen) {
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

TEST_F(ServiceMountTest, MakesAndMountsTheFileSystemThatWasAskedFor) {
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
TEST_F(ServiceMountTest, MountsAnotherFileSystemThanTheRecordSays) {
  start();
  create("v1", {{"fsType", "xfs"}, {"mountOptions", "noatime,logbufs=4"}});
  machine.set_content(wwn(), {Content::Kind::file_system, "ext4", "u"});
  mount("a");
  EXPECT_EQ(machine.formats(), 0);
  EXPECT_EQ(machine.last_mount().type, "ext4");
  EXPECT_EQ(machine.last_mount().options, std::vector<std::string>{"noatime"});
}

TEST_F(ServiceMountTest, RemountsWithItsOptionsWhatSomebodyUnmounted) {
  start();
  create("v1", {{"mountOptions", "noatime"}});
  mount("a");
  machine.drop_mount(kPlace);
  mount("a");
  EXPECT_TRUE(mounted());
  EXPECT_EQ(machine.last_mount().options, std::vector<std::string>{"noatime"});
}

TEST_F(ServiceMountTest, LeavesNothingBehindWhenTheKernelRefusesAMountOption) {
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

TEST_F(ServiceMountTest, LeavesNothingBehindWhenTheKernelCannotMountWhatItMade) {
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

TEST_F(ServiceMountTest, NamesTheMkfsOptionsOfWhatTheKernelCannotMount) {
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

TEST_F(ServiceMountTest, NamesTheOptionsThatMkfsRefusesAndCanTryAgain) {
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

TEST_F(ServiceMountTest, LooksOnceWhenAMountIsShared) {
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

TEST_F(ServiceMountTest, SurvivesCopyOnARunningContainer) {
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

TEST_F(ServiceMountTest, MountsAgainFromADeviceWhoseDetachIsPending) {
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

TEST_F(ServiceMountTest, FormatsAtLastWhatWasStillAttachedFromAMountThatDidNotComeToIt) {
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

TEST_F(ServiceMountTest, MountsAgainWhereSomebodyTookTheMountAway) {
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

TEST_F(ServiceMountTest, LetsGoOfALostVolumeBeforeItIsExportedAgain) {
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

TEST_F(ServiceMountTest, IsNotScaredByARivalThatWithdraws) {
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

TEST_F(ServiceMountTest, DoesNotShareAMountThatWasTakenAway) {
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

TEST_F(ServiceMountTest, SharesAMountWhileTheArrayIsSilent) {
  start();
  create();
  mount("a");
  array->set_silent(true);
  mount("b");
  EXPECT_EQ(service->get("v1", soon()).ids.size(), 2U);
}

TEST_F(ServiceMountTest, WipesAndFormatsAgainWhatAKilledFormattingLeft) {
  start();
  create();
  array->set_mark("dcv-v1", kFormatMark, "formatting:u-half");
  machine.set_content(wwn(), {Content::Kind::half_made, "", "u-half"});
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_TRUE(array->mark("dcv-v1", kFormatMark)->starts_with("formatted:ext4:"));
}

TEST_F(ServiceMountTest, WritesTheMarkAnewThatSomebodyRemovedWhileItFormatted) {
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

TEST_F(ServiceMountTest, LearnsTheHostAnewIfSomebodyRemovedIt) {
  start();
  create();
  array->fail_next("export_volume", FakeArray::When::before_effect, Error(ErrorKind::not_found, "no such host", 17));
  mount("a");
  EXPECT_TRUE(mounted());
}

TEST_F(ServiceMountTest, ListsAlthoughTheHostCannotBeSetUpAndSaysWhyAtMount) {
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

TEST_F(ServiceMountTest, MountsSideBySideAsOne) {
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

TEST_F(ServiceMountTest, DoesNotFormatWhatWasFormattedAndIsBlankNow) {
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

TEST_F(ServiceMountTest, DoesNotFormatForeignContent) {
  start();
  create();
  machine.set_content(wwn(), {Content::Kind::foreign, "LVM2_member", ""});
  EXPECT_EQ(kind_of([&] { service->mount("v1", "b", soon()); }), ErrorKind::failed_precondition);
  EXPECT_EQ(machine.formats(), 0);
  expect_nothing_left();
}

TEST_F(ServiceMountTest, FormatsAgainAfterAFormattingThatDidNotBegin) {
  start();
  create();
  array->set_mark("dcv-v1", kFormatMark, "formatting:0b9e7fd5-0000-4000-8000-000000000000");
  mount("a");
  EXPECT_EQ(machine.formats(), 1);
  EXPECT_TRUE(array->mark("dcv-v1", kFormatMark)->starts_with("formatted:ext4:"));
}

}  // namespace
}  // namespace hpe3par::volumes
