#include "hpe3par/replication/group_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hpe3par/base/error.h"
#include "tests/fakes/fake_array.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_lock_log.h"

namespace hpe3par::replication {
namespace {

using std::chrono::seconds;
using test::FakeLockLog;
using testing::HasSubstr;

using Found = GroupNote::Found;

const GroupNote kNote{"g", "host1", "8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f", WallTime(seconds(1'700'000'300)),
                      Found::started};

TEST(GroupNote, IsWrittenAsTheGoldenComment) {
  EXPECT_EQ(encode_note(kNote),
            R"({"lock":{"by":"host1","f":"started","g":"g","t":"8c5c1c1a-0d4b-4f0e-9a55-0a1b2c3d4e5f",)"
            R"("v":1,"x":1700000300},"type":"hpe3pard"})");
  EXPECT_EQ(decode_note(encode_note(kNote)), kNote);
}

TEST(GroupNote, FitsIntoTheCommentOfASet) {
  GroupNote longest = kNote;
  longest.group = std::string(31, 'g');
  longest.holder = std::string(63, 'h');
  longest.had_members = true;
  EXPECT_LE(encode_note(longest).size(), 255U);
  EXPECT_LE(note_set_name(longest.group).size() + 7, 27U);
}

TEST(GroupNote, WhatIsNoneIsNone) {
  for (const char* text : {"", "note", "{}", R"({"type":"hpe3pard"})", R"({"type":"hpe3pard","lock":1})",
                           R"({"type":"hpe3pard","lock":{"v":2,"g":"g","t":"t","x":1,"f":"idle"}})",
                           R"({"type":"hpe3pard","lock":{"v":1,"g":"g","t":"t","x":"1","f":"idle"}})",
                           R"({"type":"hpe3pard","lock":{"v":1,"g":"","t":"t","x":1,"f":"idle"}})",
                           R"({"type":"hpe3pard","lock":{"v":1,"g":"g","t":"t","x":1}})",
                           R"({"type":"hpe3pard","lock":{"v":1,"g":"g","t":"t","x":1,"f":"gone"}})"})
    EXPECT_FALSE(decode_note(text)) << text;
}

class GroupLockTest : public testing::Test {
 protected:
  Deadline in() { return Deadline::after(clock, Millis(60'000)); }
  void pass(seconds time) { array.set_time(*array.array_time() + time); }
  std::string set_comment() { return array.set(note_set_name("g"))->comment; }

  test::FakeClock clock;
  test::Steps steps;
  test::FakeArray array{steps};
  FakeLockLog log1;
  FakeLockLog log2;
  GroupLock one{array, log1, "g", "host1"};
  GroupLock two{array, log2, "g", "host2"};
};

TEST_F(GroupLockTest, IsTakenByOneWithOneRequestAndGivenUpWithOne) {
  EXPECT_FALSE(one.try_take(Found::started, true, in()));
  EXPECT_TRUE(one.is_held());
  EXPECT_EQ(array.requests(), 1);
  const auto holder = two.try_take(Found::started, true, in());
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->holder, "host1");
  EXPECT_EQ(holder->found, Found::started);
  array.reset_requests();
  one.release(in());
  EXPECT_EQ(array.requests(), 1);
  EXPECT_FALSE(two.try_take(Found::idle, true, in()));
  EXPECT_FALSE(two.inherited());
}

TEST_F(GroupLockTest, OfADeadHolderIsTakenOverWhenItsTermIsOver) {
  EXPECT_FALSE(one.try_take(Found::started, true, in()));
  pass(GroupLock::kTerm - seconds(1));
  EXPECT_TRUE(two.try_take(Found::idle, true, in()));
  pass(seconds(1));
  EXPECT_FALSE(two.try_take(Found::idle, true, in()));
  ASSERT_TRUE(two.inherited());
  EXPECT_EQ(two.inherited()->found, Found::started);
  EXPECT_EQ(array.set_count(), 1U) << "what was put aside is gone";
  one.release(in());
  EXPECT_EQ(decode_note(set_comment())->holder, "host2") << "the late one left it alone";
}

TEST_F(GroupLockTest, WhoIsQuickerKeepsWhatItTookOver) {
  EXPECT_FALSE(one.try_take(Found::started, true, in()));
  pass(GroupLock::kTerm);
  FakeLockLog log3;
  GroupLock three(array, log3, "g", "host3");
  bool raced = false;
  array.set_hook([&](const std::string& method) {
    if (method != "rename_set" || raced) return;
    raced = true;
    EXPECT_FALSE(three.try_take(Found::started, true, in()));
  });
  EXPECT_TRUE(two.try_take(Found::started, true, in()));
  EXPECT_FALSE(two.is_held());
  EXPECT_EQ(decode_note(set_comment())->holder, "host3");
  EXPECT_EQ(array.set_count(), 1U);
}

TEST_F(GroupLockTest, OursOfAnEarlierLifeIsTakenOverAtOnce) {
  EXPECT_FALSE(one.try_take(Found::started, true, in()));
  GroupLock again(array, log1, "g", "host1");
  EXPECT_FALSE(again.try_take(Found::idle, true, in()));
  ASSERT_TRUE(again.inherited());
  EXPECT_EQ(again.inherited()->found, Found::started);
  again.release(in());
  EXPECT_TRUE(log1.all().empty());
}

TEST_F(GroupLockTest, IsLoggedBeforeItIsTakenUntilItIsGivenUp) {
  array.set_hook([&](const std::string& method) { EXPECT_EQ(log1.all().size(), 1U) << method; });
  EXPECT_FALSE(one.try_take(Found::started, true, in()));
  EXPECT_EQ(log1.all().size(), 1U);
  one.release(in());
  EXPECT_TRUE(log1.all().empty());
}

TEST_F(GroupLockTest, OneThatMayBeOursIsGivenUp) {
  array.fail_next("create_empty_set", test::FakeArray::When::after_effect, Error(ErrorKind::unavailable, "lost"));
  EXPECT_THROW(one.try_take(Found::started, true, in()), Error);
  EXPECT_EQ(array.set_count(), 1U);
  one.release(in());
  EXPECT_EQ(array.set_count(), 0U);
}

TEST_F(GroupLockTest, AForeignNoteIsNeitherTakenNorExpired) {
  array.put_set({note_set_name("g"), {}, false, false, "backups"});
  pass(seconds(100'000));
  try {
    one.try_take(Found::started, true, in());
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("comment that is not understood (\"backups\")"));
  }
  EXPECT_EQ(set_comment(), "backups");
}

TEST_F(GroupLockTest, WithoutATimeThereIsNoLock) {
  array.set_time(std::nullopt);
  EXPECT_THROW(one.try_take(Found::started, true, in()), Error);
  EXPECT_EQ(array.set_count(), 0U);
}

}  // namespace
}  // namespace hpe3par::replication
