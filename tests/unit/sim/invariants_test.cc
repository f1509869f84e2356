#include "invariants.h"

#include "two_arrays.h"

namespace hpe3par::sim {
namespace {

using nlohmann::json;

class InvariantsTest : public TwoArrays {
 protected:
  json report() { return send("GET", "/invariants"); }
  json writable_twice() { return report().at("writable_twice"); }
  json exported_secondaries() { return report().at("exported_secondaries"); }
};

const json kTwice = {{"volume", "v1"}, {"arrays", {"A", "B"}}, {"by", ""}};

json twice(const std::string& by) {
  json finding = kTwice;
  finding["by"] = by;
  return json::array({finding});
}

TEST_F(InvariantsTest, NameWhoMadeTwoCopiesWritable) {
  replicate(1);
  export_on("A");
  act("A", 4);
  act("B", 7);
  EXPECT_EQ(writable_twice(), json::array());
  export_on("B");
  EXPECT_EQ(writable_twice(), twice("test"));
  send("POST", "/stats/reset");
  EXPECT_EQ(writable_twice(), twice("test"));
  EXPECT_EQ(result("A", "DELETE", "vluns/v1,0,h1"), "200");
  EXPECT_EQ(writable_twice(), twice("test"));
  send("POST", "/stats/reset");
  EXPECT_EQ(writable_twice(), json::array());
}

TEST_F(InvariantsTest, NameTheArrayWhenASiteComesBack) {
  replicate(1);
  export_on("A");
  set_array("A", "down");
  act("B", 7);
  export_on("B");
  EXPECT_EQ(writable_twice(), json::array());
  set_array("A", "up");
  EXPECT_EQ(writable_twice(), twice("array"));
}

TEST_F(InvariantsTest, DoNotBlameATakeOver) {
  replicate(1, {{"autoFailover", true}, {"pathManagement", true}});
  export_on("A");
  export_on("B");
  isolate("A");
  let_witness_judge();
  EXPECT_EQ(states(), "1f7 1t5");
  EXPECT_EQ(writable_twice(), json::array());
  EXPECT_EQ(act("A", 11), "200");
  EXPECT_EQ(writable_twice(), twice("test"));
}

TEST_F(InvariantsTest, KeepAnEyeOnCopiesThatWereSeparated) {
  replicate(1);
  act("A", 4);
  EXPECT_EQ(act("A", 2, {{"volumeName", "v1"}}), "200");
  export_on("A");
  export_on("B");
  EXPECT_EQ(writable_twice(), twice("test"));
}

TEST_F(InvariantsTest, TellOfSecondariesThatHostsSeeAndThatTheyWroteTo) {
  replicate(1);
  act("A", 4);
  act("B", 7);
  export_on("B");
  act("B", 9);
  advance(1);
  std::fstream host(export_file("B"), std::ios::in | std::ios::out);
  EXPECT_EQ(exported_secondaries(), json::array());
  EXPECT_EQ(act("B", 10), "200");
  EXPECT_EQ(states(), "1f3 2f3");
  json expected = json::array({{{"volume", "v1"}, {"array", "B"}, {"by", "test"}, {"written", false}}});
  EXPECT_EQ(exported_secondaries(), expected);
  EXPECT_EQ(std::filesystem::status(export_file("B")).permissions(), std::filesystem::perms::owner_read);
  EXPECT_TRUE(are_one_file());
  write("A", "one");
  std::this_thread::sleep_for(Millis(20));
  host << "bad" << std::flush;
  EXPECT_EQ(read("A"), "one");
  EXPECT_EQ(read("B"), "one");
  expected[0]["written"] = true;
  EXPECT_EQ(exported_secondaries(), expected);
}

TEST_F(InvariantsTest, NameWhoAskedForARestoreThatTookItsTime) {
  replicate(1);
  act("A", 4);
  act("B", 7);
  export_on("B");
  std::ofstream(file("B"), std::ios::in | std::ios::out) << std::string(8 << 20, 'x');
  send("POST", "/behaviour", {{"sync_mib_per_s", 1}});
  act("B", 10);
  EXPECT_EQ(exported_secondaries(), json::array());
  advance(10);
  EXPECT_EQ(exported_secondaries().at(0).at("by"), "test");
}

}  // namespace
}  // namespace hpe3par::sim
