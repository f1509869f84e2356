#include "service_fixture.h"

// Mount ids of an engine that ended: nobody will ever unmount them.

namespace hpe3par::volumes {
namespace {

class StaleIdTest : public ServiceTest {
 protected:
  void mount_by(const std::string& id, const std::string& engine) {
    service->mount("v1", MountUser(id, engine), soon()).settle(true);
  }
};

TEST_F(StaleIdTest, DoNotKeepAVolumeFromBeingRemoved) {
  start();
  create();
  mount_by("id1", "old");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  gone_engine = "old";
  remove();
  expect_nothing_left();
  EXPECT_EQ(array->volume_count(), 0U);
}

// It removes only what nothing of it uses, so it has forgotten to unmount.
TEST_F(StaleIdTest, OfTheEngineThatRemovesDoNotCount) {
  start();
  create();
  mount_by("id1", "this");
  EXPECT_EQ(kind_of([&] { service->remove("v1", "that", soon()); }), ErrorKind::failed_precondition);
  EXPECT_EQ(kind_of([&] { service->remove("v1", "", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(mounted());
  service->remove("v1", "this", soon());
  expect_nothing_left();
  EXPECT_EQ(array->volume_count(), 0U);
}

TEST_F(StaleIdTest, DoNotKeepAVolumeMounted) {
  start();
  create();
  mount_by("id1", "old");
  mount_by("id2", "new");
  gone_engine = "old";
  unmount("id2");
  expect_nothing_left();
}

TEST_F(StaleIdTest, AreTakenOverByTheNewEngineThatSendsThem) {
  start();
  create();
  mount_by("id1", "old");
  gone_engine = "old";
  mount_by("id1", "new");
  mount_by("id2", "new");
  unmount("id2");
  EXPECT_TRUE(mounted());
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  unmount("id1");
  expect_nothing_left();
}

// Whoever is not known as an engine may have ended and still want its mount.
TEST_F(StaleIdTest, AreOfEnginesOnly) {
  start();
  create();
  mount_by("id1", "");
  mount_by("id2", "old");
  gone_engine = "old";
  unmount("id2");
  EXPECT_TRUE(mounted());
  unmount("id1");
  expect_nothing_left();
}

TEST_F(StaleIdTest, DoNotMatterWhereAContainerStillUsesTheDevice) {
  start();
  create();
  mount_by("id1", "old");
  gone_engine = "old";
  machine.set_claimed(wwn(), true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("still in use")) << sentence;
  EXPECT_EQ(array->volume_count(), 1U);
  machine.set_claimed(wwn(), false);
  unmount("id1");
  expect_nothing_left();
}

TEST_F(StaleIdTest, AreStillToldApartAfterARestart) {
  start();
  create();
  mount_by("id1", "old");
  restart();
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  gone_engine = "old";
  remove();
  expect_nothing_left();
}

}  // namespace
}  // namespace hpe3par::volumes
