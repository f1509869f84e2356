#include "remote_copy_groups.h"

#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

std::string refused(int status, Code code) {
  return std::to_string(status) + "/" + std::to_string(static_cast<int>(code));
}

json target(const std::string& name, int mode) {
  return {{"targetName", name}, {"mode", mode}, {"userCPG", "cpg2"}};
}

class RemoteCopyGroups : public TwoArrays {
 protected:
  std::string create(const json& more = json::object()) {
    json body = {{"name", "g"}, {"targets", {target("B", 1)}}};
    body.update(more);
    return result("A", "POST", "remotecopygroups", body);
  }
  std::string change_target(const json& change) { return put({{"targets", {change}}}); }
};

TEST_F(RemoteCopyGroups, AppearOnBothArrays) {
  ASSERT_EQ(add_group(2), "201");
  const json here = get("A", "remotecopygroups/g");
  EXPECT_EQ(here.at("role"), 1);
  EXPECT_EQ(here.at("remoteGroupName"), peer());
  EXPECT_EQ(here.at("localUserCPG"), "cpg1");
  EXPECT_EQ(here.at("volumes"), json::array());
  const json& to = here.at("targets").at(0);
  EXPECT_EQ(to.at("targetName"), "B");
  EXPECT_EQ(to.at("target"), "B");
  EXPECT_EQ(to.at("state"), 1);
  EXPECT_EQ(to.at("mode"), 2);
  EXPECT_EQ(to.at("syncPeriod"), 0);
  EXPECT_EQ(to.at("roleReversed"), false);
  EXPECT_EQ(to.at("remoteUserCPG"), "cpg2");
  EXPECT_EQ(to.at("policies").at("overPeriodAlert"), true);
  EXPECT_FALSE(to.contains("groupLastSyncTime"));

  const json there = get("B", "remotecopygroups/" + peer());
  EXPECT_EQ(there.at("role"), 2);
  EXPECT_EQ(there.at("remoteGroupName"), "g");
  EXPECT_EQ(there.at("localUserCPG"), "cpg2");
  EXPECT_EQ(there.at("targets").at(0).at("targetName"), "A");
  EXPECT_EQ(get("B", "remotecopygroups").at("total"), 1);
  EXPECT_EQ(get("A", "remotecopygroups?query=%22name%20LIKE%20x*%22").at("total"), 0);
}

TEST_F(RemoteCopyGroups, AreMadeOnlyOfWhatIsThere) {
  EXPECT_EQ(create({{"name", std::string(22, 'g')}}), "201");
  EXPECT_EQ(create({{"name", std::string(23, 'g')}}), "400/57");
  EXPECT_EQ(create({{"name", "g h"}}), "400/69");
  EXPECT_EQ(create({{"foo", 1}}), "400/12");
  EXPECT_EQ(create({{"targets", json::array()}}), refused(400, Code::rcopy_target_not_specified));
  EXPECT_EQ(create({{"targets", {target("B", 1), target("B", 2)}}}), refused(409, Code::rcopy_too_many_targets));
  EXPECT_EQ(create({{"targets", {target("C", 1)}}}), refused(403, Code::rcopy_inv_target));
  EXPECT_EQ(create({{"targets", {target("B", 5)}}}), "400/46");
  EXPECT_EQ(create({{"targets", {{{"targetName", "B"}}}}}), "400/40");
  EXPECT_EQ(create({{"targets", {{{"targetName", "B"}, {"mode", 1}, {"userCPG", "no"}}}}}), "404/15");
  EXPECT_EQ(create({{"localUserCPG", "no"}}), "404/15");
  EXPECT_EQ(create({{"domain", "no"}}), "404/38");
  EXPECT_EQ(create(), "201");
  EXPECT_EQ(create(), "409/237");
  EXPECT_EQ(result("A", "GET", "remotecopygroups/x"), "404/187");
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/x"), "404/187");
}

TEST_F(RemoteCopyGroups, NeedALicenceAndABuildThatKnowsThem) {
  send("POST", "/behaviour", {{"array", "A"}, {"licenses", {"Compression"}}});
  EXPECT_EQ(create(), refused(403, Code::unlicensed_feature));
  send("POST", "/behaviour", {{"array", "A"}, {"licenses", nullptr}, {"wsapi_build", 30201292}});
  EXPECT_EQ(create(), "404/11");
}

TEST_F(RemoteCopyGroups, AreNotMadeOnATargetOutOfReach) {
  set_links("down");
  EXPECT_EQ(create(), refused(403, Code::rcopy_target_not_ready));
  EXPECT_EQ(send("GET", "/objects").at("arrays").at("A").at("remotecopygroups"), json::array());
}

TEST_F(RemoteCopyGroups, ChangeOnBothArrays) {
  ASSERT_EQ(add_group(2), "201");
  EXPECT_EQ(change_target({{"targetName", "B"}, {"syncPeriod", 900}}), "200");
  EXPECT_EQ(put({{"localUserCPG", "cpg2"}}), "200");
  const json there = get("B", "remotecopygroups/" + peer()).at("targets").at(0);
  EXPECT_EQ(there.at("syncPeriod"), 900);
  EXPECT_EQ(there.at("remoteUserCPG"), "cpg2");
  EXPECT_EQ(result("A", "PUT", "remotecopygroups/g/targets/B", {{"rmSyncPeriod", true}}), "200");
  EXPECT_EQ(get("A", "remotecopygroups/g/targets/B").at("syncPeriod"), 0);
  EXPECT_EQ(result("A", "GET", "remotecopygroups/g/targets/C"), refused(404, Code::non_existent_rcopy_target));
}

