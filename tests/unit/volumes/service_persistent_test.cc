#include <gmock/gmock.h>

#include "array_pair.h"
#include "mount_table.h"
#include "plan.h"
#include "service_fixture.h"

namespace hpe3par::volumes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using When = FakeArray::When;

const char* const kVolume = "dcv-v1";

/// One machine, and a backend with Peer Persistence.
class ServicePersistentTest : public ServiceTest {
 protected:
  ServicePersistentTest() {
    connect_pair(*array, *peer);
    machine.add_array(*peer);
    config.backends.front().replication = replication_to_b();
    config.backends.front().replication->quorum_witness_ip = "10.0.0.9";
    config.host.mount_conflict_policy = config::ConflictPolicy::refuse;
  }
  ~ServicePersistentTest() override { stop(); }

  std::vector<catalog::ArrayConfig> arrays() override { return pair_of_arrays(array, peer); }
  void start() {
    make();
    service->start();
    for (const FakeArray* each : {array.get(), peer.get()})
      ASSERT_TRUE(wait_until([&] { return each->requests("list_volumes") > 0; }));
    service->list(soon());
  }
  void make_volume() {
    start();
    create("v1", {{"replicationGroup", "g"}, {"mountConflictDelay", "0"}});
  }
  void mount_with_other_host_on_the_peer() {
    peer->add_host("there", "iqn.there", "10.0.0.8");
    peer->add_export(kVolume, "there", true);
    peer->fail_next("export_volume", When::before_effect, Error(ErrorKind::unavailable, "array B: busy"));
    mount("a");
  }
  std::vector<std::string> holders_here() { return array->holders(kVolume); }
  std::vector<std::string> holders_there() { return peer->holders(kVolume); }
  std::size_t rows() { return journal.mounts().size(); }

  std::shared_ptr<FakeArray> peer = std::make_shared<FakeArray>(steps, "B");
};

TEST_F(ServicePersistentTest, TheCopyHasTheIdentityOfTheVolume) {
  make_volume();
  EXPECT_EQ(peer->volume(kVolume)->wwn, array->volume(kVolume)->wwn);
}

TEST_F(ServicePersistentTest, AMountHasExportsFromBothArraysAndGivesThemBack) {
  make_volume();
  mount("a");
  EXPECT_THAT(holders_here(), ElementsAre(kHere));
  EXPECT_THAT(holders_there(), ElementsAre(kHere));
  EXPECT_EQ(service->get("v1", std::nullopt, soon()).replication->exports.size(), 2U);
  EXPECT_TRUE(service->status().clean_up.empty());
  unmount("a");
  EXPECT_THAT(holders_here(), IsEmpty());
  EXPECT_THAT(holders_there(), IsEmpty());
  EXPECT_EQ(rows(), 0U);
}

// Cut off before its last step, a change-over has the export in two rows.
TEST_F(ServicePersistentTest, ASecondRowForTheArrayOfTheFirstIsForgottenAndNothingOnTheArrays) {
  make_volume();
  mount("a");
  stop();
  for (journal::MountRecord row : journal.mounts()) {
    if (is_aside(row)) continue;
    row.uuid = aside_uuid(row.uuid, row.array);
    row.ids.clear();
    journal.put(row);
  }
  ASSERT_EQ(rows(), 3U);
  start();
  EXPECT_TRUE(wait_until([&] { return rows() == 2; }));
  EXPECT_THAT(service->get("v1", std::nullopt, soon()).replication->exports, UnorderedElementsAre("A", "B"));
  EXPECT_THAT(holders_here(), ElementsAre(kHere));
  EXPECT_THAT(holders_there(), ElementsAre(kHere));
}

TEST_F(ServicePersistentTest, AnotherHostOnTheOtherArrayAloneStopsAMount) {
  make_volume();
  peer->add_host("there", "iqn.there", "10.0.0.8");
  peer->add_export(kVolume, "there", true);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("in use by host there")) << sentence;
  EXPECT_TRUE(wait_until([&] { return rows() == 0; }));
  EXPECT_THAT(holders_here(), IsEmpty());
  EXPECT_THAT(holders_there(), ElementsAre("there"));
  EXPECT_EQ(machine.formats(), 0);
}

