#include "group_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "hpe3par_test/temp_dir.h"
#include "journal_files.h"
#include "schema.h"

namespace hpe3par::journal {
namespace {

class GroupWriterTest : public ::testing::Test {
 protected:
  GroupWriterTest() : database_(make_file(directory_.path() / "t.db")) {
    prepare_schema(database_);
    database_.execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY)");
  }

  static std::filesystem::path make_file(const std::filesystem::path& file) {
    ensure_private_file(file);
    return file;
  }

  static GroupWriter::Write insert(std::int64_t number) {
    return [number](Database& db) { db.prepare("INSERT INTO numbers VALUES (?)").bind(number).run(); };
  }

  std::int64_t count() { return Database(directory_.path() / "t.db").integer("SELECT count(*) FROM numbers"); }

  test::TempDir directory_;
  Database database_;
};

TEST_F(GroupWriterTest, WritesAreVisibleToAnotherConnectionOnReturn) {
  GroupWriter writer(database_);
  writer.run(insert(1));
  EXPECT_EQ(count(), 1);
}

TEST_F(GroupWriterTest, ManyThreadsShareCommits) {
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  GroupWriter writer(database_);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) writer.run(insert(t * kEach + i));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(count(), kThreads * kEach);
  EXPECT_LT(writer.commits(), kThreads * kEach / 2);
  RecordProperty("commits", static_cast<int>(writer.commits()));
}

// Holds the writer thread inside one write, so that what comes meanwhile must end up in one batch.
class Gate {
 public:
  GroupWriter::Write write() {
    return [this](Database&) {
      entered_.set_value();
      open_.get_future().wait();
    };
  }
  void wait_entered() { entered_.get_future().wait(); }
  void open() { open_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> open_;
};

TEST_F(GroupWriterTest, AFailingWriteDoesNotFailTheOthersOfItsCommit) {
  GroupWriter writer(database_);
  Gate gate;
  std::thread first([&] { writer.run(gate.write()); });
  gate.wait_entered();
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (const std::int64_t number : {1, 2, 2, 3, 4}) {  // one of the two 2s must fail
    threads.emplace_back([&, number] {
      try {
        writer.run(insert(number));
      } catch (const Error&) {
        ++failures;
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  gate.open();
  first.join();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(count(), 4);
  EXPECT_LE(writer.commits(), 3U);
}

TEST_F(GroupWriterTest, AFailedWriteLeavesNothingBehind) {
  GroupWriter writer(database_);
  EXPECT_THROW(writer.run([](Database& db) {
    db.execute("INSERT INTO numbers VALUES (7)");
    throw Error(ErrorKind::internal, "after the insert");
  }),
               Error);
  EXPECT_EQ(count(), 0);
}

TEST_F(GroupWriterTest, AWriteThatEndsTheTransactionHarmsOnlyItself) {
  GroupWriter writer(database_);
  Gate gate;
  std::thread first([&] { writer.run(gate.write()); });
  gate.wait_entered();
  std::thread spoiler([&] { EXPECT_THROW(writer.run([](Database& db) { db.execute("ROLLBACK"); }), Error); });
  std::thread good([&] { writer.run(insert(5)); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  gate.open();
  first.join();
  spoiler.join();
  good.join();
  EXPECT_EQ(count(), 1);
}

}  // namespace
}  // namespace hpe3par::journal
