#include "qos.h"

#include "fixture.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

std::string number(Code code) {
  return std::to_string(wire_number(code));
}

class QosTest : public ModelTest {
 protected:
  QosTest() { ask("POST", "volumesets", {{"name", "s1"}}); }

  static json rule(const json& more = json::object()) {
    json body = {{"name", "s1"}, {"type", 1}};
    body.update(more);
    return body;
  }
};

TEST_F(QosTest, ShowRulesAsRealArraysDo) {
  const Answer answer = ask("POST", "qos",
                            rule({{"priority", 3},
                                  {"ioMinGoal", 100},
                                  {"ioMaxLimit", 200},
                                  {"bwMaxLimitKB", 1024},
                                  {"latencyGoal", 5000},
                                  {"enable", false}}));
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.location, "/api/v1/qos/vvset:s1");
  EXPECT_EQ(get("qos/vvset:s1"), json({{"id", get("volumesets/s1").at("id")},
                                       {"type", 1},
                                       {"name", "s1"},
                                       {"enabled", false},
                                       {"priority", 3},
                                       {"bwMinGoalKB", 0},
                                       {"bwMaxLimitKB", 1024},
                                       {"ioMinGoal", 100},
                                       {"ioMaxLimit", 200},
                                       {"latencyGoal", 5000},
                                       {"latencyGoaluSecs", 5'000'000}}));
}

TEST_F(QosTest, OmitLimitsThatARuleDoesNotHave) {
  ask("POST", "qos", rule());
  const json shown = get("qos/vvset:s1");
  EXPECT_EQ(shown.at("enabled"), true);
  EXPECT_EQ(shown.at("priority"), 2);
  for (const char* absent : {"ioMinGoal", "bwMaxLimitKB", "latencyGoal", "domain"})
    EXPECT_FALSE(shown.contains(absent)) << absent;
}

TEST_F(QosTest, AreFollowedByQosEnabledOfTheSet) {
  EXPECT_EQ(get("volumesets/s1").at("qosEnabled"), false);
  ask("POST", "qos", rule({{"ioMaxLimit", 10}}));
  EXPECT_EQ(get("volumesets/s1").at("qosEnabled"), true);
  EXPECT_EQ(ask("PUT", "qos/vvset:s1", {{"enable", false}}).location, "/api/v1/qos/vvset:s1");
  EXPECT_EQ(get("volumesets/s1").at("qosEnabled"), false);
  ask("PUT", "qos/vvset:s1", {{"enable", true}});
  ask("DELETE", "qos/vvset:s1");
  EXPECT_EQ(get("volumesets/s1").at("qosEnabled"), false);
  EXPECT_EQ(refusal("GET", "qos/vvset:s1"), "100");
}

TEST_F(QosTest, KeepTheirSetAndFollowItsName) {
  ask("POST", "qos", rule({{"ioMaxLimit", 10}}));
  EXPECT_EQ(refusal("DELETE", "volumesets/s1"), number(Code::volume_set_has_qos));
  EXPECT_EQ(status_of(Code::volume_set_has_qos), 409);
  ask("PUT", "volumesets/s1", {{"newName", "s2"}});
  EXPECT_EQ(get("qos/vvset:s2").at("ioMaxLimit"), 10);
  EXPECT_EQ(refusal("GET", "qos/vvset:s1"), "100");
  ask("DELETE", "qos/vvset:s2");
  EXPECT_EQ(refusal("DELETE", "volumesets/s2"), "");
}

TEST_F(QosTest, AreChangedByValueAndByOperation) {
  ask("POST", "qos", rule({{"ioMinGoal", 5}, {"ioMaxLimit", 10}, {"latencyGoaluSecs", 1500}}));
  EXPECT_EQ(get("qos/vvset:s1").at("latencyGoal"), 1);
  ask("PUT", "qos/vvset:s1", {{"ioMaxLimit", 20}, {"ioMinGoalOP", 1}});
  EXPECT_EQ(get("qos/vvset:s1").at("ioMaxLimit"), 20);
  EXPECT_EQ(get("qos/vvset:s1").at("ioMinGoal"), 0);
  ask("PUT", "qos/vvset:s1", {{"ioMaxLimitOP", 2}, {"ioMinGoalOP", 2}});
  EXPECT_FALSE(get("qos/vvset:s1").contains("ioMaxLimit"));
}