TEST_F(RemoteCopyGroups, RefuseChangesThatDoNotFit) {
  ASSERT_EQ(add_group(2), "201");
  EXPECT_EQ(change_target({{"syncPeriod", 299}}), "400/115");
  EXPECT_EQ(change_target({{"syncPeriod", 31622401}}), "400/43");
  EXPECT_EQ(change_target({{"syncPeriod", 900}, {"policies", {{"autoRecover", true}}}}), "400/44");
  EXPECT_EQ(change_target({{"policies", {{"autoFailover", true}}}}), refused(403, Code::rcopy_policy_not_for_periodic));
  EXPECT_EQ(change_target({{"policies", {{"autoPilot", true}}}}), "400/12");
  EXPECT_EQ(change_target({{"targetName", "C"}}), refused(403, Code::rcopy_inv_target));
  EXPECT_EQ(change_target({{"snapFrequency", 300}}), refused(403, Code::rcopy_mode_not_supported));
  EXPECT_EQ(result("B", "PUT", "remotecopygroups/" + peer(), {{"localUserCPG", "cpg1"}}),
            refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(change_target({{"mode", 1}}), "200");
  EXPECT_EQ(change_target({{"syncPeriod", 900}}), refused(403, Code::rcopy_not_periodic));
  EXPECT_EQ(change_target({{"policies", {{"overPeriodAlert", true}}}}), refused(403, Code::rcopy_policy_not_for_sync));
  EXPECT_EQ(act("A", 3), "200");
  EXPECT_EQ(change_target({{"mode", 2}}), "403/215");
  EXPECT_EQ(change_target({{"policies", {{"autoRecover", true}}}}), "200");
}

TEST_F(RemoteCopyGroups, DoNotTakePathsFromHosts) {
  replicate(1, {{"pathManagement", true}});
  export_on("B");
  EXPECT_EQ(change_target({{"policies", {{"pathManagement", false}}}}),
            refused(403, Code::rcopy_target_volume_exported));
}

TEST_F(RemoteCopyGroups, AreDeletedStoppedAndFromTheirPrimaryEnd) {
  replicate(1);
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g"), "403/215");
  act("A", 4);
  EXPECT_EQ(result("B", "DELETE", "remotecopygroups/" + peer()), refused(403, Code::rcopy_only_on_primary_side));
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g"), refused(403, Code::rcopy_in_failover_state));
  EXPECT_EQ(result("B", "DELETE", "remotecopygroups/" + peer()), refused(403, Code::rcopy_in_failover_state));
}

TEST_F(RemoteCopyGroups, AreDeletedOnOneArrayAloneWithoutMirroring) {
  replicate(1);
  act("A", 4);
  act("B", 7);
  EXPECT_EQ(result("B", "PUT", "remotecopytargets/A", {{"policies", {{"mirrorConfig", false}}}}), "200");
  EXPECT_EQ(get("B", "remotecopytargets/A").at("policies").at("mirrorConfig"), false);
  EXPECT_EQ(result("B", "DELETE", "remotecopygroups/" + peer() + "/volumes/v1?removeSecondaryVolume=true"), "200");
  EXPECT_EQ(result("B", "DELETE", "remotecopygroups/" + peer() + "?keepSnap=false"), "200");
  EXPECT_EQ(result("B", "DELETE", "volumes/v1"), "200");
  EXPECT_EQ(result("B", "PUT", "remotecopytargets/A", {{"policies", {{"mirrorConfig", true}}}}), "200");
  EXPECT_EQ(get("A", "remotecopygroups/g").at("volumes").size(), 1U);
  EXPECT_EQ(act("A", 3), refused(403, Code::rcopy_target_not_ready));
}

TEST_F(RemoteCopyGroups, MayHaveLongNamesWithoutMirroring) {
  EXPECT_EQ(result("A", "PUT", "remotecopytargets/B", {{"policies", {{"mirrorConfig", false}}}}), "200");
  EXPECT_EQ(create({{"name", std::string(31, 'g')}}), "201");
  EXPECT_EQ(create({{"name", std::string(32, 'g')}}), "400/57");
  EXPECT_EQ(get("B", "remotecopygroups").at("total"), 0);
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/" + std::string(31, 'g')), "200");
}

TEST_F(RemoteCopyGroups, KnowTheirTargetsAndLinks) {
  EXPECT_EQ(get("A", "remotecopytargets").at("members").at(0).at("name"), "B");
  EXPECT_EQ(get("B", "remotecopytargets/A").at("type"), 1);
  EXPECT_EQ(get("A", "remotecopylinks").at("total"), 2);
  EXPECT_EQ(get("A", "remotecopylinks/B_0_3_1").at("targetName"), "B");
  EXPECT_EQ(get("A", "remotecopy").at("status"), 1);
  EXPECT_EQ(result("A", "GET", "remotecopytargets/C"), refused(404, Code::non_existent_rcopy_target));
  EXPECT_EQ(result("A", "GET", "remotecopylinks/C"), refused(404, Code::non_existent_rcopy_link));
  EXPECT_EQ(result("A", "POST", "remotecopylinks", json::object()), "501/9");
  EXPECT_EQ(result("A", "PUT", "remotecopytargets/B", {{"policies", {{"other", true}}}}), "400/12");
}

TEST_F(RemoteCopyGroups, GoAwayWithAReset) {
  replicate(1);
  send("POST", "/reset");
  for (const char* name : {"A", "B"}) sign_in(name);
  EXPECT_EQ(get("B", "remotecopygroups").at("total"), 0);
  EXPECT_EQ(get("B", "tasks").at("total"), 0);
  replicate(1);
}

}  // namespace
}  // namespace hpe3par::sim
