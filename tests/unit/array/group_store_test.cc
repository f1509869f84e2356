#include "scripted_array.h"

namespace hpe3par::array {
namespace {

using Lines = std::vector<std::string>;

/// A group with one member, in `state`, as its array describes it.
std::string group(int state, const std::string& member = "") {
  const std::string volumes = member.empty()
                                  ? ""
                                  : R"({"localVolumeName":")" + member +
                                        R"(","remoteVolumes":[{"targetName":"B","remoteVolumeName":")" + member +
                                        R"(","syncStatus":2,"volumeSyncLength":200,"volumeSyncOffset":50}]})";
  return R"({"id":1,"name":"g","role":1,"remoteGroupName":"g.r7","localUserCPG":"cpg1","targets":[{"targetName":"B",)"
         R"("mode":1,"roleReversed":false,"state":)" +
         std::to_string(state) + R"(}],"volumes":[)" + volumes + "]}";
}

class GroupStoreTest : public ScriptedArrayTest {
 protected:
  void then_build() { then(200, R"({"major":1,"minor":6,"build":30301215})"); }
  NewGroup order() { return {"g", "cpg1", "", "B", CopyMode::synchronous, "cpg2", ""}; }
};

TEST_F(GroupStoreTest, ReadsAGroup) {
  then(200, R"({"id":1,"name":"g","domain":"d","role":2,"remoteGroupName":"g.r7","localUserCPG":"c","localSnapCPG":"s",
      "targets":[{"targetName":"B","mode":2,"state":5,"roleReversed":true,"syncPeriod":900,"remoteUserCPG":"rc",
                  "groupLastSyncTime":"2026-01-01T00:00:00+00:00","groupLastSyncTimeSec":1767225600,
                  "policies":{"autoFailover":true,"pathManagement":true,"autoRecover":true}}],
      "volumes":[{"localVolumeName":"v","remoteVolumes":[{"targetName":"B","remoteVolumeName":"w","syncStatus":2,
                  "volumeSyncLength":200,"volumeSyncOffset":50}]}]})");
  const auto found = array->find_group("g", in());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->role, Role::secondary);
  EXPECT_EQ(found->remote_name, "g.r7");
  const GroupTarget* target = found->find_target("B");
  ASSERT_NE(target, nullptr);
  EXPECT_EQ(target->mode, CopyMode::periodic);
  EXPECT_EQ(target->state, GroupState::stopped);
  EXPECT_TRUE(target->reversed && target->auto_failover && target->path_management && target->auto_recover);
  EXPECT_EQ(target->cpg, "rc");
  EXPECT_EQ(target->sync_period, std::chrono::seconds(900));
  EXPECT_EQ(target->last_sync, WallTime(std::chrono::seconds(1767225600)));
  const GroupMember* member = found->find_member("v");
  ASSERT_NE(member, nullptr);
  EXPECT_EQ(member->copies.at(0).volume, "w");
  EXPECT_EQ(member->copies.at(0).progress_percent, 25);
  EXPECT_EQ(found->find_target("C"), nullptr);
  EXPECT_EQ(found->find_member("w"), nullptr);
}

TEST_F(GroupStoreTest, NoGroupIsNoError) {
  then_error(404, 187);
  EXPECT_FALSE(array->find_group("g", in()));
}

TEST_F(GroupStoreTest, WhatMakesNoSenseIsNoGroup) {
  for (const char* body : {R"({"name":"g"})", R"({"name":"h","role":1})", R"({"name":"g","role":"primary"})",
                           R"({"name":"g","role":1,"targets":[{"mode":1}]})", "<html>"}) {
    transport->otherwise([&](const auto&) { return ScriptedTransport::reply(200, body); });
    EXPECT_EQ(error_of([&] { array->find_group("g", in()); }).kind(), ErrorKind::unavailable) << body;
  }
}

TEST_F(GroupStoreTest, ListsGroupsOnce) {
  then(200, R"({"total":2,"members":[)" + group(3) + R"(,{"name":"h","role":2,"targets":[]}]})");
  const auto groups = array->list_groups(in());
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[1].name, "h");
}

TEST_F(GroupStoreTest, CreatesInTheDomainOfTheCpg) {
  then_build();
  then(200, R"({"id":1,"name":"cpg1","domain":"sales"})");
  then(201, "", "/api/v1/remotecopygroups/g");
  NewGroup wanted = order();
  wanted.snap_cpg = "s1";
  wanted.target_snap_cpg = "s2";
  array->create_group(wanted, in());
  EXPECT_EQ(transport->calls().back().body,
            R"({"domain":"sales","localSnapCPG":"s1","localUserCPG":"cpg1","name":"g",)"
            R"("targets":[{"mode":1,"snapCPG":"s2","targetName":"B","userCPG":"cpg2"}]})");
}

TEST_F(GroupStoreTest, AGroupThatWasThereIsNotOurs) {
  then_build();
  then(200, R"({"id":1,"name":"cpg1"})");
  then_error(409, 237);
  const Error error = error_of([&] { array->create_group(order(), in()); });
  EXPECT_EQ(error.kind(), ErrorKind::already_exists);
  EXPECT_EQ(error.remote_code(), kGroupExists);
  EXPECT_EQ(sent(), 3U);
}

