#include "remote_copy_actions.h"

#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

std::string refused(int status, Code code) {
  return std::to_string(status) + "/" + std::to_string(static_cast<int>(code));
}

class RemoteCopyActions : public TwoArrays {
 protected:
  json remote_volume() { return get("A", "remotecopygroups/g/volumes/v1").at("remoteVolumes").at(0); }
  json task(const std::string& name, const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.text;
    return get(name, "tasks/" + reply.body.at("taskid").dump());
  }
};

TEST_F(RemoteCopyActions, CopyAtTheSetRate) {
  add_volume();
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(admit(), "200");
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  EXPECT_EQ(act("A", 3), "200");
  EXPECT_EQ(remote_volume().at("syncStatus"), 2);
  EXPECT_EQ(remote_volume().at("volumeSyncLength"), 256);
  advance(100);
  const int offset = remote_volume().at("volumeSyncOffset");
  EXPECT_GE(offset, 100);
  EXPECT_LT(offset, 200);
  EXPECT_FALSE(remote_volume().contains("volumeLastSyncTime"));
  advance(156);
  EXPECT_EQ(remote_volume().at("syncStatus"), 3);
  EXPECT_EQ(remote_volume().at("volumeSyncOffset"), -1);
  EXPECT_EQ(remote_volume().at("volumeSyncLength"), -1);
  EXPECT_TRUE(remote_volume().contains("volumeLastSyncTimeSec"));
}

TEST_F(RemoteCopyActions, ForgetWhatWasCopiedByHalf) {
  add_volume();
  ASSERT_EQ(add_group(2), "201");
  ASSERT_EQ(admit(), "200");
  write("A", "one");
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  act("A", 3);
  act("A", 4);
  EXPECT_EQ(statuses(), "1 1");
  EXPECT_EQ(read("B"), "");
}

TEST_F(RemoteCopyActions, SkipTheCopyingOfWhatIsTheSame) {
  add_volume();
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(admit(), "200");
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  EXPECT_EQ(act("A", 3, {{"skipInitialSync", true}}), "200");
  EXPECT_EQ(statuses(), "3 3");
}

