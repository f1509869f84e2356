#include "tests/property/repair.h"

#include <gtest/gtest.h>

namespace hpe3par::test {
namespace {

GroupSide side(const std::string& text, bool synced = true) {
  if (text == "-") return {};
  return {.exists = true,
          .name = "g1",
          .role = text[0] - '0',
          .reversed = text[1] == 't',
          .state = text[2] - '0',
          .synced = synced};
}

TEST(PropertyRepair, FollowsTheRunbook) {
  struct Row {
    const char* a;
    const char* b;
    const char* act;
  };
  for (const Row& row :
       {Row{"-", "-", "done"}, Row{"1f3", "-", "wait"}, Row{"1f3", "2f3", "done"}, Row{"1f5", "2f5", "A 3"},
        Row{"1f5", "1t5", "B 9"}, Row{"1f7", "1t5", "B 9"}, Row{"2t3", "1t3", "B 10"}, Row{"2t5", "1t5", "B 3"},
        Row{"1f5", "1t7", "A 9"}, Row{"1t3", "2t3", "wait"}, Row{"2f3", "1f3", "B 4"}, Row{"2f5", "1f5", "A 7"},
        Row{"1t5", "1f5", "A 9"}}) {
    const Repair repair = next_repair(side(row.a), side(row.b));
    const std::string act =
        repair.action == 0 ? (repair.done ? "done" : "wait") : repair.array + " " + std::to_string(repair.action);
    EXPECT_EQ(act, row.act) << row.a << " " << row.b;
  }
}

TEST(PropertyRepair, WaitsForWhatIsBeingCopied) {
  EXPECT_FALSE(next_repair(side("1f3", false), side("2f3")).done);
  EXPECT_EQ(next_repair(side("2t3"), side("1t3", false)).action, 0);
}

}  // namespace
}  // namespace hpe3par::test