TEST_F(GroupStoreTest, ALostCreationIsLookedFor) {
  then_build();
  then(200, R"({"id":1,"name":"cpg1"})");
  then_lost();
  then(200, group(1));
  array->create_group(order(), in());

  then_lost();
  then_error(404, 187);
  then_error(409, 237);  // it came after the look
  then(200, group(1));
  array->create_group(order(), in());

  then_lost();
  then(200, group(1, "v"));
  transport->otherwise([](const auto&) { return ScriptedTransport::lost(); });
  EXPECT_NE(error_of([&] { array->create_group(order(), in()); }).kind(), ErrorKind::internal) << "it has a member";
}

TEST_F(GroupStoreTest, AdmitsWithACopyMadeByTheOtherArray) {
  then(200, "");
  array->admit_volume("g", {"v", "B", "v", true}, in());
  EXPECT_EQ(transport->lines().back(), "PUT /remotecopygroups/g");
  EXPECT_EQ(transport->calls().back().body,
            R"({"action":1,"differentSecondaryWWN":true,"targets":[{"secVolumeName":"v","targetName":"B"}],)"
            R"("volumeAutoCreation":true,"volumeName":"v"})");
}

TEST_F(GroupStoreTest, ALostAdmissionIsLookedFor) {
  then_lost();
  then(200, group(5, "v"));
  array->admit_volume("g", {"v", "B", "v"}, in());
  EXPECT_EQ(sent(), 2U);

  then_lost();
  then(200, group(5));
  then(200, "");
  array->admit_volume("g", {"v", "B", "v"}, in());
  EXPECT_EQ(sent(), 5U);
}

TEST_F(GroupStoreTest, NonsenseConfirmsNothing) {
  then(200, R"({"cut)");
  then(200, group(5));
  then(200, "");
  array->stop_group("g", in());
  EXPECT_EQ(sent(), 2U) << "it is stopped";
}

TEST_F(GroupStoreTest, AStartedGroupAdmitsNobody) {
  then_error(403, 215);
  EXPECT_EQ(error_of([&] { array->admit_volume("g", {"v", "B", "v"}, in()); }).remote_code(), kGroupStarted);
  EXPECT_EQ(sent(), 1U);
}

TEST_F(GroupStoreTest, WhatIsSoAlreadyIsSuccess) {
  then_error(403, 215);
  then(200, group(3));
  array->start_group("g", in());
  then_error(403, 29);
  then(200, group(5));
  array->stop_group("g", in());
  then_error(404, 9001);
  then(200, group(5));
  array->dismiss_volume("g", "v", in());
  then_error(404, 187);
  then_error(404, 187);
  array->remove_group("g", in());
  EXPECT_EQ(sent(), 8U);
}

TEST_F(GroupStoreTest, ARefusalIsAnErrorIfItIsNotSo) {
  then_error(403, 215);
  then(200, group(5));
  EXPECT_EQ(error_of([&] { array->start_group("g", in()); }).kind(), ErrorKind::failed_precondition);
  then_error(403, 29);
  then(200, group(3));
  EXPECT_EQ(error_of([&] { array->stop_group("g", in()); }).kind(), ErrorKind::failed_precondition);
  then_error(403, 215);
  EXPECT_EQ(error_of([&] { array->dismiss_volume("g", "v", in()); }).kind(), ErrorKind::failed_precondition);
  then_error(403, 215);
  EXPECT_EQ(error_of([&] { array->remove_group("g", in()); }).kind(), ErrorKind::failed_precondition);
}

TEST_F(GroupStoreTest, SetsPeriodAndPoliciesApart) {
  then(200, "", "/api/v1/remotecopygroups/g");
  array->set_sync_period("g", "B", std::chrono::seconds(300), in());
  EXPECT_EQ(transport->calls().back().body, R"({"targets":[{"syncPeriod":300,"targetName":"B"}]})");
  then(200, "", "/api/v1/remotecopygroups/g");
  array->set_peer_persistence("g", "B", in());
  EXPECT_EQ(transport->calls().back().body,
            R"({"targets":[{"policies":{"autoFailover":true,"autoRecover":true,"pathManagement":true},)"
            R"("targetName":"B"}]})");
}

TEST_F(GroupStoreTest, TakesAVolumeOutWithOrWithoutItsCopy) {
  then(200, "");
  array->dismiss_volume("g", "v", in());
  EXPECT_EQ(transport->calls().back().body, R"({"action":2,"keepSnap":false,"volumeName":"v"})");
  then(200, "");
  array->withdraw_volume("g", "v", in());
  EXPECT_EQ(transport->lines().back(), "DELETE /remotecopygroups/g/volumes/v?removeSecondaryVolume=true");
}

TEST_F(GroupStoreTest, KeepsNoSnapshotOfARemovedGroup) {
  then(200, "");
  array->remove_group("g", in());
  EXPECT_EQ(transport->lines().back(), "DELETE /remotecopygroups/g?keepSnap=false");
}

}  // namespace
}  // namespace hpe3par::array
