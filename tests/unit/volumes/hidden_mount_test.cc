#include "plan.h"
#include "service_fixture.h"

// Mounts that the process which asks for them does not see: a managed plugin that its engine cut off, or a daemon with
// private mounts.

namespace hpe3par::volumes {
namespace {

using host::MountView;

constexpr int kEngine = 7;
constexpr int kOther = 8;

TEST(WhyNotSeen, RefusesOnlyWhatIsKnownToBeHidden) {
  journal::MountRecord row;
  row.mountpoint = kPlace;
  for (const MountView view : {MountView::seen, MountView::gone, MountView::unknown})
    EXPECT_EQ(why_not_seen(view, row, kEngine), "") << static_cast<int>(view);
  const std::string reason = why_not_seen(MountView::hidden, row, kEngine);
  for (const char* part : {"/mnt/v1", "process 7", "docker plugin disable -f", "docker plugin enable", "PrivateMounts"})
    EXPECT_NE(reason.find(part), std::string::npos) << part;
}

class HiddenMountTest : public ServiceTest {
 protected:
  void mount_by(const std::string& id, int process) {
    service->mount("v1", MountUser(id, "engine", process), soon()).settle(true);
  }
  void expect_refused(const std::string& id, int process) {
    EXPECT_EQ(kind_of([&] { mount_by(id, process); }), ErrorKind::failed_precondition);
    EXPECT_TRUE(said("volume v1 is not mounted: its mount at /mnt/v1 does not show to process")) << sentence;
  }
  std::vector<std::string> ids() { return service->get("v1", soon()).ids; }
};

TEST_F(HiddenMountTest, IsRefusedAndUndone) {
  start();
  create();
  machine.set_view(kEngine, MountView::hidden);
  expect_refused("id1", kEngine);
  expect_nothing_left();
  machine.set_view(kEngine, MountView::seen);
  mount_by("id1", kEngine);
  EXPECT_EQ(machine.formats(), 1);
  unmount("id1");
  expect_nothing_left();
}

TEST_F(HiddenMountTest, OfOthersStaysAsItIs) {
  start();
  create();
  mount_by("id1", kOther);
  machine.set_view(kEngine, MountView::hidden);
  expect_refused("id2", kEngine);
  EXPECT_TRUE(mounted());
  EXPECT_EQ(ids(), std::vector<std::string>{"id1"});
  mount_by("id3", kOther);
  unmount("id1");
  unmount("id3");
  expect_nothing_left();
}

// As at docker cp, which comes with the id that a running container has.
TEST_F(HiddenMountTest, DoesNotCostAnIdThatIsInUse) {
  start();
  create();
  mount_by("id1", kEngine);
  machine.set_view(kEngine, MountView::hidden);
  expect_refused("id1", kEngine);
  EXPECT_TRUE(mounted());
  EXPECT_EQ(ids(), std::vector<std::string>{"id1"});
  unmount("id1");
  expect_nothing_left();
}

TEST_F(HiddenMountTest, MadeAnewFromItsDeviceIsTakenBack) {
  start();
  create();
  mount_by("id1", kEngine);
  machine.drop_mount(kPlace);
  machine.set_view(kEngine, MountView::hidden);
  expect_refused("id1", kEngine);
  expect_nothing_left();
}

TEST_F(HiddenMountTest, LeavesTheDeviceToAContainerThatRuns) {
  start();
  create();
  mount_by("id1", kEngine);
  machine.set_claimed(wwn(), true);
  machine.drop_mount(kPlace);
  machine.set_view(kEngine, MountView::hidden);
  expect_refused("id2", kEngine);
  EXPECT_FALSE(mounted());
  EXPECT_TRUE(machine.attached(wwn()));
  EXPECT_EQ(array->holders("dcv-v1").size(), 1U);
  machine.set_view(kEngine, MountView::seen);
  mount_by("id2", kEngine);
  EXPECT_TRUE(mounted());
  machine.set_claimed(wwn(), false);
  unmount("id2");
  expect_nothing_left();
}

TEST_F(HiddenMountTest, IsToldByStatusToWhoDoesNotSeeIt) {
  start();
  create();
  machine.set_view(kEngine, MountView::hidden);
  EXPECT_EQ(service->get("v1", kEngine, soon()).last_error, "") << "nothing is mounted";
  mount_by("id1", kOther);
  const VolumeInfo info = service->get("v1", kEngine, soon());
  EXPECT_EQ(info.state, "mounted");
  EXPECT_NE(info.last_error.find("does not show to process 7"), std::string::npos) << info.last_error;
  EXPECT_EQ(service->get("v1", kOther, soon()).last_error, "");
  EXPECT_EQ(service->get("v1", soon()).last_error, "");
  unmount("id1");
}

TEST_F(HiddenMountTest, StandsInNobodysWayWhereItCannotBeTold) {
  start();
  create();
  machine.set_view(0, MountView::unknown);
  machine.set_view(kOther, MountView::gone);
  mount_by("id1", 0);
  mount_by("id2", kOther);
  EXPECT_EQ(ids().size(), 2U);
  unmount("id1");
  unmount("id2");
  expect_nothing_left();
}

}  // namespace
}  // namespace hpe3par::volumes
