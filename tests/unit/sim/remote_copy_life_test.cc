#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

const json kPeerPersistence = {{"autoFailover", true}, {"pathManagement", true}, {"autoRecover", true}};

// What the secondary holds after each step does not depend on what becomes of the old primary.
class Life : public TwoArrays, public testing::WithParamInterface<std::tuple<int, const char*>> {
 protected:
  int mode() const { return std::get<0>(GetParam()); }
  bool mirrored() const { return std::get<1>(GetParam()) == std::string("mirrored"); }

  void SetUp() override {
    send("POST", "/behaviour", {{"failover", std::get<1>(GetParam())}});
    replicate(mode());
  }

  void sync() { EXPECT_EQ(act(state_on("A")[0] == '1' ? "A" : "B", 5), "200"); }

  void recover() {
    EXPECT_EQ(act("B", 9), "200");
    EXPECT_EQ(states(), "2t3 1t3");
  }

  // A moment in which every mode has sent what there is.
  void let_it_copy() {
    if (mode() == 2) sync();
    advance(10);
  }
};

TEST_P(Life, GoesOverAndComesBackWithAllData) {
  EXPECT_EQ(read("B"), "new");
  write("A", "one");
  let_it_copy();
  EXPECT_EQ(read("B"), "one");

  EXPECT_EQ(act("A", 4), "200");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_FALSE(are_one_file());
  write("A", "old");
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(read("B"), "one");
  EXPECT_EQ(states(), mirrored() ? "2t5 1t5" : "1f5 1t5");

  write("B", "two");
  EXPECT_EQ(read("A"), "old");
  if (!mirrored()) recover();
  advance(2);
  advance(1);
  let_it_copy();
  EXPECT_EQ(statuses(), "3 3");
  EXPECT_EQ(read("A"), "two");
  EXPECT_EQ(states(), mirrored() ? "2f3 1f3" : "2t3 1t3");

  write("B", "thr");
  if (mirrored()) {
    EXPECT_EQ(act("B", 9), "403/284");
    EXPECT_EQ(act("B", 10), "400/29");
    let_it_copy();
    EXPECT_EQ(act("B", 4), "200");
    EXPECT_EQ(act("A", 7), "200");
    EXPECT_EQ(states(), "1t5 2t5");
  } else {
    EXPECT_EQ(act("B", 10), "200");
  }
  advance(2);
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(read("A"), "thr");
  write("A", "end");
  let_it_copy();
  EXPECT_EQ(read("B"), "end");
}

TEST_P(Life, LosesWhatWasNotSentWhenTheSiteIsLost) {
  write("A", "one");
  let_it_copy();
  write("A", "two");
  set_array("A", "down");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(states(), "1f5 1t5");
  EXPECT_EQ(read("B"), mode() == 1 ? "two" : "one");
  write("B", "thr");
  EXPECT_EQ(act("B", 9), "403/" + std::to_string(static_cast<int>(Code::rcopy_target_not_ready)));

  set_array("A", "up");
  EXPECT_EQ(states(), "1f5 1t5");
  EXPECT_EQ(read("A"), "two");
  EXPECT_EQ(act("B", 10), "200");
  advance(1);
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(read("A"), "thr");
}

TEST_P(Life, EndsWithoutATrace) {
  EXPECT_EQ(result("A", "DELETE", "volumes/v1"), "403/120");
  EXPECT_EQ(act("A", 4), "200");
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g/volumes/v1?removeSecondaryVolume=true"), "200");
  EXPECT_EQ(result("A", "DELETE", "remotecopygroups/g?keepSnap=false"), "200");
  EXPECT_EQ(result("A", "DELETE", "volumes/v1"), "200");
  const json arrays = send("GET", "/objects").at("arrays");
  for (const char* name : {"A", "B"})
    for (const char* kind : {"volumes", "volumesets", "remotecopygroups"})
      EXPECT_EQ(arrays.at(name).at(kind), json::array()) << name << kind;
}

INSTANTIATE_TEST_SUITE_P(RemoteCopy, Life,
                         testing::Combine(testing::Values(1, 2, 4), testing::Values("classic", "mirrored")));

using RemoteCopyData = TwoArrays;

TEST_F(RemoteCopyData, OfASynchronousGroupIsOneFileWhileInStep) {
  replicate(1);
  EXPECT_TRUE(are_one_file());
  std::fstream open_by_a_host(file("A"), std::ios::in | std::ios::out);
  open_by_a_host << "one" << std::flush;
  EXPECT_EQ(read("B"), "one");
  set_links("down");
  EXPECT_EQ(states(), "1f5 2f5");
  open_by_a_host << "two" << std::flush;
  EXPECT_EQ(std::filesystem::file_size(file("B")), std::filesystem::file_size(file("A")));
  EXPECT_EQ(read("B"), "one");
  open_by_a_host.seekp(0) << "thr" << std::flush;
  EXPECT_EQ(read("A"), "thr");
  EXPECT_EQ(read("B"), "one");
}

TEST_F(RemoteCopyData, OfAPeriodicGroupIsThatOfTheLastCompletedSync) {
  replicate(2);
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  write("A", "one");
  EXPECT_EQ(read("B"), "new");
  std::ofstream(file("A"), std::ios::in | std::ios::out).seekp(8 << 20) << std::string(4 << 20, 'x');
  advance(900);
  EXPECT_EQ(status_on("A"), "2");
  write("A", "two");
  EXPECT_EQ(read("B"), "new");
  set_array("A", "down");
  sign_in("B");
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(read("B"), "new");
}

TEST_F(RemoteCopyData, FollowsTheHostsAtASwitchover) {
  replicate(1, kPeerPersistence);
  export_on("A");
  export_on("B");
  EXPECT_TRUE(std::filesystem::equivalent(export_file("A"), export_file("B")));
  EXPECT_EQ(act("A", 8), "200");
  EXPECT_EQ(states(), "2t3 1t3");
  EXPECT_TRUE(std::filesystem::equivalent(export_file("A"), export_file("B")));
  EXPECT_EQ(act("B", 8), "200");
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(send("GET", "/invariants"), json::parse(R"({"writable_twice":[],"exported_secondaries":[]})"));
}

TEST_F(RemoteCopyData, SurvivesTheLossOfTheSiteThatWasSwitchedTo) {
  replicate(1, kPeerPersistence);
  EXPECT_EQ(act("A", 8), "200");
  set_array("B", "down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f5 1t7");
  write("A", "one");
  set_array("B", "up");
  EXPECT_EQ(act("B", 9), "403/" + std::to_string(static_cast<int>(Code::rcopy_role_conflict)));
  EXPECT_EQ(act("A", 9), "200");
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(read("B"), "one");
}

TEST_F(RemoteCopyData, StaysWithTheOneThatTakesOver) {
  replicate(1, kPeerPersistence);
  export_on("A");
  export_on("B");
  std::fstream open_by_a_host(export_file("A"), std::ios::in | std::ios::out);
  set_array("A", "down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
  open_by_a_host << "one" << std::flush;
  EXPECT_EQ(read("B"), "one");
  EXPECT_EQ(read("A"), "new");
  set_array("A", "up");
  EXPECT_FALSE(sees("A"));
  EXPECT_EQ(act("B", 9), "200");
  advance(1);
  EXPECT_TRUE(sees("A"));
  EXPECT_EQ(read("A"), "one");
  EXPECT_EQ(states(), "2t3 1t3");
}

}  // namespace
}  // namespace hpe3par::sim
