#include "records.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <sstream>
#include <string_view>

namespace hpe3par::journal {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 8> kStates = {"exporting", "attaching",  "formatting", "mounting",
                                                     "mounted",   "unmounting", "detaching",  "unexporting"};

constexpr std::array<std::string_view, 3> kUnfinishedStates = {"creating", "undoing", "removing"};

// Of a mount id, in the column `confirmed`; 1: yes.
constexpr std::int64_t kNo = 0;
constexpr std::int64_t kDoubtful = 2;

template <typename State, std::size_t count>
State parse_state(const std::array<std::string_view, count>& names, const std::string& text) {
  const auto* const found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) throw Error(ErrorKind::internal, "the journal has the unknown state \"" + text + "\"");
  return static_cast<State>(found - names.begin());
}

std::int64_t to_ns(WallTime time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

WallTime from_ns(std::int64_t ns) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(ns)));
}

// SQLite has no unsigned integers: the bits are kept.
std::int64_t to_stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}
std::uint64_t from_stored(std::int64_t number) {
  return static_cast<std::uint64_t>(number);
}

MountRecord read_mount(const Statement& row) {
  MountRecord record;
  record.uuid = row.text(0);
  record.volume = row.text(1);
  record.backend = row.text(2);
  record.array = row.text(3);
  record.array_volume = row.text(4);
  record.wwn = row.text(5);
  record.array_host = row.text(6);
  record.lun = static_cast<int>(row.integer(7));
  record.loop_dir = row.text(8);
  record.device = row.text(9);
  record.disk_sequence = from_stored(row.integer(10));
  record.mountpoint = row.text(11);
  record.fs_uuid = row.text(12);
  record.state = parse_state<MountState>(kStates, row.text(13));
  record.fenced = row.integer(14) != 0;
  record.last_error = row.text(15);
  record.since = from_ns(row.integer(16));
  return record;
}

// Names of sets have no blanks.
std::vector<std::string> split(const std::string& text) {
  std::istringstream words(text);
  return {std::istream_iterator<std::string>(words), {}};
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

CachedVolume read_volume(const Statement& row) {
  CachedVolume volume;
  volume.array = row.text(0);
  volume.array_volume = row.text(1);
  volume.backend = row.text(2);
  volume.volume = row.text(3);
  volume.uuid = row.text(4);
  volume.wwn = row.text(5);
  volume.size_mib = from_stored(row.integer(6));
  volume.comment = row.text(7);
  volume.created = from_ns(row.integer(8));
  volume.seen = from_ns(row.integer(9));
  return volume;
}

constexpr std::string_view kStoreVolume = "INSERT OR REPLACE INTO volumes VALUES (?,?,?,?,?,?,?,?,?,?)";

void run_store(Statement& statement, const CachedVolume& v) {
  statement
      .bind(v.array, v.array_volume, v.backend, v.volume, v.uuid, v.wwn, to_stored(v.size_mib), v.comment,
            to_ns(v.created), to_ns(v.seen))
      .run();
}

}  // namespace

std::string_view to_string(MountState state) {
  return kStates.at(static_cast<std::size_t>(state));
}

std::string_view to_string(UnfinishedVolume::State state) {
  return kUnfinishedStates.at(static_cast<std::size_t>(state));
}

std::vector<MountRecord> load_mounts(Database& database) {
  auto rows = database.prepare(
      "SELECT m.uuid, volume, backend, array, array_volume, wwn, array_host, lun, loop_dir, device, disk_sequence,"
      " mountpoint, fs_uuid, state, fenced, last_error, since_ns, position IS NOT NULL, id, confirmed, engine"
      " FROM mounts m LEFT JOIN mount_ids i ON i.uuid = m.uuid ORDER BY m.uuid, position");
  std::vector<MountRecord> records;
  while (rows.step()) {
    if (records.empty() || records.back().uuid != rows.text(0)) records.push_back(read_mount(rows));
    if (rows.integer(17) != 0)
      records.back().ids.push_back(
          {rows.text(18), rows.integer(19) != kNo, rows.text(20), rows.integer(19) == kDoubtful});
  }
  return records;
}

void store(Database& database, const MountRecord& r) {
  database.prepare("DELETE FROM mount_ids WHERE uuid = ?").bind(r.uuid).run();
  database.prepare("INSERT OR REPLACE INTO mounts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
      .bind(r.uuid, r.volume, r.backend, r.array, r.array_volume, r.wwn, r.array_host, std::int64_t{r.lun}, r.loop_dir,
            r.device, to_stored(r.disk_sequence), r.mountpoint, r.fs_uuid, to_string(r.state), std::int64_t{r.fenced},
            r.last_error, to_ns(r.since))
      .run();
  auto insert = database.prepare("INSERT INTO mount_ids VALUES (?,?,?,?,?)");
  std::int64_t position = 0;
  for (const auto& id : r.ids)
    insert.bind(r.uuid, position++, id.id, id.doubtful ? kDoubtful : std::int64_t{id.confirmed}, id.engine).run();
}

void delete_mount(Database& database, const std::string& uuid) {
  database.prepare("DELETE FROM mounts WHERE uuid = ?").bind(uuid).run();
}

std::vector<UnfinishedVolume> load_unfinished(Database& database) {
  auto rows = database.prepare(
      "SELECT uuid, volume, array, array_volume, sets, state, last_error, since_ns, rcopy_group, peer FROM unfinished"
      " ORDER BY uuid");
  std::vector<UnfinishedVolume> volumes;
  while (rows.step()) {
    volumes.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), split(rows.text(4)),
                       parse_state<UnfinishedVolume::State>(kUnfinishedStates, rows.text(5)), rows.text(6),
                       from_ns(rows.integer(7)), rows.text(8), rows.text(9)});
  }
  return volumes;
}

