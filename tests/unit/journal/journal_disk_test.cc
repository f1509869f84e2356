// The journal on a disk that is full, or read-only: a small tmpfs, so these cases need root.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <fstream>

#include "hpe3par/base/error.h"
#include "hpe3par/journal/journal.h"
#include "temporary_directory.h"

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

  TemporaryDirectory directory_;
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
  EXPECT_FALSE(journal_->is_new());
}

TEST_F(JournalDiskTest, OpeningOnAFullDiskSaysSo) {
  fill();
  try {
    open();
    FAIL() << "it opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.what(), HasSubstr("full"));
  }
  fs::remove(ballast());
  open();
  EXPECT_TRUE(journal_->is_new());
}

TEST_F(JournalDiskTest, OpeningOnAReadOnlyFileSystemSaysSo) {
  open();
  journal_.reset();
  remount(MS_RDONLY);
  try {
    open();
    FAIL() << "it opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::unavailable);
    EXPECT_THAT(error.what(), HasSubstr("Read-only file system"));
  }
}

}  // namespace
}  // namespace hpe3par::journal
