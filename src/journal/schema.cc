#include "schema.h"

#include <array>
#include <cstdint>

namespace hpe3par::journal {
namespace {

// The version is set in the same transaction, so a half-made schema never shows.
constexpr const char* kCreate = R"sql(
  BEGIN IMMEDIATE;
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE mounts (
    uuid          TEXT PRIMARY KEY CHECK (uuid <> ''),
    volume        TEXT NOT NULL,
    backend       TEXT NOT NULL,
    array         TEXT NOT NULL,
    array_volume  TEXT NOT NULL,
    wwn           TEXT NOT NULL,
    array_host    TEXT NOT NULL,
    lun           INTEGER NOT NULL,
    loop_dir      TEXT NOT NULL,
    device        TEXT NOT NULL,
    disk_sequence INTEGER NOT NULL,
    mountpoint    TEXT NOT NULL,
    fs_uuid       TEXT NOT NULL,
    state         TEXT NOT NULL,
    fenced        INTEGER NOT NULL,
    last_error    TEXT NOT NULL,
    since_ns      INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE mount_ids (
    uuid      TEXT NOT NULL REFERENCES mounts (uuid) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    id        TEXT NOT NULL,
    confirmed INTEGER NOT NULL,
    PRIMARY KEY (uuid, position)
  ) WITHOUT ROWID;
  CREATE TABLE volumes (
    array        TEXT NOT NULL CHECK (array <> ''),
    array_volume TEXT NOT NULL CHECK (array_volume <> ''),
    backend      TEXT NOT NULL,
    volume       TEXT NOT NULL,
    uuid         TEXT NOT NULL,
    wwn          TEXT NOT NULL,
    size_mib     INTEGER NOT NULL,
    comment      TEXT NOT NULL,
    created_ns   INTEGER NOT NULL,
    seen_ns      INTEGER NOT NULL,
    PRIMARY KEY (array, array_volume)
  ) WITHOUT ROWID;
  PRAGMA user_version = 1;
  COMMIT;
)sql";

// What is added by each version, from the second on.
constexpr std::array kSteps = {
    R"sql(
  BEGIN IMMEDIATE;
  CREATE TABLE unfinished (
    uuid         TEXT PRIMARY KEY CHECK (uuid <> ''),
    volume       TEXT NOT NULL,
    array        TEXT NOT NULL,
    array_volume TEXT NOT NULL,
    sets         TEXT NOT NULL,
    state        TEXT NOT NULL,
    last_error   TEXT NOT NULL,
    since_ns     INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = 2;
  COMMIT;
)sql",
    R"sql(
  BEGIN IMMEDIATE;
  ALTER TABLE mount_ids ADD COLUMN engine TEXT NOT NULL DEFAULT '';
  CREATE TABLE arrays (
    array  TEXT PRIMARY KEY CHECK (array <> ''),
    serial TEXT NOT NULL,
    swept  INTEGER NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = 3;
  COMMIT;
)sql",
    R"sql(
  BEGIN IMMEDIATE;
  ALTER TABLE unfinished ADD COLUMN rcopy_group TEXT NOT NULL DEFAULT '';
  ALTER TABLE unfinished ADD COLUMN peer TEXT NOT NULL DEFAULT '';
  CREATE TABLE group_locks (
    token       TEXT PRIMARY KEY CHECK (token <> ''),
    array       TEXT NOT NULL,
    rcopy_group TEXT NOT NULL
  ) WITHOUT ROWID;
  PRAGMA user_version = 4;
  COMMIT;
)sql",
    R"sql(
  BEGIN IMMEDIATE;
  CREATE TABLE taken_groups (
    array       TEXT NOT NULL CHECK (array <> ''),
    rcopy_group TEXT NOT NULL CHECK (rcopy_group <> ''),
    taker       TEXT NOT NULL,
    note        TEXT NOT NULL,
    since_ns    INTEGER NOT NULL,
    PRIMARY KEY (array, rcopy_group)
  ) WITHOUT ROWID;
  PRAGMA user_version = 5;
  COMMIT;
)sql",
};
static_assert(kSteps.size() == kSchemaVersion - 1);

void check_version(std::int64_t version) {
  if (version <= kSchemaVersion) return;
  throw Error(ErrorKind::failed_precondition, "it was written in format " + std::to_string(version) +
                                                  " by a newer hpe3pard, and this one knows formats up to " +
                                                  std::to_string(kSchemaVersion) + "; start the newer version again");
}

void check_pages(Database& database) {
  const std::string verdict = database.text("PRAGMA quick_check(1)");
  if (verdict != "ok") throw DamagedError(ErrorKind::unavailable, "its pages contradict each other");
}

void switch_to_wal(Database& database) {
  if (database.text("PRAGMA journal_mode=WAL") != "wal") {
    throw Error(ErrorKind::unavailable, "its file system cannot hold a write-ahead log; use a local one");
  }
  database.execute("PRAGMA journal_size_limit=4194304");
}

}  // namespace

void prepare_schema(Database& database) {
  const std::int64_t version = database.integer("PRAGMA user_version");
  check_version(version);
  check_pages(database);
  if (version == 0 && database.integer("SELECT count(*) FROM sqlite_master") != 0) {
    throw Error(ErrorKind::failed_precondition, "it is a database of another program; move it away");
  }
  switch_to_wal(database);
  if (version == 0) database.execute(kCreate);
  for (std::size_t i = version < 2 ? 0 : static_cast<std::size_t>(version - 1); i < kSteps.size(); ++i)
    database.execute(kSteps[i]);
}

void note_boot(Database& database, const std::string& boot_id) {
  if (database.text("SELECT value FROM meta WHERE key = 'boot_id'") == boot_id) return;
  database.execute("BEGIN IMMEDIATE");
  try {
    database.execute(
        "DELETE FROM mount_ids;"
        "UPDATE mounts SET state = 'unexporting', device = '', disk_sequence = 0, mountpoint = '', fs_uuid = ''");
    database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('boot_id', ?)").bind(boot_id).run();
    database.execute("COMMIT");
  } catch (...) {
    if (database.in_transaction()) database.execute("ROLLBACK");
    throw;
  }
}

}  // namespace hpe3par::journal
