#include <functional>

#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

// A Peer Persistence group in step, with v1 exported by both arrays to a host that has A's file open.
class PeerPersistence : public TwoArrays {
 protected:
  void SetUp() override {
    replicate(1, {{"autoFailover", true}, {"pathManagement", true}, {"autoRecover", true}});
    export_on("A");
    export_on("B");
    send("POST", "/behaviour", {{"takeover_s", kTakeoverSeconds}});
    host_.open(export_file("A"), std::ios::in | std::ios::out);
  }

  void host_writes(const std::string& text) { host_.seekp(0) << text << std::flush; }
  json invariants() { return send("GET", "/invariants"); }

  const json kNothingFound = json::parse(R"({"writable_twice":[],"exported_secondaries":[]})");
  std::fstream host_;
};

TEST_F(PeerPersistence, FailsOverWhenThePrimaryDies) {
  set_array("A", "down");
  EXPECT_EQ(states(), "1f7 2f5");
  EXPECT_FALSE(sees("A"));
  EXPECT_FALSE(sees("B"));
  host_writes("one");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_TRUE(sees("B"));
  EXPECT_EQ(read("B"), "one");
  host_writes("two");
  EXPECT_EQ(read("B"), "two");
  EXPECT_EQ(read("A"), "new");

  set_array("A", "up");
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_FALSE(sees("A"));
  EXPECT_EQ(act("A", 3).substr(0, 3), "403");
  EXPECT_EQ(act("B", 9), "200");
  advance(1);
  EXPECT_EQ(states(), "2t3 1t3");
  EXPECT_TRUE(std::filesystem::equivalent(export_file("A"), export_file("B")));
  host_writes("thr");
  EXPECT_EQ(read("A"), "thr");
  EXPECT_EQ(invariants(), kNothingFound);
}

// The array dies of the switchover that it has just done, so that the other one is left as the primary.
TEST_F(PeerPersistence, KnowsWhatAnArrayDidBeforeItDied) {
  send("POST", "/faults", {{"array", "A"}, {"kind", "die_after"}, {"method", "POST"}});
  EXPECT_EQ(ask("A", "POST", "remotecopygroups/g", {{"action", 8}}).status, 0);
  EXPECT_EQ(states(), "2t5 1t5");
  EXPECT_FALSE(sees("A"));
  EXPECT_TRUE(sees("B"));
}

TEST_F(PeerPersistence, FailsOverFromAPrimaryThatDiesOfARequest) {
  send("POST", "/faults", {{"array", "A"}, {"kind", "die"}});
  EXPECT_EQ(ask("A", "GET", "system").status, 0);
  EXPECT_EQ(states(), "1f7 2f5");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
}

TEST_F(PeerPersistence, FailsOverFromAnIsolatedPrimary) {
  isolate("A");
  EXPECT_EQ(states(), "1f7 2f5");
  EXPECT_FALSE(sees("A"));
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
  set_witness_of("A", "up");
  set_links("up");
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_FALSE(sees("A"));
  EXPECT_EQ(act("B", 10), "200");
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(invariants(), kNothingFound);
}

TEST_F(PeerPersistence, FailsOverAgainInTheOtherDirection) {
  EXPECT_EQ(act("A", 8), "200");
  set_array("B", "down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f5 1t7");
  EXPECT_TRUE(sees("A"));
  host_writes("one");
  EXPECT_EQ(read("A"), "one");
  EXPECT_EQ(read("B"), "new");
}

// What is lost, and what becomes of the ends at once and when the witness has judged.
TEST_F(PeerPersistence, DoesNotFailOverForLess) {
  struct Row {
    const char* what;
    std::function<void()> lose;
    const char* after;
  };
  const Row rows[] = {
      {"the witness", [&] { set_witness("down"); }, "1f3 2f3"},
      {"the primary's way to the witness", [&] { set_witness_of("A", "down"); }, "1f3 2f3"},
      {"one link", [&] { set_link(1, "down"); }, "1f3 2f3"},
      {"the primary's management", [&] { set_array("A", "mgmt_down"); }, "1f3 2f3"},
      {"the primary's answers", [&] { set_array("A", "hang"); }, "1f3 2f3"},
      {"the links", [&] { set_links("down"); }, "1f5 2f5"},
      {"the secondary", [&] { set_array("B", "down"); }, "1f5 2f5"},
      {"links and the secondary's way to the witness", [&] { isolate("B"); }, "1f5 2f5"},
      {"first the links, then the primary's way to the witness",
       [&] {
         set_links("down");
         set_witness_of("A", "down");
       },
       "1f5 2f5"},
      {"witness and primary",
       [&] {
         set_witness("down");
         set_array("A", "down");
       },
       "1f5 2f5"},
      {"witness and links",
       [&] {
         set_witness("down");
         set_links("down");
       },
       "1f5 2f5"},
  };
  for (const Row& row : rows) {
    row.lose();
    EXPECT_EQ(states(), row.after) << row.what;
    let_witness_judge();
    EXPECT_EQ(states(), row.after) << row.what;
    for (const char* name : {"A", "B"}) set_array(name, "up");
    set_witness("up");
    set_links("up");
    EXPECT_EQ(states(), "1f3 2f3") << row.what;
    advance(1);
    EXPECT_TRUE(are_one_file()) << row.what;
  }
  EXPECT_EQ(invariants(), kNothingFound);
}