TEST_F(ServicePersistentTest, AnArrayThatGivesNoExportIsLeftOutAndAskedAgain) {
  make_volume();
  peer->fail_next("export_volume", When::before_effect, Error(ErrorKind::unavailable, "array B: busy"));
  mount("a");
  EXPECT_TRUE(mounted());
  EXPECT_TRUE(wait_until([&] { return holders_there() == std::vector<std::string>{kHere}; }));
  unmount("a");
  EXPECT_TRUE(wait_until([&] { return rows() == 0; }));
  EXPECT_THAT(holders_there(), IsEmpty());
}

// It had exports on both arrays, and one of them was silent when this host took the volume over.
TEST_F(ServicePersistentTest, WhatAnotherHostHasLeftOnAnArrayThatWasSilentIsRemoved) {
  config.host.mount_conflict_policy = config::ConflictPolicy::dead;
  make_volume();
  mount_with_other_host_on_the_peer();
  EXPECT_TRUE(wait_until([&] { return holders_there() == std::vector<std::string>{kHere}; }));
  EXPECT_EQ(service->get("v1", std::nullopt, soon()).last_error, "");
}

TEST_F(ServicePersistentTest, WhatAnotherHostHasLeftStaysIfNobodyMayTakeAVolumeAway) {
  make_volume();
  mount_with_other_host_on_the_peer();
  const auto last_error = [&] { return service->get("v1", std::nullopt, soon()).last_error; };
  EXPECT_TRUE(wait_until([&] { return last_error().find("in use by host there") != std::string::npos; }))
      << last_error();
  EXPECT_EQ(last_error().find("is not mounted"), std::string::npos) << last_error();
  EXPECT_EQ(service->get("v1", std::nullopt, soon()).state, "mounted");
  unmount("a");
  EXPECT_THAT(holders_there(), ElementsAre("there"));
}

// It was taken away from this host on both.
TEST_F(ServicePersistentTest, WhatTheNewHolderHasIsNotTakenForLeft) {
  config.host.mount_conflict_policy = config::ConflictPolicy::dead;
  make_volume();
  array->add_host("there", "iqn.there", "10.0.0.8");
  array->set_hook([&](const std::string& method) {
    if (method != "list_exports" || !mounted()) return;
    array->drop_export(kVolume, kHere);
    array->add_export(kVolume, "there", true);
  });
  mount_with_other_host_on_the_peer();
  EXPECT_TRUE(wait_until([&] { return service->get("v1", std::nullopt, soon()).state == "fenced"; }));
  array->set_hook({});
  EXPECT_THAT(holders_there(), ElementsAre("there"));
  EXPECT_THAT(holders_here(), ElementsAre("there"));
}

// Who took it away has it from the one array only, as long as the other one gives nobody an export.
TEST_F(ServicePersistentTest, AHostThatWasFencedGetsNoSecondExport) {
  make_volume();
  peer->fail_next("export_volume", When::before_effect, Error(ErrorKind::unavailable, "array B: busy"));
  array->set_hook([&](const std::string& method) {
    if (method != "list_exports" || !mounted()) return;
    array->drop_export(kVolume, kHere);
    array->add_export(kVolume, "there", true);
  });
  array->add_host("there", "iqn.there", "10.0.0.8");
  mount("a");
  EXPECT_TRUE(wait_until([&] { return service->get("v1", std::nullopt, soon()).state == "fenced"; }));
  EXPECT_TRUE(wait_until([&] { return holders_there().empty() && rows() == 1; }));
  array->set_hook({});
  EXPECT_EQ(kind_of([&] { mount("b"); }), ErrorKind::failed_precondition);
}

TEST_F(ServicePersistentTest, AVolumeIsNotRemovedBeforeItsLastExportIsGivenBack) {
  make_volume();
  mount("a");
  peer->fail_next("unexport_volume", When::before_effect, Error(ErrorKind::unavailable, "array B: busy"), 1000);
  unmount("a");
  EXPECT_THAT(holders_here(), IsEmpty());
  EXPECT_EQ(kind_of([&] { service->remove("v1", "", soon()); }), ErrorKind::unavailable);
  EXPECT_TRUE(said("volume v1 is not removed, because its export from array B")) << sentence;
  EXPECT_TRUE(array->volume(kVolume));
}

TEST_F(ServicePersistentTest, AVolumeThatTheOtherArrayAloneExportsIsNotRemoved) {
  make_volume();
  peer->add_host("there", "iqn.there", "10.0.0.8");
  peer->add_export(kVolume, "there", true);
  EXPECT_EQ(kind_of([&] { service->remove("v1", "", soon()); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("it is in use by host there")) << sentence;
  EXPECT_TRUE(array->group("g")->find_member(kVolume));
}

}  // namespace
}  // namespace hpe3par::volumes
