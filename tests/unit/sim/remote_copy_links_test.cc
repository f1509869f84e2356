#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

using RemoteCopyLinks = TwoArrays;

TEST_F(RemoteCopyLinks, StopGroupsAndStartThemAgainWhereThePolicySaysSo) {
  replicate(1, {{"autoRecover", true}});
  set_links("down");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(statuses(), "3 3");
  EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 5);
  EXPECT_EQ(get("A", "remotecopylinks").at("members").at(0).at("status"), 2);
  write("A", "one");
  set_links("up");
  EXPECT_EQ(states(), "1f3 2f3");
  advance(1);
  EXPECT_EQ(read("B"), "one");
  EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 3);
}

TEST_F(RemoteCopyLinks, LeaveAGroupStoppedThatSomebodyStopped) {
  replicate(1, {{"autoRecover", true}});
  set_links("down");
  EXPECT_EQ(act("A", 4), "200");
  set_links("up");
  EXPECT_EQ(states(), "1f5 2f5");
}

TEST_F(RemoteCopyLinks, LeaveAGroupStoppedWithoutThePolicy) {
  replicate(2);
  set_links("down");
  EXPECT_EQ(statuses(), "4 4");
  set_links("up");
  EXPECT_EQ(states(), "1f5 2f5");
}

TEST_F(RemoteCopyLinks, DoNotRestartWhatWasFailedOver) {
  replicate(1, {{"autoRecover", true}});
  set_array("A", "down");
  EXPECT_EQ(act("B", 7), "200");
  set_array("A", "up");
  EXPECT_EQ(states(), "1f5 1t5");
}

TEST_F(RemoteCopyLinks, MakeActionsThatNeedThemFailAndOthersNot) {
  replicate(1);
  add_volume("v2");
  set_links("down");
  const std::string not_ready = "403/" + std::to_string(static_cast<int>(Code::rcopy_target_not_ready));
  EXPECT_EQ(act("A", 3), not_ready);
  EXPECT_EQ(admit("v2"), not_ready);
  EXPECT_EQ(act("A", 2, {{"volumeName", "v1"}}), not_ready);
  EXPECT_EQ(put({{"targets", {{{"policies", {{"autoRecover", true}}}}}}}), not_ready);
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g"), not_ready);
  EXPECT_EQ(result("A", "PUT", "volumes/v1", {{"action", 3}, {"sizeMiB", 256}}), not_ready);
  EXPECT_EQ(act("A", 4), "200");
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(act("B", 10), not_ready);
}

TEST_F(RemoteCopyLinks, DoNotMatterToTheManagementOfASite) {
  replicate(1);
  for (const char* state : {"mgmt_down", "hang"}) {
    set_array("B", state);
    EXPECT_EQ(act("A", 5), "200") << state;
    EXPECT_EQ(states(), "1f3 2f3") << state;
    EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 3) << state;
  }
}

TEST_F(RemoteCopyLinks, HoldWhileOneOfThemIsUp) {
  replicate(1);
  set_link(1, "down");
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(get("A", "remotecopylinks/B_0_3_1").at("status"), 2);
  EXPECT_EQ(get("B", "remotecopylinks/A_0_3_1").at("status"), 2);
  EXPECT_EQ(get("A", "remotecopylinks/B_1_3_1").at("status"), 1);
  EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 3);
  set_link(2, "down");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 5);
  set_link(1, "up");
  EXPECT_EQ(get("A", "remotecopytargets/B").at("status"), 3);
}

}  // namespace
}  // namespace hpe3par::sim
