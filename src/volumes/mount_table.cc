#include "mount_table.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kRowLockBudget{30'000};
constexpr const char* kAside = "@";

// False if there was nothing to be confirmed.
bool mark_confirmed(journal::MountRecord& row, const std::string& id) {
  for (journal::MountId& each : row.ids)
    if (each.id == id && (!each.confirmed || each.doubtful)) {
      each.confirmed = true;
      each.doubtful = false;
      return true;
    }
  return false;
}

}  // namespace

MountTable::MountTable(journal::Journal& journal, Clock& clock) : journal_(journal), clock_(clock) {
  for (journal::MountRecord& record : journal_.mounts()) {
    std::erase_if(record.ids, [](const journal::MountId& id) { return !id.confirmed; });
    rows_[record.uuid] = std::move(record);
  }
}

bool is_aside(const journal::MountRecord& record) {
  return record.uuid.find(kAside) != std::string::npos;
}

std::string aside_uuid(const std::string& uuid, const std::string& array) {
  return uuid + kAside + array;
}

bool is_aside_of(const journal::MountRecord& record, const std::string& uuid) {
  return record.uuid.starts_with(uuid + kAside);
}

std::optional<journal::MountRecord> MountTable::find(const std::string& volume) {
  const std::lock_guard hold(mutex_);
  for (const auto& [uuid, record] : rows_)
    if (record.volume == volume && !is_aside(record)) return record;
  return std::nullopt;
}

std::vector<journal::MountRecord> MountTable::aside_of(const journal::MountRecord& row) {
  const std::lock_guard hold(mutex_);
  std::vector<journal::MountRecord> records;
  for (const auto& [key, record] : rows_)
    if (is_aside_of(record, row.uuid) && record.array != row.array) records.push_back(record);
  return records;
}

std::vector<journal::MountRecord> MountTable::all() {
  const std::lock_guard hold(mutex_);
  std::vector<journal::MountRecord> records;
  for (const auto& [uuid, record] : rows_) records.push_back(record);
  return records;
}

void MountTable::put(const journal::MountRecord& record) {
  const auto order = row_locks_.lock(record.uuid, Deadline::after(clock_, kRowLockBudget));
  write(record);
}

void MountTable::write(journal::MountRecord record) {
  merge_confirmations(record);
  {
    const std::lock_guard hold(mutex_);
    record.array = addresses_.of(record.array);
  }
  journal_.put(record);
  remember(std::move(record));
}

void MountTable::put_anyway(const journal::MountRecord& record) {
  const auto order = row_locks_.lock(record.uuid, Deadline::after(clock_, kRowLockBudget));
  try {
    write(record);
  } catch (const Error& error) {
    log(LogLevel::error, "journal not written while undoing", {{"volume", record.volume}, {"reason", error.what()}});
    remember(record);
    const std::lock_guard hold(mutex_);
    unwritten_.insert(record.uuid);
  }
}

void MountTable::confirm(const std::string& uuid, const std::string& id) {
  const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
  std::optional<journal::MountRecord> row = find_row(uuid);
  if (!row || !mark_confirmed(*row, id)) return journal_.forget_answer(uuid, id);
  try {
    write(*row);
  } catch (...) {
    // The note tells it until the row can be written.
    remember(*row);
    const std::lock_guard hold(mutex_);
    unwritten_.insert(uuid);
    throw;
  }
}

std::optional<journal::MountRecord> MountTable::find_row(const std::string& uuid) {
  const std::lock_guard hold(mutex_);
  const auto row = rows_.find(uuid);
  return row == rows_.end() ? std::nullopt : std::optional(row->second);
}

void MountTable::erase(const std::string& uuid) {
  const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
  try {
    journal_.erase_mount(uuid);
  } catch (const Error& error) {
    log(LogLevel::error, "journal not written while undoing", {{"uuid", uuid}, {"reason", error.what()}});
    const std::lock_guard hold(mutex_);
    unerased_.insert(uuid);
  }
  const std::lock_guard hold(mutex_);
  rows_.erase(uuid);
}

void MountTable::set_aside(const journal::MountRecord& record) {
  put_aside(record);
  erase(record.uuid);
}

void MountTable::put_aside(journal::MountRecord record) {
  record.uuid = aside_uuid(record.uuid, record.array);
  record.ids.clear();
  put(record);
}

void MountTable::retry_writes() {
  rewrite();
  std::set<std::string> uuids;
  {
    const std::lock_guard hold(mutex_);
    uuids = unerased_;
  }
  for (const std::string& uuid : uuids) {
    const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
    {
      const std::lock_guard hold(mutex_);
      if (rows_.contains(uuid)) continue;  // in use again; its next erasure counts
    }
    journal_.erase_mount(uuid);
    const std::lock_guard hold(mutex_);
    unerased_.erase(uuid);
  }
}

void MountTable::rename_array(const std::string& from, const std::string& to) {
  const std::lock_guard hold(mutex_);
  addresses_.add(from, to);
  for (auto& [uuid, record] : rows_)
    if (record.array == from) record.array = to;
}

void MountTable::rewrite() {
  const std::set<std::string> uuids = [this] {
    const std::lock_guard hold(mutex_);
    return unwritten_;
  }();
  for (const std::string& uuid : uuids) {
    const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
    if (const auto row = find_row(uuid)) journal_.put(*row);
    const std::lock_guard hold(mutex_);
    unwritten_.erase(uuid);
  }
}

void MountTable::merge_confirmations(journal::MountRecord& record) {
  const std::lock_guard hold(mutex_);
  const auto row = rows_.find(record.uuid);
  if (row == rows_.end()) return;
  for (journal::MountId& id : record.ids)
    for (const journal::MountId& stored : row->second.ids)
      if (stored.id == id.id && stored.confirmed) {
        id.doubtful = stored.doubtful && (id.doubtful || !id.confirmed);
        id.confirmed = true;
      }
}

void MountTable::remember(journal::MountRecord record) {
  const std::lock_guard hold(mutex_);
  record.array = addresses_.of(record.array);
  unerased_.erase(record.uuid);
  unwritten_.erase(record.uuid);
  rows_[record.uuid] = std::move(record);
}

}  // namespace hpe3par::volumes
