#include "hpe3par/replication/take_note.h"

#include <gtest/gtest.h>

#include "hpe3par/replication/group_lock.h"

namespace hpe3par::replication {
namespace {

const TakeNote kNote{"g", "B", "host1", WallTime(std::chrono::seconds(1'700'000'300))};

TEST(TakeNote, IsWrittenAsTheGoldenComment) {
  EXPECT_EQ(encode_take(kNote),
            R"({"taken":{"by":"B","g":"g","host":"host1","v":1,"x":1700000300},"type":"hpe3pard"})");
  EXPECT_EQ(decode_take(encode_take(kNote)), kNote);
  TakeNote timeless = kNote;
  timeless.seen.reset();
  EXPECT_EQ(decode_take(encode_take(timeless)), timeless);
}

TEST(TakeNote, FitsIntoTheCommentOfASet) {
  TakeNote longest = kNote;
  longest.group = std::string(31, 'g');
  longest.by = std::string(63, 'a');
  longest.host = std::string(63, 'h');
  EXPECT_LE(encode_take(longest).size(), 255U);
  EXPECT_LE(take_set_name(longest.group).size(), 27U);
}

TEST(TakeNote, WhatIsNoneIsNone) {
  for (const char* text : {"", "note", "{}", R"({"type":"hpe3pard"})", R"({"type":"hpe3pard","taken":1})",
                           R"({"type":"hpe3pard","taken":{"v":2,"g":"g","by":"B"}})",
                           R"({"type":"hpe3pard","taken":{"v":1,"g":"g"}})", R"({"taken":{"v":1,"g":"g","by":"B"}})"})
    EXPECT_FALSE(decode_take(text)) << text;
  EXPECT_FALSE(decode_note(encode_take(kNote))) << "it is no lock";
  EXPECT_NE(take_set_name("g"), note_set_name("g"));
}

}  // namespace
}  // namespace hpe3par::replication
