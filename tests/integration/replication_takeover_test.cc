// A failover is remembered by more than the process that saw it.
#include "tests/integration/replicated_pair.h"

namespace hpe3par::test {
namespace {

struct TakenPair : ReplicatedPair {
  TakenPair() {
    EXPECT_EQ(create("v1"), "");
    EXPECT_EQ(daemon->mount("v1", "id1"), "");
    write(*this, "v1", "on A");
    EXPECT_EQ(daemon->unmount("v1", "id1"), "");
    EXPECT_TRUE(eventually(20s, [&] { return is_synced(); }));
  }
  void write_on_peer() {
    EXPECT_EQ(daemon->mount("v1", "id2"), "");
    EXPECT_EQ(content(*this, "v1"), "on A");
    write(*this, "v1", "on B");
  }
  void bring_back() {
    act_on_peer(9);
    EXPECT_TRUE(eventually(30s, [&] { return side("B") == "1t3" && is_synced(); }));
    act_on_peer(10);
    EXPECT_TRUE(becomes("1f3", "2f3"));
  }
};

TEST(ReplicationTakeOver, IsKnownToADaemonThatWasRestartedWhileThePeerWasAway) {
  TakenPair pair;
  pair.sim.set_array_state("A", "down");
  pair.act_on_peer(7);
  pair.write_on_peer();
  EXPECT_TRUE(has(pair.daemon->log(), "op=Mount volume=v1 array=B")) << "the log names the array that serves";
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  // The site loses power, and the peer is the last to come back.
  pair.daemon->kill9();
  pair.sim.set_array_state("B", "down");
  pair.sim.set_array_state("A", "up");
  pair.daemon->start();
  EXPECT_TRUE(eventually(30s, [&] { return pair.is_up("A"); }));
  const std::string refused = pair.daemon->mount("v1", "id3");
  EXPECT_TRUE(has(refused, "was made the one to write to, as host h1 saw; bring it back")) << refused;
  EXPECT_TRUE(eventually(30s, [&] { return pair.takeover_note() != ""; })) << "for hosts that never saw array B";
  {
    Daemon other(pair.directory / "h2", pair.options("h2"));
    std::string answer;
    EXPECT_TRUE(eventually(30s, [&] {
      answer = other.mount("v1", "id4");
      return has(answer, "made the one to write to, as host h1 saw");
    })) << answer;
    EXPECT_TRUE(has(answer, "remove volume set " + pair.takeover_note() + " on array A")) << answer;
  }

  pair.sim.set_array_state("B", "up");
  EXPECT_TRUE(pair.both_are_up());
  EXPECT_EQ(pair.daemon->mount("v1", "id5"), "");
  EXPECT_EQ(content(pair, "v1"), "on B");
  EXPECT_EQ(pair.daemon->unmount("v1", "id5"), "");
  pair.bring_back();
  EXPECT_EQ(pair.daemon->mount("v1", "id6"), "");
  EXPECT_TRUE(eventually(90s, [&] { return pair.takeover_note().empty(); }));
  EXPECT_EQ(pair.daemon->unmount("v1", "id6"), "");
  pair.sim.set_array_state("B", "mgmt_down");
  EXPECT_EQ(pair.daemon->mount("v1", "id7"), "") << "the peer is nobody's writer any more";
  EXPECT_EQ(content(pair, "v1"), "on B");
  EXPECT_EQ(pair.daemon->unmount("v1", "id7"), "");
  pair.sim.set_array_state("B", "up");
  EXPECT_TRUE(pair.both_are_up());
  EXPECT_EQ(pair.daemon->remove("v1"), "");
}

TEST(ReplicationTakeOver, IsNotedForHostsThatNeverSawThePeer) {
  TakenPair pair;
  pair.stop();
  pair.act_on_peer(7);
  pair.write_on_peer();
  EXPECT_TRUE(eventually(60s, [&] { return pair.takeover_note() != ""; })) << "by the host that has it mounted";
  EXPECT_EQ(pair.daemon->unmount("v1", "id2"), "");
  pair.sim.set_array_state("B", "mgmt_down");
  const std::string set = pair.takeover_note();
  {
    Daemon other(pair.directory / "h2", pair.options("h2"));
    std::string answer;
    EXPECT_TRUE(eventually(30s, [&] {
      answer = other.mount("v1", "id3");
      return has(answer, "as host h1 saw") && has(answer, "remove volume set " + set + " on array A");
    })) << answer;
    pair.sim.administer("DELETE", "/volumesets/" + set);
    EXPECT_EQ(other.mount("v1", "id3"), "") << "the administrator knows better";
    EXPECT_EQ(other.unmount("v1", "id3"), "");
  }
  pair.sim.set_array_state("B", "up");
  EXPECT_TRUE(pair.both_are_up());
  pair.bring_back();
  EXPECT_EQ(pair.daemon->remove("v1"), "");
  EXPECT_TRUE(eventually(90s, [&] { return pair.takeover_note().empty(); }));
}

}  // namespace
}  // namespace hpe3par::test
