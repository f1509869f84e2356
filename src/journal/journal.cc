#include "hpe3par/journal/journal.h"

#include <mutex>
#include <utility>

#include "database.h"
#include "delivery_notes.h"
#include "group_writer.h"
#include "hpe3par/base/log.h"
#include "journal_files.h"
#include "records.h"
#include "schema.h"

namespace hpe3par::journal {
namespace {

struct OpenDatabase {
  std::unique_ptr<Database> database;
  bool is_new = false;
};

OpenDatabase open_database(const std::filesystem::path& file, const std::string& boot_id) {
  ensure_private_file(file);
  OpenDatabase opened{std::make_unique<Database>(file)};
  opened.is_new = prepare_schema(*opened.database);
  note_boot(*opened.database, boot_id);
  return opened;
}

OpenDatabase open_or_begin_anew(const std::filesystem::path& file, const std::string& boot_id) {
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
  SqliteJournal(UniqueFd lock, const std::filesystem::path& file, OpenDatabase opened)
      : lock_(std::move(lock)),
        file_(file.string()),
        is_new_(opened.is_new),
        notes_(file.parent_path() / "delivered"),
        written_(std::move(opened.database)),
        read_(file),
        writer_(*written_) {
    store_what_was_delivered();
  }

  bool is_new() const override { return is_new_; }

  std::vector<MountRecord> mounts() override { return read(load_mounts); }
  void put(const MountRecord& record) override {
    write([&](Database& db) { store(db, record); });
  }
  void erase_mount(const std::string& uuid) override {
    write([&](Database& db) { delete_mount(db, uuid); });
  }

  void note_delivery(const std::string& uuid, const std::string& id) override { notes_.add(uuid, id); }
  void delivery_stored() override { notes_.done(); }

  std::vector<UnfinishedVolume> unfinished() override { return read(load_unfinished); }
  void put(const UnfinishedVolume& volume) override {
    write([&](Database& db) { store(db, volume); });
  }
  void erase_unfinished(const std::string& uuid) override {
    write([&](Database& db) { delete_unfinished(db, uuid); });
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
  void store_what_was_delivered() {
    if (notes_.left().empty()) return;
    for (MountRecord& record : mounts()) {
      bool changed = false;
      for (MountId& id : record.ids)
        if (!id.confirmed && notes_.left().contains({record.uuid, id.id})) changed = id.confirmed = true;
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

  UniqueFd lock_;  // first: given back after everything else is closed
  const std::string file_;
  const bool is_new_;
  DeliveryNotes notes_;
  std::unique_ptr<Database> written_;
  std::mutex read_mutex_;
  Database read_;
  GroupWriter writer_;
};

}  // namespace

std::unique_ptr<Journal> Journal::open(const std::filesystem::path& directory, const std::string& boot_id) {
  UniqueFd lock = lock_directory(directory);
  const auto file = directory / "journal.db";
  try {
    return std::make_unique<SqliteJournal>(std::move(lock), file, open_or_begin_anew(file, boot_id));
  } catch (const Error& error) {
    throw error.within("cannot open the journal " + file.string());
  }
}

}  // namespace hpe3par::journal