TEST_F(PeerPersistence, FailsOverOnlyWhatIsInStep) {
  EXPECT_EQ(act("A", 4), "200");
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  host_writes(std::string(8 << 20, 'x'));
  EXPECT_EQ(act("A", 3), "200");
  EXPECT_EQ(status_on("B"), "2");
  set_array("A", "down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_EQ(statuses(), "4 4");
}

// Until the other end takes over, what the host wrote belongs to whoever will go on.
TEST_F(PeerPersistence, GoesOnWhereItWasWhenThePrimaryIsBackInTime) {
  isolate("A");
  host_writes("one");
  EXPECT_EQ(read("A"), "new");
  set_witness_of("A", "up");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_TRUE(sees("A"));
  EXPECT_EQ(read("A"), "one");
  host_writes("two");
  EXPECT_EQ(read("A"), "two");
  EXPECT_EQ(read("B"), "one");
  let_witness_judge();
  EXPECT_EQ(states(), "1f5 2f5");
  set_links("up");
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(read("B"), "two");
  EXPECT_EQ(invariants(), kNothingFound);
}

TEST_F(PeerPersistence, GoesOnWhenADeadPrimaryIsBackInTime) {
  set_array("A", "down");
  host_writes("one");
  set_array("A", "up");
  advance(1);
  EXPECT_EQ(states(), "1f3 2f3");
  EXPECT_EQ(read("A"), "one");
  EXPECT_TRUE(std::filesystem::equivalent(export_file("A"), export_file("B")));
}

TEST_F(PeerPersistence, StaysInFailsafeWhenTheSecondaryIsLostBeforeItTookOver) {
  isolate("A");
  set_array("B", "down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 2f5");
  EXPECT_FALSE(sees("A"));
  host_writes("one");
  EXPECT_EQ(act("A", 11), "200");
  EXPECT_EQ(states(), "1f5 2f5");
  EXPECT_TRUE(sees("A"));
  EXPECT_EQ(read("A"), "one");
  set_array("B", "up");
  EXPECT_EQ(states(), "1f5 2f5");
}

TEST_F(PeerPersistence, LeavesItToAnOperatorWhoIsFaster) {
  set_array("A", "down");
  EXPECT_EQ(act("B", 7), "200");
  EXPECT_EQ(states(), "1f7 1t5");
  host_writes("one");
  EXPECT_EQ(read("B"), "one");
  let_witness_judge();
  set_array("A", "up");
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_EQ(read("A"), "new");
  EXPECT_EQ(act("B", 9), "200");
}

TEST_F(PeerPersistence, TellsWhenAnOverrideMakesTwoOfOne) {
  isolate("A");
  let_witness_judge();
  EXPECT_EQ(invariants(), kNothingFound);
  EXPECT_EQ(act("A", 11), "200");
  EXPECT_EQ(states(), "1f5 1t5");
  EXPECT_TRUE(sees("A"));
  EXPECT_TRUE(sees("B"));
  EXPECT_FALSE(are_one_file());
  EXPECT_EQ(invariants().at("writable_twice"), json::parse(R"([{"volume":"v1","arrays":["A","B"],"by":"test"}])"));
}

TEST_F(PeerPersistence, ComesBackInEitherOrderAfterBothDied) {
  for (const char* first : {"A", "B"}) {
    set_array("A", "down");
    let_witness_judge();
    host_writes("one");
    set_array("B", "down");
    set_array(first, "up");
    EXPECT_EQ(states(), "1f7 1t5") << first;
    EXPECT_FALSE(sees("A")) << first;
    set_array(*first == 'A' ? "B" : "A", "up");
    EXPECT_EQ(states(), "1f7 1t5") << first;
    EXPECT_EQ(act("B", 10), "200");
    advance(1);
    EXPECT_EQ(states(), "1f3 2f3") << first;
    EXPECT_EQ(read("A"), "one") << first;
  }
  EXPECT_EQ(invariants(), kNothingFound);
}

TEST_F(PeerPersistence, TakesTheTimeAndTheCausesThatItIsToldTo) {
  send("POST", "/behaviour", {{"takeover_s", 600}, {"link_loss", "failover"}});
  set_links("down");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 2f5");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_EQ(error(400, "POST", "/behaviour", {{"link_loss", "x"}}), "link_loss must be one of: suspend, failover");
  EXPECT_EQ(error(400, "POST", "/links/A,B", {{"state", "up"}, {"link", 3}}), "link must be an integer from 1 to 2");
  EXPECT_EQ(error(404, "POST", "/quorum", {{"state", "up"}, {"array", "Z"}}), "there is no array 'Z'");
  send("POST", "/reset");
  EXPECT_EQ(simulator_.behaviour().takeover_s, 5);
}

}  // namespace
}  // namespace hpe3par::sim