void store(Database& database, const UnfinishedVolume& v) {
  database.prepare("INSERT OR REPLACE INTO unfinished VALUES (?,?,?,?,?,?,?,?,?,?)")
      .bind(v.uuid, v.volume, v.array, v.array_volume, join(v.sets), to_string(v.state), v.last_error, to_ns(v.since),
            v.group, v.peer)
      .run();
}

void delete_unfinished(Database& database, const std::string& uuid) {
  database.prepare("DELETE FROM unfinished WHERE uuid = ?").bind(uuid).run();
}

std::vector<HeldGroupLock> load_group_locks(Database& database) {
  auto rows = database.prepare("SELECT token, array, rcopy_group FROM group_locks ORDER BY token");
  std::vector<HeldGroupLock> locks;
  while (rows.step()) locks.push_back({rows.text(0), rows.text(1), rows.text(2)});
  return locks;
}

void store(Database& database, const HeldGroupLock& lock) {
  database.prepare("INSERT OR REPLACE INTO group_locks VALUES (?,?,?)").bind(lock.token, lock.array, lock.group).run();
}

void delete_group_lock(Database& database, const std::string& token) {
  database.prepare("DELETE FROM group_locks WHERE token = ?").bind(token).run();
}

std::vector<TakenGroup> load_taken_groups(Database& database) {
  auto rows = database.prepare(
      "SELECT array, rcopy_group, taker, note, since_ns FROM taken_groups ORDER BY array, rcopy_group");
  std::vector<TakenGroup> groups;
  while (rows.step())
    groups.push_back({rows.text(0), rows.text(1), rows.text(2), rows.text(3), from_ns(rows.integer(4))});
  return groups;
}

void store(Database& database, const TakenGroup& group) {
  database.prepare("INSERT OR REPLACE INTO taken_groups VALUES (?,?,?,?,?)")
      .bind(group.array, group.group, group.taker, group.note, to_ns(group.since))
      .run();
}

void delete_taken_group(Database& database, const std::string& array, const std::string& group) {
  database.prepare("DELETE FROM taken_groups WHERE array = ? AND rcopy_group = ?").bind(array, group).run();
}

std::vector<KnownArray> load_arrays(Database& database) {
  auto rows = database.prepare("SELECT array, serial, swept FROM arrays ORDER BY array");
  std::vector<KnownArray> arrays;
  while (rows.step()) arrays.push_back({rows.text(0), rows.text(1), rows.integer(2) != 0});
  return arrays;
}

void store(Database& database, const KnownArray& array) {
  database.prepare("INSERT OR REPLACE INTO arrays VALUES (?,?,?)")
      .bind(array.array, array.serial, std::int64_t{array.swept})
      .run();
}

void rename_array(Database& database, const std::string& from, const std::string& to) {
  for (const char* statement :
       {"UPDATE mounts SET array = ?2 WHERE array = ?1", "UPDATE unfinished SET array = ?2 WHERE array = ?1",
        "UPDATE unfinished SET peer = ?2 WHERE peer = ?1", "UPDATE group_locks SET array = ?2 WHERE array = ?1",
        "UPDATE OR REPLACE taken_groups SET array = ?2 WHERE array = ?1",
        "UPDATE taken_groups SET taker = ?2 WHERE taker = ?1",
        "UPDATE OR REPLACE volumes SET array = ?2 WHERE array = ?1",
        "UPDATE OR REPLACE arrays SET array = ?2 WHERE array = ?1"})
    database.prepare(statement).bind(from, to).run();
}

std::vector<CachedVolume> load_volumes(Database& database) {
  auto rows = database.prepare(
      "SELECT array, array_volume, backend, volume, uuid, wwn, size_mib, comment, created_ns, seen_ns FROM volumes"
      " ORDER BY array, array_volume");
  std::vector<CachedVolume> volumes;
  while (rows.step()) volumes.push_back(read_volume(rows));
  return volumes;
}

void store(Database& database, const CachedVolume& volume) {
  auto statement = database.prepare(kStoreVolume);
  run_store(statement, volume);
}

void delete_volume(Database& database, const std::string& array, const std::string& array_volume) {
  database.prepare("DELETE FROM volumes WHERE array = ? AND array_volume = ?").bind(array, array_volume).run();
}

void replace_volumes(Database& database, const std::string& array, const std::vector<CachedVolume>& volumes) {
  database.prepare("DELETE FROM volumes WHERE array = ?").bind(array).run();
  auto statement = database.prepare(kStoreVolume);
  for (const auto& volume : volumes) {
    if (volume.array != array) throw Error(ErrorKind::internal, volume.volume + " is not a volume of array " + array);
    run_store(statement, volume);
  }
}

}  // namespace hpe3par::journal
