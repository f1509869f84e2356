#include "service_replicated_fixture.h"

namespace hpe3par::volumes {
namespace {

TEST_F(ServiceReplicatedTest, RemovalTakesBothVolumesAndTheGroup) {
  start();
  make_used_volume();
  remove();
  expect_nothing_of_it();
  EXPECT_TRUE(journal.unfinished().empty());
  EXPECT_FALSE(is_listed());
  remove();  // a second time
}

TEST_F(ServiceReplicatedTest, RemovalTakesTheCopyLast) {
  start();
  create_replicated();
  std::string order;
  for (FakeArray* each : {array.get(), peer.get()})
    each->set_hook([&order, each](const std::string& method) {
      if (method == "remove_volume") order += each->name();
    });
  remove();
  EXPECT_EQ(order, "AB");
}

TEST_F(ServiceReplicatedTest, TheOthersInTheGroupStayReplicated) {
  start();
  create_replicated();
  create("v2", kInGroup);
  remove();
  EXPECT_FALSE(peer->volume(kVolume));
  EXPECT_TRUE(peer->volume("dcv-v2"));
  EXPECT_EQ(array->group("g")->members.size(), 1U);
  EXPECT_EQ(array->group("g")->targets.at(0).state, array::GroupState::started);
}

TEST_F(ServiceReplicatedTest, RemovalIsRefusedWhereItIsNotInItsNaturalDirection) {
  start();
  make_used_volume();
  make_pair_say("2t3", "1t3");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(
      said("volume v1 is not removed: array A says secondary (reversed), started; array B says primary "
           "(reversed), started; bring the group back"))
      << sentence;
  EXPECT_EQ(array->group("g")->members.size(), 1U);
  EXPECT_TRUE(journal.unfinished().empty());
}

TEST_F(ServiceReplicatedTest, RemovalIsRefusedWhileThePeerIsSilent) {
  start();
  make_used_volume();
  peer->set_silent(true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("bring array B back, and retry")) << sentence;
  EXPECT_TRUE(array->volume(kVolume));
  EXPECT_EQ(array->group("g")->members.size(), 1U);
}

TEST_F(ServiceReplicatedTest, RemovalOfAnExportedVolumeDoesNotTouchItsGroup) {
  start();
  make_used_volume();
  array->add_export(kVolume, "there", true);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("in use by host there")) << sentence;
  EXPECT_EQ(array->group("g")->members.size(), 1U);
  EXPECT_EQ(array->requests("stop_group"), 0);
}

TEST_F(ServiceReplicatedTest, ACopyThatIsLeftIsRemovedLater) {
  start();
  make_used_volume();
  peer->fail_next("remove_volume", When::before_effect, lost());
  EXPECT_NE(kind_of([&] { remove(); }), ErrorKind::internal);
  EXPECT_TRUE(said("volume v1 is out of its group, and is not removed yet; this is retried")) << sentence;
  EXPECT_TRUE(settled());
  expect_nothing_of_it();
}

// Its array dies while it is asked to take the volume out.
TEST_F(ServiceReplicatedTest, ARemovalThatDidNotBeginGivesWayToAMountFromTheCopyThatTookOver) {
  start();
  make_used_volume();
  dies_at("stop_group");
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::unavailable);
  EXPECT_EQ(journal.unfinished().size(), 1U);
  EXPECT_EQ(kind_of([&] { mount("a"); }), ErrorKind::unavailable) << "nobody knows yet whether it left its group";
  make_say(*peer, "g.r1", "1t5");
  mount("a");
  EXPECT_EQ(mounted_from(), kPeerKey);
  EXPECT_TRUE(journal.unfinished().empty());
}

// Then its copy is to be removed as well.
TEST_F(ServiceReplicatedTest, ARemovalThatBeganDoesNot) {
  start();
  make_used_volume();
  dies_at("remove_volume");
  EXPECT_NE(kind_of([&] { remove(); }), ErrorKind::internal);
  EXPECT_NE(kind_of([&] { mount("a"); }), ErrorKind::internal);
  EXPECT_EQ(mounted_from(), "");
  EXPECT_EQ(journal.unfinished().size(), 1U);
}

TEST_F(ServiceReplicatedTest, AVolumeWithSnapshotsStaysInItsGroup) {
  start();
  make_used_volume();
  array->set_children(kVolume, {"s1", "s2", "s3", "s4", "s5"});
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(
      said("volume v1 is not removed: on array A there are snapshots or copies of it (s1, s2, s3 and 2 more); remove "
           "those there, then retry"))
      << sentence;
  EXPECT_EQ(array->group("g")->members.size(), 1U);
  EXPECT_EQ(array->requests("stop_group"), 0);
  EXPECT_TRUE(journal.unfinished().empty());
  array->set_children(kVolume, {});
  remove();
  expect_nothing_of_it();
}

TEST_F(ServiceReplicatedTest, AVolumeOfASetIsLookedAtBeforeItLeavesItsGroup) {
  array->put_set({"gold", {}, true, false});
  start();
  create("v1", {{"replicationGroup", "g"}, {"qos-name", "gold"}});
  array->put_set({"RCP_g", {kVolume}, false, false});
  array->put_set({"export", {kVolume}, false, false});
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(said("it is a member of volume set export, into which this plugin did not put it")) << sentence;
  EXPECT_EQ(array->group("g")->members.size(), 1U);
  EXPECT_EQ(array->sets_of(kVolume), (std::vector<std::string>{"RCP_g", "export", "gold"}));
  array->drop_set("export");
  array->drop_set("RCP_g");  // as the array does it
  remove();
  expect_nothing_of_it();
}

// What was known when it left its group counts once only.
TEST_F(ServiceReplicatedTest, ASecondTryLooksAtTheRecordsFirst) {
  start();
  create_replicated();
  array->fail_next("remove_volume", When::before_effect, Error(ErrorKind::failed_precondition, "array A: no"));
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::failed_precondition);
  EXPECT_TRUE(settled());
  expect_nothing_of_it();
  create_replicated();
  peer->fail_next("remove_volume", When::before_effect, lost(), 1'000);
  EXPECT_EQ(kind_of([&] { remove(); }), ErrorKind::unavailable);
  peer->edit_volume(kVolume, [](array::ArrayVolume& volume) { volume.comment = "of somebody else"; });
  peer->fail_next("remove_volume", When::before_effect, lost(), 0);
  EXPECT_TRUE(settled());
  EXPECT_TRUE(peer->volume(kVolume)) << "it is not ours any more";
}

TEST_F(ServiceReplicatedTest, AVolumeOfWhichOnlyTheCopyIsKnownIsNotRemoved) {
  start();
  make_used_volume();
  stop();
  journal.replace_volumes(kOwnKey, {});
  array->set_silent(true);
  start();
  ASSERT_TRUE(is_listed());
  const Deadline patience = Deadline::after(clock, Millis(50));
  EXPECT_EQ(kind_of([&] { service->remove("v1", patience); }), ErrorKind::unavailable);
  EXPECT_TRUE(
      said("volume v1 is not removed: the array of backend DEFAULT does not answer, and only its copy on array "
           "B can be reached"))
      << sentence;
  EXPECT_TRUE(peer->volume(kVolume));
}

}  // namespace
}  // namespace hpe3par::volumes
