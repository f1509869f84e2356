// The journal on a disk that is full, or read-only: a small tmpfs, so these cases need root.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>

#include "hpe3par/base/error.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kBoot = "11111111-1111-4111-8111-111111111111";

class JournalDiskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mount("journal-test", directory_.path().c_str(), "tmpfs", 0, "size=1m"), 0) << "this test needs root";
    mounted_ = true;
  }
  void TearDown() override {
    journal_.reset();
    if (mounted_) {
      EXPECT_EQ(::umount2(directory_.path().c_str(), 0), 0);
    }
  }

  void fill() {
    std::ofstream stream(ballast());
    const std::string block(4096, 'x');
    while (stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  fs::path ballast() const { return directory_.path() / "ballast"; }

  void remount(unsigned long flags) {
    ASSERT_EQ(::mount(nullptr, directory_.path().c_str(), nullptr, MS_REMOUNT | flags, nullptr), 0);
  }

  void open() { journal_ = Journal::open(directory_.path(), kBoot); }

  static MountRecord record(const std::string& uuid, std::size_t size) {
    MountRecord record;
    record.uuid = uuid;
    record.last_error = std::string(size, 'e');
    return record;
  }

  std::string error_of_put(const MountRecord& row) {
    try {
      journal_->put(row);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::unavailable) << error.what();
      return error.what();
    }
    return {};
  }

  test::TempDir directory_;
  bool mounted_ = false;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalDiskTest, AFullDiskRefusesTheWriteAndKeepsTheOldRow) {
  open();
  journal_->put(record("u1", 1));
  fill();
  const auto text = error_of_put(record("u1", 50'000));
  EXPECT_THAT(text, AllOf(HasSubstr("cannot write the journal"), HasSubstr("disk is full")));
  ASSERT_THAT(journal_->mounts(), SizeIs(1));
  EXPECT_EQ(journal_->mounts()[0].last_error.size(), 1U);
}

TEST_F(JournalDiskTest, WritesAgainAsSoonAsThereIsSpace) {
  open();
  fill();
  for (int i = 0; i < 3; ++i) EXPECT_NE(error_of_put(record("u1", 50'000)), "");
  fs::remove(ballast());
  EXPECT_EQ(error_of_put(record("u1", 50'000)), "");
  journal_.reset();
  open();
  ASSERT_THAT(journal_->mounts(), SizeIs(1));
}

// A daemon that is restarted while the disk is full.
TEST_F(JournalDiskTest, IsReadOnAFullDiskAndWrittenAsSoonAsThereIsSpace) {
  open();
  journal_->put(record("u1", 1));
  journal_.reset();
  fill();
  open();
  ASSERT_THAT(journal_->mounts(), SizeIs(1));
  EXPECT_EQ(journal_->mounts()[0].uuid, "u1");
  EXPECT_THAT(error_of_put(record("u2", 1)), AllOf(HasSubstr("journal.db"), HasSubstr("disk is full")));
  EXPECT_THAT(journal_->mounts(), SizeIs(1));
  fs::remove(ballast());
  EXPECT_EQ(error_of_put(record("u2", 1)), "");
  EXPECT_THAT(journal_->mounts(), SizeIs(2));
  journal_.reset();
  open();
  EXPECT_THAT(journal_->mounts(), SizeIs(2));
}

// What a process wrote and never brought from the write-ahead log into the file.
TEST_F(JournalDiskTest, IsReadWithWhatAKilledProcessLeft) {
  open();
  journal_->put(record("u1", 1));
  for (const char* name : {"journal.db", "journal.db-wal"})
    fs::copy_file(directory_.path() / name, directory_.path() / (std::string(name) + ".saved"));
  journal_.reset();
  for (const char* name : {"journal.db", "journal.db-wal"})
    fs::rename(directory_.path() / (std::string(name) + ".saved"), directory_.path() / name);
  remount(MS_RDONLY);
  open();
  EXPECT_THAT(journal_->mounts(), SizeIs(1));
}

TEST_F(JournalDiskTest, AFullDiskWithoutAJournalIsAnEmptyOne) {
  fill();
  open();
  EXPECT_THAT(journal_->mounts(), SizeIs(0));
  EXPECT_THAT(error_of_put(record("u1", 1)), HasSubstr("full"));
  fs::remove(ballast());
  EXPECT_EQ(error_of_put(record("u1", 1)), "");
}

TEST_F(JournalDiskTest, IsReadOnAReadOnlyFileSystem) {
  open();
  journal_->put(record("u1", 1));
  journal_.reset();
  remount(MS_RDONLY);
  open();
  EXPECT_THAT(journal_->mounts(), SizeIs(1));
  EXPECT_THAT(error_of_put(record("u2", 1)), HasSubstr("Read-only file system"));
  EXPECT_THROW(Journal::open(directory_.path(), kBoot), HeldError);
  remount(0);
  EXPECT_EQ(error_of_put(record("u2", 1)), "");
}

}  // namespace
}  // namespace hpe3par::journal
