#include "mount_table.h"

#include <algorithm>

#include "hpe3par/base/error.h"
#include "hpe3par/base/log.h"
#include "hpe3par/journal/crash_point.h"

namespace hpe3par::volumes {
namespace {

constexpr Millis kRowLockBudget{30'000};

}  // namespace

MountTable::MountTable(journal::Journal& journal, Clock& clock) : journal_(journal), clock_(clock) {
  for (journal::MountRecord& record : journal_.mounts()) {
    std::erase_if(record.ids, [](const journal::MountId& id) { return !id.confirmed; });
    rows_[record.uuid] = std::move(record);
  }
}

std::optional<journal::MountRecord> MountTable::find(const std::string& volume) {
  const std::lock_guard hold(mutex_);
  for (const auto& [uuid, record] : rows_)
    if (record.volume == volume) return record;
  return std::nullopt;
}

std::vector<journal::MountRecord> MountTable::all() {
  const std::lock_guard hold(mutex_);
  std::vector<journal::MountRecord> records;
  for (const auto& [uuid, record] : rows_) records.push_back(record);
  return records;
}

void MountTable::put(const journal::MountRecord& record) {
  const auto order = row_locks_.lock(record.uuid, Deadline::after(clock_, kRowLockBudget));
  journal::MountRecord merged = record;
  merge_confirmations(merged);
  use_new_address(merged);
  journal_.put(merged);
  remember(merged);
}

void MountTable::put_anyway(const journal::MountRecord& record) {
  try {
    put(record);
  } catch (const Error& error) {
    log(LogLevel::error, "journal not written while undoing", {{"volume", record.volume}, {"reason", error.what()}});
    remember(record);
    const std::lock_guard hold(mutex_);
    unwritten_.insert(record.uuid);
  }
}

void MountTable::confirm(const std::string& uuid, const std::string& id) {
  journal_.note_delivery(uuid, id);
  journal::crash_point("mount.delivered");
  store_confirmation(uuid, id);
  journal_.delivery_stored();
}

void MountTable::store_confirmation(const std::string& uuid, const std::string& id) {
  const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
  journal::MountRecord record;
  {
    const std::lock_guard hold(mutex_);
    const auto row = rows_.find(uuid);
    if (row == rows_.end()) return;
    record = row->second;
  }
  const auto known =
      std::find_if(record.ids.begin(), record.ids.end(), [&](const auto& each) { return each.id == id; });
  if (known == record.ids.end() || known->confirmed) return;
  known->confirmed = true;
  journal_.put(record);
  remember(record);
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
  renamed_[from] = to;
  renamed_.erase(to);
  for (auto& [uuid, record] : rows_)
    if (record.array == from) record.array = to;
}

// Whoever was at work on a row when its array got another address has a copy with the old one.
void MountTable::use_new_address(journal::MountRecord& record) {
  const std::lock_guard hold(mutex_);
  const auto renamed = renamed_.find(record.array);
  if (renamed != renamed_.end()) record.array = renamed->second;
}

void MountTable::rewrite() {
  const std::set<std::string> uuids = [this] {
    const std::lock_guard hold(mutex_);
    return unwritten_;
  }();
  for (const std::string& uuid : uuids) {
    const auto order = row_locks_.lock(uuid, Deadline::after(clock_, kRowLockBudget));
    std::optional<journal::MountRecord> row;
    {
      const std::lock_guard hold(mutex_);
      const auto found = rows_.find(uuid);
      if (found != rows_.end()) row = found->second;
    }
    if (row) journal_.put(*row);
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
      id.confirmed = id.confirmed || (stored.id == id.id && stored.confirmed);
}

void MountTable::remember(journal::MountRecord record) {
  use_new_address(record);
  const std::lock_guard hold(mutex_);
  unerased_.erase(record.uuid);
  unwritten_.erase(record.uuid);
  rows_[record.uuid] = std::move(record);
}

}  // namespace hpe3par::volumes