TEST_F(QosTest, AreRefusedWithTheNumbersOfTheArray) {
  EXPECT_EQ(refusal("POST", "qos", rule({{"ioMaxLimit", -1}})), "115 ioMaxLimit");
  EXPECT_EQ(refusal("POST", "qos", rule({{"ioMaxLimit", 1LL << 40}})), "43 ioMaxLimit");
  EXPECT_EQ(refusal("POST", "qos", rule({{"latencyGoal", 1}, {"latencyGoaluSecs", 1000}})),
            "44 latencyGoal,latencyGoaluSecs");
  EXPECT_EQ(refusal("POST", "qos", rule({{"priority", 4}})), "46 priority");
  EXPECT_EQ(refusal("POST", "qos", rule({{"foo", 1}})), "12 foo");
  EXPECT_EQ(refusal("POST", "qos", {{"type", 1}}), "40 name");
  EXPECT_EQ(refusal("POST", "qos", {{"name", "none"}, {"type", 1}}), "102 name");
  EXPECT_EQ(refusal("POST", "qos", {{"name", "s1"}, {"type", 2}}), "117 name");
  EXPECT_EQ(refusal("POST", "qos", rule({{"ioMinGoal", 3}, {"ioMaxLimit", 2}})),
            number(Code::io_goal_exceeds_limit) + " ioMinGoal,ioMaxLimit");
  ask("POST", "qos", rule());
  EXPECT_EQ(refusal("POST", "qos", rule()), "114 name");
  EXPECT_EQ(status_of(Code::existent_qos_rule), 400);
  EXPECT_EQ(refusal("PUT", "qos/vvset:none", {{"enable", true}}), "100");
  EXPECT_EQ(refusal("DELETE", "qos/vvset:none"), "100");
  EXPECT_EQ(refusal("GET", "qos/s1"), "117");
}

TEST_F(QosTest, ExistForAllOtherVolumesOnceMade) {
  EXPECT_EQ(refusal("GET", "qos/sys:all_others"), "100");
  EXPECT_EQ(ask("POST", "qos", {{"name", "all_others"}, {"type", 2}, {"bwMaxLimitKB", 9}}).location,
            "/api/v1/qos/sys:all_others");
  ask("POST", "qos", rule());
  EXPECT_EQ(get("qos/sys:all_others").at("type"), 2);
  EXPECT_EQ(members("qos").size(), 2U);
  EXPECT_EQ(members("qos", "\"name EQ s1\"").size(), 1U);
  ask("DELETE", "qos/sys:all_others");
  EXPECT_EQ(members("qos").size(), 1U);
}

TEST_F(QosTest, NeedALicence) {
  model_.behaviour.licences = {"3PAR OS Suite"};
  EXPECT_EQ(refusal("POST", "qos", rule()), number(Code::unlicensed_feature));
  model_.behaviour.licences = {"Golden License"};
  EXPECT_EQ(refusal("POST", "qos", rule()), "");
}

TEST_F(QosTest, KnowMaximaOnlyOnTheNewestArrays) {
  model_.behaviour.build = 100500043;
  EXPECT_EQ(refusal("POST", "qos", rule({{"ioMinGoal", 1}})), "12 ioMinGoal");
  EXPECT_EQ(refusal("POST", "qos", rule({{"latencyGoal", 1}})), "12 latencyGoal");
  EXPECT_EQ(refusal("POST", "qos", rule({{"ioMaxLimit", 1}, {"bwMaxLimitKB", 1}})), "");
}

}  // namespace
}  // namespace hpe3par::sim
