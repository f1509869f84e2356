#include "group_takes.h"

#include "array_pair_fixture.h"
#include "hpe3par/replication/take_note.h"

namespace hpe3par::volumes {
namespace {

using When = test::FakeArray::When;

class GroupTakesTest : public ArrayPairTest {
 protected:
  GroupTakesTest() {
    reach_both();
    own->reset_requests();
  }
  const config::BackendConfig& backend() { return config.backends.front(); }
  void learn(const std::string& of_own, const std::string& of_peer) { learn(takes, of_own, of_peer); }
  void learn(GroupTakes& who, const std::string& of_own, const std::string& of_peer) {
    who.learn(backend(), "g", replication::view_of(of_own, of_peer));
  }
  void see(const std::string& of_own, const std::string& of_peer) {
    learn(of_own, of_peer);
    takes.settle(in());
  }
  /// Who says that the array that is silent took over; "": nobody.
  std::string who(GroupTakes& asked, const std::string& of_own, const std::string& of_peer) {
    const auto take = asked.find(backend(), "g", replication::view_of(of_own, of_peer), in());
    return take ? take->host : "";
  }
  std::string who(const std::string& of_own, const std::string& of_peer) { return who(takes, of_own, of_peer); }
  bool is_noted() { return own->set(kSet).has_value(); }
  /// "A:8080 g B:8080", and the set if it is written.
  std::string row() {
    const auto rows = journal.taken_groups();
    return rows.empty() ? "none"
                        : rows[0].array + " " + rows[0].group + " " + rows[0].taker +
                              (rows[0].note.empty() ? "" : " " + rows[0].note);
  }

