#pragma once

#include <string>

#include "database.h"

namespace hpe3par::journal {

/// The version of the tables that this program writes, kept in PRAGMA user_version.
inline constexpr int kSchemaVersion = 5;

/// Refuses what a newer version wrote, checks the pages, switches to WAL, and makes the tables if the file is empty.
/// @throws Error failed_precondition: newer version, or no journal at all; DamagedError
void prepare_schema(Database& database);

/// Compares with the boot id of the last open; if it differs, forgets what ended with that boot (see Journal::open).
void note_boot(Database& database, const std::string& boot_id);

}  // namespace hpe3par::journal
