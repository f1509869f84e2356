#include "hpe3par/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "hpe3par/base/error.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kBoot = "11111111-1111-4111-8111-111111111111";
const std::string kNextBoot = "22222222-2222-4222-8222-222222222222";

MountRecord full_record(const std::string& uuid = "u1") {
  MountRecord record;
  record.uuid = uuid;
  record.volume = "v1";
  record.backend = "b";
  record.array = "A";
  record.array_volume = "dcv-v1";
  record.wwn = "60002AC0000000000A0066EF0001DB2C";
  record.array_host = "h1";
  record.lun = 7;
  record.loop_dir = "/data/A";
  record.device = "/dev/loop3";
  record.disk_sequence = 0xffff'ffff'ffff'fffeU;
  record.mountpoint = "/opt/hpe/data/v1";
  record.fs_uuid = "f1";
  record.state = MountState::mounted;
  record.fenced = true;
  record.last_error = "it's \"late\"\n";
  record.since = WallTime(std::chrono::microseconds(1'760'000'000'123'456));
  record.ids = {{"zz", true}, {"aa", false}, {"mm", true}};
  return record;
}

CachedVolume cached(const std::string& array, const std::string& name) {
  CachedVolume volume;
  volume.array = array;
  volume.array_volume = "dcv-" + name;
  volume.backend = "b";
  volume.volume = name;
  volume.uuid = "u-" + name;
  volume.wwn = "w";
  volume.size_mib = 102400;
  volume.comment = R"({"type":"Docker"})";
  volume.created = WallTime(std::chrono::seconds(1'700'000'000));
  volume.seen = WallTime(std::chrono::seconds(1'700'000'100));
  return volume;
}

void expect_equal(const MountRecord& a, const MountRecord& b) {
  EXPECT_EQ(a.uuid, b.uuid);
  EXPECT_EQ(a.volume, b.volume);
  EXPECT_EQ(a.backend, b.backend);
  EXPECT_EQ(a.array, b.array);
  EXPECT_EQ(a.array_volume, b.array_volume);
  EXPECT_EQ(a.wwn, b.wwn);
  EXPECT_EQ(a.array_host, b.array_host);
  EXPECT_EQ(a.lun, b.lun);
  EXPECT_EQ(a.loop_dir, b.loop_dir);
  EXPECT_EQ(a.device, b.device);
  EXPECT_EQ(a.disk_sequence, b.disk_sequence);
  EXPECT_EQ(a.mountpoint, b.mountpoint);
  EXPECT_EQ(a.fs_uuid, b.fs_uuid);
  EXPECT_EQ(a.state, b.state);
  EXPECT_EQ(a.fenced, b.fenced);
  EXPECT_EQ(a.last_error, b.last_error);
  EXPECT_EQ(a.since, b.since);
  EXPECT_EQ(a.ids, b.ids);
}

class JournalTest : public ::testing::Test {
 protected:
  std::unique_ptr<Journal> open(const std::string& boot = kBoot) { return Journal::open(directory_.path(), boot); }
  fs::path file() const { return directory_.path() / "journal.db"; }

  std::string error_of_open(ErrorKind kind) {
    try {
      open();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind) << error.what();
      return error.what();
    }
    ADD_FAILURE() << "the journal opened";
    return {};
  }

  // What another program does to the file.
  void run_sql(const char* sql) {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
  }

  std::vector<fs::path> damaged_files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      if (entry.path().filename().string().starts_with("journal.db.damaged-")) found.push_back(entry.path());
    }
    return found;
  }

  test::TempDir directory_;
};

TEST_F(JournalTest, BeginsEmpty) {
  const auto journal = open();
  EXPECT_THAT(journal->arrays(), IsEmpty());
  EXPECT_THAT(journal->mounts(), IsEmpty());
  EXPECT_THAT(journal->volumes(), IsEmpty());
}

TEST_F(JournalTest, KeepsEveryMemberOverAReopen) {
  open()->put(full_record());
  const auto journal = open();
  const auto mounts = journal->mounts();
  ASSERT_THAT(mounts, SizeIs(1));
  expect_equal(mounts[0], full_record());
}

TEST_F(JournalTest, KeepsEveryStateByName) {
  const auto journal = open();
  for (const auto state :
       {MountState::exporting, MountState::attaching, MountState::formatting, MountState::mounting, MountState::mounted,
        MountState::unmounting, MountState::detaching, MountState::unexporting}) {
    auto record = full_record();
    record.state = state;
    journal->put(record);
    EXPECT_EQ(journal->mounts().at(0).state, state) << to_string(state);
  }
  EXPECT_EQ(to_string(MountState::exporting), "exporting");
  EXPECT_EQ(to_string(MountState::unexporting), "unexporting");
}

TEST_F(JournalTest, PutReplacesTheRowAndItsIds) {
  const auto journal = open();
  journal->put(full_record());
  auto record = full_record();
  record.ids = {{"mm", false}};
  record.lun = -1;
  journal->put(record);
  const auto mounts = journal->mounts();
  ASSERT_THAT(mounts, SizeIs(1));
  expect_equal(mounts[0], record);
}

TEST_F(JournalTest, EraseMountForgetsItAndItsIds) {
  const auto journal = open();
  journal->put(full_record("u1"));
  journal->put(full_record("u2"));
  journal->erase_mount("u1");
  journal->erase_mount("unknown");
  auto again = full_record("u1");
  again.ids.clear();
  journal->put(again);
  const auto mounts = journal->mounts();
  ASSERT_THAT(mounts, SizeIs(2));
  EXPECT_THAT(mounts[0].ids, IsEmpty());
  EXPECT_THAT(mounts[1].ids, SizeIs(3));
}

TEST_F(JournalTest, AnAnsweredIdIsConfirmedAlsoIfTheProcessDiedBeforeItStoredThat) {
  auto record = full_record();
  record.ids = {{"told", false}, {"not told", false}, {"with blanks\nand lines", false}};
  {
    const auto journal = open();
    journal->put(record);
    journal->note_answer("u1", "told");
    journal->note_answer("u1", "with blanks\nand lines");
    journal->note_answer("gone", "told");
    journal->note_answer("u1", "not told");
    journal->forget_answer("u1", "not told");
  }
  const auto confirmed = [&] {
    std::vector<bool> flags;
    const auto mounts = open()->mounts();
    for (const auto& id : mounts.at(0).ids) {
      EXPECT_EQ(id.doubtful, id.confirmed) << id.id;
      flags.push_back(id.confirmed);
    }
    return flags;
  };
  EXPECT_THAT(confirmed(), ElementsAre(true, false, true));
  EXPECT_EQ(fs::file_size(directory_.path() / "delivered"), 0U);
  EXPECT_THAT(confirmed(), ElementsAre(true, false, true)) << "stored for good";
}

TEST_F(JournalTest, NothingIsNotedOnceItIsStored) {
  const auto journal = open();
  const auto noted = [&] { return fs::file_size(directory_.path() / "delivered"); };
  auto record = full_record();
  for (const char* id : {"a", "b", "c"}) journal->note_answer("u1", id);
  record.ids = {{"a", true}, {"b", false}, {"c", true}};
  journal->put(record);
  EXPECT_GT(noted(), 0U) << "b is not stored as confirmed";
  record.ids[1].confirmed = true;
  journal->put(record);
  EXPECT_EQ(noted(), 0U);
  journal->note_answer("u1", "d");
  journal->note_answer("gone", "a");
  journal->forget_answer("gone", "a");
  EXPECT_GT(noted(), 0U);
  journal->forget_answer("gone", "a");
  journal->erase_mount("u1");
  EXPECT_EQ(noted(), 0U);
}

TEST_F(JournalTest, KeepsCachedVolumesPerArray) {
  {
    const auto journal = open();
    journal->put(cached("A", "one"));
    journal->put(cached("A", "two"));
    journal->put(cached("B", "one"));
    journal->erase_volume("A", "dcv-two");
  }
  const auto volumes = open()->volumes();
  ASSERT_THAT(volumes, SizeIs(2));
  EXPECT_EQ(volumes[0].array, "A");
  EXPECT_EQ(volumes[0].volume, "one");
  EXPECT_EQ(volumes[0].size_mib, 102400U);
  EXPECT_EQ(volumes[0].comment, R"({"type":"Docker"})");
  EXPECT_EQ(volumes[0].created, cached("A", "one").created);
  EXPECT_EQ(volumes[0].seen, cached("A", "one").seen);
  EXPECT_EQ(volumes[1].array, "B");
}

TEST_F(JournalTest, ReplaceVolumesTouchesOneArrayOnly) {
  const auto journal = open();
  journal->put(cached("A", "old"));
  journal->put(cached("B", "other"));
  journal->replace_volumes("A", {cached("A", "n1"), cached("A", "n2")});
  std::vector<std::string> names;
  for (const auto& volume : journal->volumes()) names.push_back(volume.volume);
  EXPECT_THAT(names, ElementsAre("n1", "n2", "other"));
}

TEST_F(JournalTest, AFailedReplaceLeavesTheOldRows) {
  const auto journal = open();
  journal->put(cached("A", "old"));
  EXPECT_THROW(journal->replace_volumes("A", {cached("A", "n1"), cached("B", "n2")}), Error);
  ASSERT_THAT(journal->volumes(), SizeIs(1));
  EXPECT_EQ(journal->volumes()[0].volume, "old");
}

TEST_F(JournalTest, ANewBootForgetsDevicesAndIds) {
  {
    const auto journal = open();
    journal->put(full_record("u1"));
    auto record = full_record("u2");
    record.state = MountState::detaching;
    journal->put(record);
    journal->put(cached("A", "kept"));
  }
  const auto journal = open(kNextBoot);
  for (const auto& record : journal->mounts()) {
    EXPECT_EQ(record.state, MountState::unexporting);
    EXPECT_EQ(record.device, "");
    EXPECT_EQ(record.disk_sequence, 0U);
    EXPECT_EQ(record.mountpoint, "");
    EXPECT_THAT(record.ids, IsEmpty());
    EXPECT_EQ(record.lun, 7);
    EXPECT_EQ(record.array_host, "h1");
  }
  EXPECT_THAT(journal->mounts(), SizeIs(2));
  EXPECT_THAT(journal->volumes(), SizeIs(1));
}

TEST_F(JournalTest, TheSameBootIsComparedWithTheLastOneSeen) {
  open(kBoot);
  open(kNextBoot)->put(full_record());
  EXPECT_EQ(open(kNextBoot)->mounts().at(0).state, MountState::mounted);
  EXPECT_EQ(open(kBoot)->mounts().at(0).state, MountState::unexporting);
}

TEST_F(JournalTest, RefusesANewerFormatNamingBoth) {
  open()->put(full_record());
  run_sql("PRAGMA user_version = 9");
  EXPECT_THAT(error_of_open(ErrorKind::failed_precondition), AllOf(HasSubstr("format 9"), HasSubstr("up to 5")));
  run_sql("PRAGMA user_version = 5");
  EXPECT_THAT(open()->mounts(), SizeIs(1));
}

TEST_F(JournalTest, OpensWhenTheFirstOpenDiedBeforeTheTables) {
  run_sql("PRAGMA journal_mode=WAL");
  EXPECT_GT(fs::file_size(file()), 0U);
  open()->put(full_record());
  EXPECT_THAT(open()->mounts(), SizeIs(1));
}

TEST_F(JournalTest, RemembersTheArrays) {
  {
    const auto journal = open();
    journal->put(KnownArray{"A", "s1", false});
    journal->put(KnownArray{"B", "s2", false});
    journal->put(KnownArray{"A", "s1", true});
  }
  const auto arrays = open(kNextBoot)->arrays();
  ASSERT_THAT(arrays, SizeIs(2));
  EXPECT_EQ(arrays[0].array + arrays[0].serial, "As1");
  EXPECT_TRUE(arrays[0].swept);
  EXPECT_FALSE(arrays[1].swept);
}

TEST_F(JournalTest, FollowsAnArrayToItsNewAddress) {
  const auto journal = open();
  auto record = full_record("u1");
  record.array = "old";
  journal->put(record);
  UnfinishedVolume unfinished;
  unfinished.uuid = "u2";
  unfinished.array = "old";
  journal->put(unfinished);
  journal->put(cached("old", "v1"));
  journal->put(cached("other", "v1"));
  journal->put(KnownArray{"old", "s1", true});
  journal->rename_array("old", "new");
  EXPECT_EQ(journal->mounts().at(0).array, "new");
  EXPECT_THAT(journal->mounts().at(0).ids, Not(IsEmpty()));
  EXPECT_EQ(journal->unfinished().at(0).array, "new");
  EXPECT_EQ(journal->volumes().at(0).array, "new");
  EXPECT_EQ(journal->volumes().at(1).array, "other");
  ASSERT_THAT(journal->arrays(), SizeIs(1));
  EXPECT_EQ(journal->arrays()[0].array, "new");
  EXPECT_TRUE(journal->arrays()[0].swept);
}

TEST_F(JournalTest, RefusesTheDatabaseOfAnotherProgram) {
  run_sql("CREATE TABLE songs (name TEXT)");
  EXPECT_THAT(error_of_open(ErrorKind::failed_precondition), HasSubstr("another program"));
}

TEST_F(JournalTest, SetsAFileAsideThatIsNoDatabase) {
  std::ofstream(file()) << std::string(5000, 'x');
  {
    const auto journal = open();
    journal->put(full_record());
  }
  EXPECT_THAT(open()->mounts(), SizeIs(1));
  ASSERT_THAT(damaged_files(), SizeIs(1));
  EXPECT_EQ(fs::file_size(damaged_files()[0]), 5000U);
}

TEST_F(JournalTest, SetsAFileAsideWhosePagesAreDamaged) {
  {
    const auto journal = open();
    std::vector<CachedVolume> many;
    for (int i = 0; i < 500; ++i) many.push_back(cached("A", "volume" + std::to_string(i)));
    journal->replace_volumes("A", many);
  }
  std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(8192);
  stream << std::string(20000, '\x5a');
  stream.close();
  const auto journal = open();
  EXPECT_THAT(journal->volumes(), IsEmpty());
  EXPECT_THAT(damaged_files(), SizeIs(1));
}

TEST_F(JournalTest, IsReadableByItsOwnerOnly) {
  const auto journal = open();
  journal->put(full_record());
  for (const char* name : {"journal.db", "journal.db-wal", "journal.db-shm", "journal.lock"}) {
    struct stat status {};
    ASSERT_EQ(::stat((directory_.path() / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 07777, 0600U) << name;
  }
}

TEST_F(JournalTest, IsHeldByOneProcessOnly) {
  const auto journal = open();
  EXPECT_THAT(error_of_open(ErrorKind::failed_precondition),
              AllOf(HasSubstr("another process"), HasSubstr(std::to_string(::getpid()))));
}

TEST_F(JournalTest, NeedsItsDirectory) {
  fs::remove_all(directory_.path());
  EXPECT_THAT(error_of_open(ErrorKind::unavailable), HasSubstr("No such file or directory"));
}

TEST_F(JournalTest, ThreadsWriteSideBySide) {
  constexpr int kThreads = 8;
  constexpr int kPuts = 200;
  const auto journal = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kPuts; ++i) {
        auto record = full_record("u" + std::to_string(t));
        record.lun = i;
        journal->put(record);
        journal->put(cached("A", std::to_string(t) + "-" + std::to_string(i)));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto mounts = journal->mounts();
  EXPECT_THAT(mounts, SizeIs(kThreads));
  for (const auto& record : mounts) EXPECT_EQ(record.lun, kPuts - 1);
  EXPECT_THAT(journal->volumes(), SizeIs(kThreads * kPuts));
}

TEST_F(JournalTest, KeepsUnfinishedVolumesWithTheirSets) {
  const UnfinishedVolume volume{"u1",
                                "v1",
                                "A",
                                "dcv-v1",
                                {"gold", "vvs-1"},
                                UnfinishedVolume::State::removing,
                                "it's \"late\"",
                                WallTime(std::chrono::seconds(1'760'000'000)),
                                "g",
                                "B"};
  open()->put(volume);
  const auto journal = open();
  const auto found = journal->unfinished();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].uuid, volume.uuid);
  EXPECT_EQ(found[0].volume, volume.volume);
  EXPECT_EQ(found[0].array, volume.array);
  EXPECT_EQ(found[0].array_volume, volume.array_volume);
  EXPECT_EQ(found[0].sets, volume.sets);
  EXPECT_EQ(found[0].state, volume.state);
  EXPECT_EQ(found[0].last_error, volume.last_error);
  EXPECT_EQ(found[0].since, volume.since);
  EXPECT_EQ(found[0].group, volume.group);
  EXPECT_EQ(found[0].peer, volume.peer);
  journal->erase_unfinished("u1");
  EXPECT_THAT(journal->unfinished(), IsEmpty());
}

TEST_F(JournalTest, KeepsTheLocksOfGroups) {
  open()->put(HeldGroupLock{"t1", "A", "g"});
  const auto journal = open();
  journal->rename_array("A", "B");
  const auto locks = journal->group_locks();
  ASSERT_THAT(locks, SizeIs(1));
  EXPECT_EQ(locks[0].token + locks[0].array + locks[0].group, "t1Bg");
  journal->erase_group_lock("t1");
  EXPECT_THAT(journal->group_locks(), IsEmpty());
}

TEST_F(JournalTest, KeepsWhoTookGroupsOver) {
  const WallTime since(std::chrono::microseconds(1'760'000'000'123'456));
  open()->put(TakenGroup{"A", "g", "B", "", since});
  open()->put(TakenGroup{"A", "g", "B", "h3p-x-t", since});
  const auto journal = open();
  journal->put(TakenGroup{"A", "h", "A", "", since});
  const auto text = [&] {
    std::vector<std::string> rows;
    for (const TakenGroup& each : journal->taken_groups()) {
      EXPECT_EQ(each.since, since);
      rows.push_back(each.array + " " + each.group + " " + each.taker + " " + each.note);
    }
    return rows;
  };
  EXPECT_THAT(text(), ElementsAre("A g B h3p-x-t", "A h A "));
  journal->rename_array("A", "C");
  EXPECT_THAT(text(), ElementsAre("C g B h3p-x-t", "C h C "));
  journal->rename_array("B", "D");
  EXPECT_THAT(text(), ElementsAre("C g D h3p-x-t", "C h C "));
  journal->erase_taken_group("C", "g");
  journal->erase_taken_group("C", "none");
  EXPECT_THAT(text(), ElementsAre("C h C "));
}

TEST_F(JournalTest, TakesOverWhatTheFirstVersionWrote) {
  open()->put(full_record());
  run_sql(
      "ALTER TABLE mount_ids DROP COLUMN engine; DROP TABLE arrays; DROP TABLE unfinished; DROP TABLE group_locks;"
      "DROP TABLE taken_groups;"
      "PRAGMA user_version = 1");
  const auto journal = open();
  EXPECT_THAT(journal->mounts(), SizeIs(1));
  EXPECT_THAT(journal->unfinished(), IsEmpty());
  EXPECT_THAT(journal->taken_groups(), IsEmpty());
}

TEST_F(JournalTest, SurvivesAKilledProcess) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto* journal = open().release();
    journal->put(full_record());
    ::_exit(7);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 7);
  ASSERT_TRUE(fs::exists(file().string() + "-wal"));
  const auto mounts = open()->mounts();
  ASSERT_THAT(mounts, SizeIs(1));
  expect_equal(mounts[0], full_record());
}

}  // namespace
}  // namespace hpe3par::journal
