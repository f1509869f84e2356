#include "hpe3par/volumes/volume_service.h"

#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ServiceRemoveTest : public ServiceTest {};

TEST_F(ServiceRemoveTest, RemovesAVolumeOnceAndTakesTheSecondTimeForSuccess) {
  start();
  create();
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  remove();
  EXPECT_EQ(kind_of([&] { service->get("v1", soon()); }), ErrorKind::not_found);
}

TEST_F(ServiceRemoveTest, DoesNotRemoveAMountedVolume) {
  start();
  create();
  mount("0123456789abcdef");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("mounted on this host (mount ids 0123456789ab)")) << sentence;
  EXPECT_TRUE(mounted());
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(ServiceRemoveTest, RemovesAVolumeWithALeakedIdAndNoMount) {
  start();
  create();
  mount("leaked");
  machine.drop_mount(kPlace);
  remove();
  EXPECT_FALSE(array->volume("dcv-v1"));
  expect_nothing_left();
}

TEST_F(ServiceRemoveTest, DoesNotRemoveAVolumeThatIsStillClaimedHere) {
  start();
  create();
  mount("a");
  machine.set_claimed(wwn(), true);
  unmount("a");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("still in use on this host")) << sentence;
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(ServiceRemoveTest, NamesTheHostThatHoldsAVolumeToBeRemoved) {
  start();
  create();
  array->add_export("dcv-v1", "there", true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("in use by host there")) << sentence;
  EXPECT_TRUE(array->volume("dcv-v1"));
}

TEST_F(ServiceRemoveTest, DoesNotRemoveWhatTookTheNameOfACachedVolume) {
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

TEST_F(ServiceRemoveTest, RefusesToRemoveWhileTheArrayIsSilent) {
  start();
  create();
  restart();
  array->set_silent(true);
  restart();
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::unavailable);
}

TEST_F(ServiceRemoveTest, RemovesNoCopyOrSnapshotOfTheArray) {
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

}  // namespace
}  // namespace hpe3par::volumes
