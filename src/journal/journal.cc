#include "hpe3par/journal/journal.h"

#include <mutex>
#include <utility>

#include "database.h"
#include "delivery_notes.h"
#include "group_writer.h"
#include "hpe3par/base/log.h"
#include "journal_files.h"
#include "records.h"
#include "salvaged_journal.h"
#include "schema.h"
#include "scratch_copy.h"

namespace hpe3par::journal {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Database> open_database(const fs::path& file, const std::string& boot_id) {
  ensure_private_file(file);
  auto database = std::make_unique<Database>(file);
  prepare_schema(*database);
  note_boot(*database, boot_id);
  return database;
}

std::unique_ptr<Database> open_or_begin_anew(const fs::path& file, const std::string& boot_id) {
  try {
    return open_database(file, boot_id);
  } catch (const DamagedError& damage) {
    const auto aside = move_aside(file);
    log(LogLevel::error, "the journal was damaged and a new one is begun",
        {{"reason", damage.what()}, {"damaged_file", aside.string()}});
    return open_database(file, boot_id);
  }
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(const fs::path& file, const std::string& boot_id)
      : file_(file.string()),
        written_(open_or_begin_anew(file, boot_id)),
        notes_(file.parent_path() / "delivered"),
        read_(file),
        writer_(*written_) {
    store_what_was_answered();
  }

  std::vector<KnownArray> arrays() override { return read(load_arrays); }
  void put(const KnownArray& array) override {
    write([&](Database& db) { store(db, array); });
  }
  void rename_array(const std::string& from, const std::string& to) override {
    write([&](Database& db) { journal::rename_array(db, from, to); });
  }

  std::vector<MountRecord> mounts() override { return read(load_mounts); }
  void put(const MountRecord& record) override {
    write([&](Database& db) { store(db, record); });
    for (const MountId& id : record.ids)
      if (id.confirmed) notes_.done(record.uuid, id.id);
  }
  void erase_mount(const std::string& uuid) override {
    write([&](Database& db) { delete_mount(db, uuid); });
    notes_.done(uuid);
  }

  void note_answer(const std::string& uuid, const std::string& id) override { notes_.add(uuid, id); }
  void forget_answer(const std::string& uuid, const std::string& id) override { notes_.take_back(uuid, id); }

  std::vector<UnfinishedVolume> unfinished() override { return read(load_unfinished); }
  void put(const UnfinishedVolume& volume) override {
    write([&](Database& db) { store(db, volume); });
  }
  void erase_unfinished(const std::string& uuid) override {
    write([&](Database& db) { delete_unfinished(db, uuid); });
  }

  std::vector<HeldGroupLock> group_locks() override { return read(load_group_locks); }
  void put(const HeldGroupLock& lock) override {
    write([&](Database& db) { store(db, lock); });
  }
  void erase_group_lock(const std::string& token) override {
    write([&](Database& db) { delete_group_lock(db, token); });
  }

  std::vector<TakenGroup> taken_groups() override { return read(load_taken_groups); }
  void put(const TakenGroup& group) override {
    write([&](Database& db) { store(db, group); });
  }
  void erase_taken_group(const std::string& array, const std::string& group) override {
    write([&](Database& db) { delete_taken_group(db, array, group); });
  }

  std::vector<CachedVolume> volumes() override { return read(load_volumes); }
  void put(const CachedVolume& volume) override {
    write([&](Database& db) { store(db, volume); });
  }
  void erase_volume(const std::string& array, const std::string& array_volume) override {
    write([&](Database& db) { delete_volume(db, array, array_volume); });
  }
  void replace_volumes(const std::string& array, const std::vector<CachedVolume>& volumes) override {
    write([&](Database& db) { journal::replace_volumes(db, array, volumes); });
  }

 private:
  void store_what_was_answered() {
    if (notes_.left().empty()) return;
    for (MountRecord& record : mounts()) {
      bool changed = false;
      for (MountId& id : record.ids)
        if (!id.confirmed && notes_.left().contains({record.uuid, id.id})) changed = id.confirmed = id.doubtful = true;
      if (changed) put(record);
    }
    notes_.clear();
  }

  template <typename Row>
  std::vector<Row> read(std::vector<Row> (*load)(Database&)) {
    const std::lock_guard lock(read_mutex_);
    try {
      return load(read_);
    } catch (const Error& error) {
      throw error.within("cannot read the journal " + file_);
    }
  }

  void write(const GroupWriter::Write& rows) {
    try {
      writer_.run(rows);
    } catch (const Error& error) {
      throw error.within("cannot write the journal " + file_);
    }
  }

  const std::string file_;
  std::unique_ptr<Database> written_;
  DeliveryNotes notes_;
  std::mutex read_mutex_;
  Database read_;
  GroupWriter writer_;
};

/// Keeps the directory for this process as long as its journal.
class LockedJournal final : public ForwardingJournal {
 public:
  LockedJournal(std::shared_ptr<UniqueFd> lock, std::unique_ptr<Journal> journal)
      : lock_(std::move(lock)), journal_(std::move(journal)) {}

 private:
  Journal& target() override { return *journal_; }

  std::shared_ptr<UniqueFd> lock_;  // first: given back after everything else is closed
  std::unique_ptr<Journal> journal_;
};

}  // namespace

std::unique_ptr<Journal> Journal::open(const fs::path& directory, const std::string& boot_id) {
  const auto lock = std::make_shared<UniqueFd>(lock_directory(directory));
  const auto file = directory / "journal.db";
  const auto open_file = [lock, file, boot_id]() -> std::unique_ptr<Journal> {
    if (!*lock) *lock = lock_directory(file.parent_path());
    try {
      return std::make_unique<SqliteJournal>(file, boot_id);
    } catch (const Error& error) {
      throw error.within("cannot open the journal " + file.string());
    }
  };
  std::unique_ptr<Journal> journal;
  try {
    journal = open_file();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::unavailable) throw;
    log(LogLevel::error, "the journal cannot be written: volumes can be unmounted, and neither created nor mounted",
        {{"reason", error.what()}});
    const ScratchCopy copy(directory);
    SqliteJournal read(copy.directory() / file.filename(), boot_id);
    journal = std::make_unique<SalvagedJournal>(read, open_file);
  }
  return std::make_unique<LockedJournal>(lock, std::move(journal));
}

}  // namespace hpe3par::journal
