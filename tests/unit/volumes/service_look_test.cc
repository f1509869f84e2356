#include "hpe3par/volumes/volume_service.h"

#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

class ServiceLookTest : public ServiceTest {};

TEST_F(ServiceLookTest, GetsFromTheCacheWhileTheArrayIsSilent) {
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

TEST_F(ServiceLookTest, ShowsWhereAVolumeIsMounted) {
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

TEST_F(ServiceLookTest, KeepsAConfirmedMountAcrossARestart) {
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

// The answer may have been delivered before the process died.
TEST_F(ServiceLookTest, KeepsAMountThatWasBeingAnswered) {
  start();
  create();
  (void)service->mount("v1", "a", soon());
  restart();
  EXPECT_TRUE(mounted());
  unmount("a");
  expect_nothing_left();
}

TEST_F(ServiceLookTest, AMountIdThatPerhapsNobodyKnowsKeepsNoVolumeFromOthers) {
  start();
  create();
  (void)service->mount("v1", "a", soon());
  restart();
  mount("b");
  unmount("b");
  expect_nothing_left();
  (void)service->mount("v1", "a", soon());
  restart();
  remove();
  expect_nothing_left();
}

TEST_F(ServiceLookTest, AMountThatIsAskedForAgainIsInDoubtNoMore) {
  start();
  create();
  (void)service->mount("v1", "a", soon());
  restart();
  mount("a");
  mount("b");
  unmount("b");
  EXPECT_TRUE(mounted());
}

TEST_F(ServiceLookTest, TakesBackItsExportsAfterAReboot) {
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

TEST_F(ServiceLookTest, GoesOnReleasingWhenTheArrayComesBackAfterARestart) {
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

TEST_F(ServiceLookTest, SaysOfAListThatItIsOldAlthoughTheArrayIsUp) {
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

TEST_F(ServiceLookTest, ShowsOfTwoVolumesOfOneNameTheOneThatIsMountedHere) {
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

}  // namespace
}  // namespace hpe3par::volumes
