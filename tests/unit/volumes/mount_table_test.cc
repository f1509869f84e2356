#include "mount_table.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"

namespace hpe3par::volumes {
namespace {

class MountTableTest : public testing::Test {
 protected:
  void add_row(const std::string& uuid) {
    journal::MountRecord row;
    row.uuid = uuid;
    row.volume = uuid;
    row.state = journal::MountState::mounted;
    row.ids = {{"a", false}};
    table.put(row);
  }
  bool confirmed(const std::string& uuid) { return table.find(uuid)->ids.at(0).confirmed; }

  test::FakeClock clock;
  test::Steps steps;
  test::FakeJournal journal{steps};
  MountTable table{journal, clock};
};

TEST_F(MountTableTest, AConfirmationNeedsNoNoteOnceItIsStored) {
  add_row("u1");
  table.note_answer("u1", "a");
  EXPECT_EQ(journal.notes(), 1U);
  table.confirm("u1", "a");
  EXPECT_TRUE(confirmed("u1"));
  EXPECT_EQ(journal.notes(), 0U);
}

TEST_F(MountTableTest, AConfirmationThatCannotBeStoredIsNotedUntilItCan) {
  add_row("u1");
  add_row("u2");
  table.note_answer("u1", "a");
  table.note_answer("u2", "a");
  journal.set_writable(false);
  EXPECT_THROW(table.confirm("u1", "a"), Error);
  EXPECT_THROW(table.confirm("u2", "a"), Error);
  EXPECT_TRUE(confirmed("u1"));
  EXPECT_EQ(journal.notes(), 2U);
  EXPECT_THROW(table.retry_writes(), Error);
  EXPECT_EQ(journal.notes(), 2U);
  table.erase("u2");
  journal.set_writable(true);
  table.retry_writes();
  EXPECT_EQ(journal.notes(), 0U);
  ASSERT_EQ(journal.mounts().size(), 1U);
  EXPECT_TRUE(journal.mounts()[0].ids.at(0).confirmed);
}

TEST_F(MountTableTest, WhatNeedsNoConfirmationIsNotNoted) {
  add_row("u1");
  table.note_answer("u1", "gone");
  table.note_answer("gone", "a");
  table.note_answer("u1", "a");
  table.confirm("u1", "gone");
  table.confirm("gone", "a");
  table.confirm("u1", "a");
  table.confirm("u1", "a");
  EXPECT_EQ(journal.notes(), 0U);
}

journal::MountRecord left_row(const std::string& array = "A:8080") {
  journal::MountRecord row;
  row.uuid = "u1";
  row.volume = "v1";
  row.array = array;
  row.array_volume = "dcv-v1";
  row.state = journal::MountState::unexporting;
  row.lun = 7;
  row.ids = {{"a", true}};
  return row;
}

TEST_F(MountTableTest, ARowThatIsSetAsideMakesRoomForAnotherOne) {
  table.put(left_row());
  table.set_aside(left_row());
  EXPECT_FALSE(table.find("v1"));
  ASSERT_EQ(table.all().size(), 1U);
  const journal::MountRecord aside = table.all()[0];
  EXPECT_EQ(aside.uuid, "u1@A:8080");
  EXPECT_TRUE(is_aside(aside));
  EXPECT_FALSE(is_aside(left_row()));
  EXPECT_TRUE(aside.ids.empty());
  EXPECT_EQ(aside.lun, 7);
  EXPECT_EQ(aside.array_volume, "dcv-v1");
  ASSERT_EQ(journal.mounts().size(), 1U);
  EXPECT_EQ(journal.mounts()[0].uuid, "u1@A:8080");

  table.put(left_row("B:8080"));
  EXPECT_EQ(table.find("v1")->array, "B:8080");
  EXPECT_EQ(table.all().size(), 2U);
}

TEST_F(MountTableTest, EachArrayHasItsRowSetAside) {
  for (const char* array : {"A:8080", "B:8080", "A:8080"}) {
    table.put(left_row(array));
    table.set_aside(left_row(array));
  }
  EXPECT_EQ(table.all().size(), 2U);
  table.erase("u1@A:8080");
  ASSERT_EQ(journal.mounts().size(), 1U);
  EXPECT_EQ(journal.mounts()[0].array, "B:8080");
}

TEST_F(MountTableTest, ARowThatIsSetAsideStaysSoAfterARestart) {
  table.put(left_row());
  table.set_aside(left_row());
  MountTable restarted(journal, clock);
  EXPECT_FALSE(restarted.find("v1"));
  ASSERT_EQ(restarted.all().size(), 1U);
  EXPECT_TRUE(is_aside(restarted.all()[0]));
}

TEST_F(MountTableTest, NothingIsSetAsideThatCannotBeJournaled) {
  table.put(left_row());
  journal.set_writable(false);
  EXPECT_THROW(table.set_aside(left_row()), Error);
  ASSERT_EQ(table.all().size(), 1U);
  EXPECT_EQ(table.find("v1")->uuid, "u1");
  journal.set_writable(true);
  ASSERT_EQ(journal.mounts().size(), 1U);
  EXPECT_EQ(journal.mounts()[0].uuid, "u1");
}

TEST_F(MountTableTest, ARowThatIsSetAsideFollowsItsArray) {
  table.put(left_row());
  table.set_aside(left_row());
  table.rename_array("A:8080", "A2:8080");
  EXPECT_EQ(table.all().at(0).array, "A2:8080");
}

}  // namespace
}  // namespace hpe3par::volumes
