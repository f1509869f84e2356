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
  table.confirm("u1", "a");
  EXPECT_TRUE(confirmed("u1"));
  EXPECT_EQ(journal.notes(), 0U);
}

TEST_F(MountTableTest, AConfirmationThatCannotBeStoredIsNotedUntilItCan) {
  add_row("u1");
  add_row("u2");
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
  table.confirm("u1", "gone");
  table.confirm("gone", "a");
  table.confirm("u1", "a");
  table.confirm("u1", "a");
  EXPECT_EQ(journal.notes(), 0U);
}

}  // namespace
}  // namespace hpe3par::volumes