TEST_F(RemoteCopyActions, StartOnce) {
  ASSERT_EQ(add_group(1), "201");
  EXPECT_EQ(act("A", 3, {{"targetName", "C"}}), refused(403, Code::rcopy_inv_target));
  EXPECT_EQ(act("A", 3, {{"startingSnapshots", {{{"volumeName", "v"}, {"snapshotName", "s"}}}}}),
            refused(400, Code::rcopy_bad_snapshot));
  EXPECT_EQ(act("A", 3), "200");
  EXPECT_EQ(act("A", 3), "403/215");
  EXPECT_EQ(act("B", 3), refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(act("B", 4), refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(act("A", 4, {{"noSnapshot", true}}), "200");
  EXPECT_EQ(act("A", 4), "200");
}

TEST_F(RemoteCopyActions, StartOneModePerTarget) {
  ASSERT_EQ(add_group(1), "201");
  ASSERT_EQ(result("A", "POST", "remotecopygroups", {{"name", "p"}, {"targets", {{{"targetName", "B"}, {"mode", 2}}}}}),
            "201");
  EXPECT_EQ(act("A", 3), "200");
  EXPECT_EQ(result("A", "PUT", "remotecopygroups/p", {{"action", 3}}), "400/236");
}

TEST_F(RemoteCopyActions, SyncPeriodicGroupsAsATask) {
  replicate(2);
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  std::ofstream(file("A"), std::ios::in | std::ios::out) << std::string(8 << 20, 'x');
  const Reply reply = ask("A", "PUT", "remotecopygroups/g", {{"action", 5}});
  const json active = task("A", reply);
  EXPECT_EQ(active.at("status"), 2);
  EXPECT_EQ(active.at("type"), 5);
  EXPECT_EQ(active.at("name"), "g");
  EXPECT_EQ(act("A", 5), refused(403, Code::rcopy_in_synchronization));
  EXPECT_EQ(result("A", "PUT", "tasks/" + active.at("id").dump(), {{"action", 1}}),
            refused(409, Code::cannot_cancel_task));
  advance(10);
  EXPECT_EQ(task("A", reply).at("status"), 1);
  EXPECT_EQ(read("B"), "xxx");
  EXPECT_TRUE(group_on("B").at("targets").at(0).contains("groupLastSyncTime"));
  act("A", 4);
  EXPECT_EQ(act("A", 5), refused(403, Code::rcopy_group_not_started));
  EXPECT_EQ(act("B", 5), refused(403, Code::rcopy_only_on_primary_side));
}

TEST_F(RemoteCopyActions, CopyEveryPeriod) {
  replicate(2);
  set_period(300);
  const auto last = [&] { return group_on("A").at("targets").at(0).at("groupLastSyncTimeSec").get<std::int64_t>(); };
  const std::int64_t first = last();
  write("A", "one");
  advance(299);
  EXPECT_EQ(read("B"), "new");
  advance(2);
  advance(1);
  EXPECT_EQ(read("B"), "one");
  EXPECT_NEAR(static_cast<double>(last() - first), 300, 2);
  advance(700);
  EXPECT_NEAR(static_cast<double>(last() - first), 900, 2);
}

TEST_F(RemoteCopyActions, SwitchOverOnlyWhereHostsFollow) {
  replicate(1);
  EXPECT_EQ(act("A", 8), refused(403, Code::rcopy_mode_not_supported));
  set_policies({{"pathManagement", true}});
  EXPECT_EQ(act("B", 8), refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(act("A", 8), "200");
  EXPECT_EQ(states(), "2t3 1t3");
  act("B", 4);
  EXPECT_EQ(act("B", 8), refused(403, Code::rcopy_group_not_started));
}

TEST_F(RemoteCopyActions, RefuseRolesThatDoNotFit) {
  replicate(1);
  EXPECT_EQ(act("B", 7), "403/284");
  EXPECT_EQ(act("A", 7), refused(403, Code::rcopy_only_on_secondary_side));
  EXPECT_EQ(act("A", 9), "403/284");
  EXPECT_EQ(act("A", 11), refused(403, Code::rcopy_role_conflict));
  EXPECT_EQ(act("A", 6), "403/284");
  const Reply reply = ask("A", "POST", "remotecopygroups/g", {{"action", 10}});
  EXPECT_EQ(reply.body.at("code"), 29);
  EXPECT_EQ(reply.body.at("desc"), "the role of group g was not previously switched");
  EXPECT_EQ(act("B", 12), "400/46");
  EXPECT_EQ(result("B", "POST", "remotecopygroups/" + peer(), json::object()), "400/40");
  EXPECT_EQ(act("B", 7, {{"force", true}}), "400/12");
}

TEST_F(RemoteCopyActions, ReverseWithoutCopying) {
  replicate(1);
  EXPECT_EQ(act("A", 6, {{"stopGroups", true}}), "200");
  EXPECT_EQ(states(), "2t5 1t5");
  EXPECT_EQ(act("B", 6), "200");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(act("B", 7), "200");
  write("B", "two");
  EXPECT_EQ(act("B", 6, {{"localGroupsDirection", true}}), "200");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(act("A", 3), "200");
  advance(1);
  EXPECT_EQ(read("B"), "new");
}

TEST_F(RemoteCopyActions, RestoreWhenAllIsCopiedBack) {
  replicate(1);
  act("A", 4);
  act("B", 7);
  std::ofstream(file("B"), std::ios::in | std::ios::out) << std::string(8 << 20, 'x');
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  const Reply reply = ask("B", "POST", "remotecopygroups/" + peer(), {{"action", 10}});
  EXPECT_EQ(states(), "2t3 1t3");
  EXPECT_EQ(statuses(), "2 2");
  EXPECT_EQ(task("B", reply).at("status"), 2);
  advance(10);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(task("B", reply).at("status"), 1);
  EXPECT_EQ(task("B", reply).at("type"), 9);
  EXPECT_EQ(read("A"), "xxx");
}

TEST_F(RemoteCopyActions, LeaveGroupsStoppedWhenAskedTo) {
  replicate(1);
  act("A", 4);
  act("B", 7);
  EXPECT_EQ(act("B", 9, {{"skipStart", true}}), "200");
  EXPECT_EQ(states(), "2t5 1t5");
  EXPECT_EQ(act("B", 10, {{"skipStart", true}}), "200");
  advance(1);
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_FALSE(are_one_file());
}

TEST_F(RemoteCopyActions, KnowTheirTasks) {
  EXPECT_EQ(get("A", "tasks").at("total"), 0);
  EXPECT_EQ(result("A", "GET", "tasks/x"), "400/12");
  EXPECT_EQ(result("A", "GET", "tasks/-1"), "400/12");
  EXPECT_EQ(result("A", "GET", "tasks/1"), "404/145");
  replicate(1);
  act("A", 4);
  const Reply reply = ask("B", "POST", "remotecopygroups/" + peer(), {{"action", 7}});
  const json failover = task("B", reply);
  EXPECT_EQ(failover.at("type"), 7);
  EXPECT_EQ(failover.at("name"), peer());
  EXPECT_EQ(result("B", "PUT", "tasks/1", {{"action", 1}}), refused(400, Code::non_active_task));
  advance(25 * 3600);
  sign_in("B");
  EXPECT_EQ(get("B", "tasks").at("total"), 0);
}

}  // namespace
}  // namespace hpe3par::sim