  const std::string kSet = replication::take_set_name("g");
  GroupTakes takes{journal, *catalog, "host1", clock};
};

TEST_F(GroupTakesTest, WritesDownATakeOverOnce) {
  learn("1f3", "2f3");
  EXPECT_EQ(row(), "none");
  learn("1f5", "1t5");
  EXPECT_EQ(row(), "A:8080 g B:8080");
  EXPECT_TRUE(takes.has_work());
  own->set_time(WallTime(std::chrono::seconds(1'700'000'000)));
  takes.settle(in());
  EXPECT_EQ(row(), "A:8080 g B:8080 " + kSet);
  EXPECT_EQ(replication::decode_take(own->set(kSet)->comment),
            (replication::TakeNote{"g", "B", "host1", WallTime(std::chrono::seconds(1'700'000'000))}));
  steps.arm();
  see("1f5", "1t5");
  see("?", "1t5");
  see("1f5", "?");
  EXPECT_TRUE(steps.names().empty()) << "nothing is new";
}

TEST_F(GroupTakesTest, WhatWasWrittenDownIsKnownToTheNextProcess) {
  learn("?", "1t5");
  GroupTakes next{journal, *catalog, "host1", clock};
  EXPECT_EQ(who(next, "1f5", "?"), "host1");
  EXPECT_EQ(own->requests(), 0);
  learn(next, "2t3", "1t3");
  next.settle(in());
  EXPECT_EQ(row(), "none");
  EXPECT_EQ(who(next, "1f5", "?"), "") << "who is primary after that was made it anew";
}

// It was away while its peer took over: the note is written as soon as it answers.
TEST_F(GroupTakesTest, AnArrayThatComesBackAloneGetsTheNote) {
  see("?", "1t5");
  EXPECT_FALSE(is_noted());
  see("1f5", "?");
  EXPECT_TRUE(is_noted());
  test::FakeJournal empty{steps};
  GroupTakes other{empty, *catalog, "host2", clock};
  EXPECT_EQ(who(other, "1f5", "?"), "host1") << "a host that never saw the peer";
}

TEST_F(GroupTakesTest, TheNoteGoesWhenBothArraysAnswerAndAgree) {
  see("1f5", "1t5");
  see("?", "2f3");
  EXPECT_TRUE(is_noted()) << "the array of the note does not answer";
  EXPECT_EQ(who("1f5", "?"), "host1") << "and the note is believed";
  see("1f3", "2f3");
  EXPECT_FALSE(is_noted());
  EXPECT_EQ(row(), "none");
  EXPECT_EQ(who("1f3", "?"), "");
}

TEST_F(GroupTakesTest, TheNoteGoesWithTheGroup) {
  see("1f5", "1t5");
  takes.learn_gone(backend(), "g");
  takes.settle(in());
  EXPECT_FALSE(is_noted());
  EXPECT_EQ(row(), "none");
}

TEST_F(GroupTakesTest, ANoteThatSomebodyRemovedMeansThatTheGroupWasBroughtBack) {
  see("1f5", "1t5");
  EXPECT_EQ(who("1f5", "?"), "host1");
  own->drop_set(kSet);
  EXPECT_EQ(who("1f5", "?"), "");
  EXPECT_EQ(row(), "none");
  see("1f5", "1t5");
  EXPECT_TRUE(is_noted()) << "and then it was taken over again";
}

TEST_F(GroupTakesTest, TheNoteOfAnotherHostWillDo) {
  own->put_set({kSet, {}, false, false, replication::encode_take({"g", "B", "host2", std::nullopt})});
  see("1f5", "1t5");
  EXPECT_EQ(row(), "A:8080 g B:8080 " + kSet);
  EXPECT_EQ(who("1f5", "?"), "host2");
}

TEST_F(GroupTakesTest, WhatCannotBeDoneIsDoneAfterTheNextLook) {
  own->fail_next("create_empty_set", When::before_effect, Error(ErrorKind::unavailable, "array A: busy"));
  see("1f5", "1t5");
  EXPECT_FALSE(is_noted());
  EXPECT_FALSE(takes.has_work());
  see("1f5", "1t5");
  EXPECT_TRUE(is_noted());
  own->fail_next("remove_set", When::before_effect, Error(ErrorKind::unavailable, "array A: busy"));
  see("1f3", "2f3");
  EXPECT_NE(row(), "none");
  see("1f3", "2f3");
  EXPECT_EQ(row(), "none");
  EXPECT_FALSE(is_noted());
}

TEST_F(GroupTakesTest, ATakeOverBetweenTheLookAndTheRemovalIsNotForgotten) {
  see("1f5", "1t5");
  learn("1f3", "2f3");
  learn("1f5", "1t5");
  takes.settle(in());
  EXPECT_TRUE(is_noted());
  EXPECT_EQ(who("1f5", "?"), "host1");
}

TEST_F(GroupTakesTest, WithoutAJournalItIsKnownAsLongAsTheProcessLives) {
  journal.set_writable(false);
  see("1f5", "1t5");
  EXPECT_EQ(who("1f5", "?"), "host1");
  EXPECT_TRUE(is_noted());
  EXPECT_EQ(row(), "none");
}

TEST_F(GroupTakesTest, TheOwnArrayMayBeTheOneThatTookOver) {
  peer->put_set({replication::take_set_name("g"), {}, false, false, "of the other direction"});
  see("1t5", "1f5");
  EXPECT_EQ(row(), "A:8080 g A:8080 " + replication::take_set_name("g.r7")) << "as the peer calls it";
  EXPECT_TRUE(peer->set(replication::take_set_name("g.r7")));
  EXPECT_EQ(who("?", "1f5"), "host1");
  see("2f3", "1f3");
  EXPECT_EQ(row(), "none");
  EXPECT_FALSE(peer->set(replication::take_set_name("g.r7")));
  EXPECT_TRUE(peer->set(replication::take_set_name("g"))) << "that of another group";
}

TEST_F(GroupTakesTest, FollowsArraysToNewAddresses) {
  see("1f5", "1t5");
  takes.rename_array(kOwnKey, "C:8080");
  ASSERT_EQ(takes.all().size(), 1U);
  EXPECT_EQ(takes.all().front().array, "C:8080");
  takes.rename_array(kPeerKey, "D:8080");
  EXPECT_EQ(takes.all().front().taker, "D:8080");
}

}  // namespace
}  // namespace hpe3par::volumes
