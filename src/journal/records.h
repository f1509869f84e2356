#pragma once

#include <string>
#include <vector>

#include "database.h"
#include "hpe3par/journal/journal.h"

namespace hpe3par::journal {

/// Rows to records and back. None of these opens a transaction.

std::vector<MountRecord> load_mounts(Database& database);
void store(Database& database, const MountRecord& record);
void delete_mount(Database& database, const std::string& uuid);

std::vector<UnfinishedVolume> load_unfinished(Database& database);
void store(Database& database, const UnfinishedVolume& volume);
void delete_unfinished(Database& database, const std::string& uuid);

std::vector<HeldGroupLock> load_group_locks(Database& database);
void store(Database& database, const HeldGroupLock& lock);
void delete_group_lock(Database& database, const std::string& token);

std::vector<TakenGroup> load_taken_groups(Database& database);
void store(Database& database, const TakenGroup& group);
void delete_taken_group(Database& database, const std::string& array, const std::string& group);

std::vector<KnownArray> load_arrays(Database& database);
void store(Database& database, const KnownArray& array);
void rename_array(Database& database, const std::string& from, const std::string& to);

std::vector<CachedVolume> load_volumes(Database& database);
void store(Database& database, const CachedVolume& volume);
void delete_volume(Database& database, const std::string& array, const std::string& array_volume);
void replace_volumes(Database& database, const std::string& array, const std::vector<CachedVolume>& volumes);

}  // namespace hpe3par::journal
