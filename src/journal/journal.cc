#include "hpe3par/journal/journal.h"

#include <mutex>
#include <utility>

#include "database.h"
#include "group_writer.h"
#include "hpe3par/base/log.h"
#include "journal_files.h"
#include "records.h"
#include "schema.h"

namespace hpe3par::journal {
namespace {

std::unique_ptr<Database> open_prepared(const std::filesystem::path& file, const std::string& boot_id) {
  auto database = std::make_unique<Database>(file);
  prepare_schema(*database);
  note_boot(*database, boot_id);
  return database;
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(UniqueFd lock, const std::filesystem::path& file, std::unique_ptr<Database> database, bool is_new)
      : lock_(std::move(lock)),
        file_(file.string()),
        is_new_(is_new),
        written_(std::move(database)),
        read_(file),
        writer_(*written_) {}

  bool is_new() const override { return is_new_; }

  std::vector<MountRecord> mounts() override { return read(load_mounts); }
  void put(const MountRecord& record) override {
    write([&](Database& db) { store(db, record); });
  }
  void erase_mount(const std::string& uuid) override {
    write([&](Database& db) { delete_mount(db, uuid); });
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

  UniqueFd lock_;  // first: given back after everything else is closed
  const std::string file_;
  const bool is_new_;
  std::unique_ptr<Database> written_;
  std::mutex read_mutex_;
  Database read_;
  GroupWriter writer_;
};

}  // namespace

std::unique_ptr<Journal> Journal::open(const std::filesystem::path& directory, const std::string& boot_id) {
  UniqueFd lock = lock_directory(directory);
  const auto file = directory / "journal.db";
  const std::string context = "cannot open the journal " + file.string();
  try {
    bool is_new = ensure_private_file(file);
    std::unique_ptr<Database> database;
    try {
      database = open_prepared(file, boot_id);
    } catch (const DamagedError& damage) {
      const auto aside = move_aside(file);
      log(LogLevel::error, "the journal was damaged and a new one is begun",
          {{"reason", damage.what()}, {"damaged_file", aside.string()}});
      is_new = ensure_private_file(file);
      database = open_prepared(file, boot_id);
    }
    return std::make_unique<SqliteJournal>(std::move(lock), file, std::move(database), is_new);
  } catch (const Error& error) {
    throw error.within(context);
  }
}

}  // namespace hpe3par::journal
