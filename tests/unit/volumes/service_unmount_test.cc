#include "hpe3par/volumes/volume_service.h"

#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ServiceUnmountTest : public ServiceTest {};

TEST_F(ServiceUnmountTest, UndoesAMountWhoseAnswerWasNotDelivered) {
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

TEST_F(ServiceUnmountTest, KeepsAMountThatARepeatedCallForTheSameIdLearnsOf) {
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

TEST_F(ServiceUnmountTest, TellsThatFilesAreOpenAndUnmountsLater) {
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

TEST_F(ServiceUnmountTest, LeavesAForeignMountAloneAndNothingOfItsOwn) {
  start();
  create();
  machine.add_foreign_mount(kPlace);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(machine.devices(), 0U);
  EXPECT_TRUE(array->holders("dcv-v1").empty());
  EXPECT_EQ(machine.mounts(), 1U);
}

TEST_F(ServiceUnmountTest, UnmountsFromBelowAForeignMountOnceThatIsGone) {
  start();
  create();
  mount("a");
  machine.add_foreign_mount(kPlace);
  unmount("a");
  EXPECT_TRUE(machine.attached(wwn()));
  machine.drop_mount(kPlace);
  expect_nothing_left();
}

TEST_F(ServiceUnmountTest, TakesUnmountsOfWhatIsNotThereForSuccess) {
  start();
  unmount("a");
  service->unmount("never-heard-of", "a", soon());
}

TEST_F(ServiceUnmountTest, UnmountsWhileTheArrayIsSilentAndUnexportsLater) {
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

TEST_F(ServiceUnmountTest, AsksALostArrayNothingToUnmountAndDoesNotMountBeforeItIsBack) {
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

TEST_F(ServiceUnmountTest, LeavesTheExportOfAnotherMachineWithOurNameAlone) {
  array->add_host(kHere, kInitiator, "10.0.0.99");
  start();
  create();
  array->add_export("dcv-v1", kHere, true);
  EXPECT_EQ(kind_of([&] { service->mount("v1", "a", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("10.0.0.99") && said("10.0.0.7")) << sentence;
  EXPECT_TRUE(wait_until([&] { return journal.mounts().empty(); }));
  EXPECT_EQ(array->holders("dcv-v1"), std::vector<std::string>{kHere}) << "took the volume away from a clone";
}

TEST_F(ServiceUnmountTest, LeavesTheExportOfAnotherMachineWithOurNameAloneAfterACrash) {
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

TEST_F(ServiceUnmountTest, AdoptsAnExportOfOursThatTheJournalDoesNotKnow) {
  start();
  create();
  array->add_export("dcv-v1", kHere, false);
  mount("a");
  unmount("a");
  expect_nothing_left();
}

TEST_F(ServiceUnmountTest, TakesBackTheExportOfAVolumeThatWasReplacedMeanwhile) {
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

}  // namespace
}  // namespace hpe3par::volumes
