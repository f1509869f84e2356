#include "database.h"

#include <sqlite3.h>

#include <cerrno>
#include <system_error>

namespace hpe3par::journal {
namespace {

constexpr int kBusyTimeoutMs = 2000;

std::string system_reason(sqlite3* database) {
  const int number = database == nullptr ? 0 : sqlite3_system_errno(database);
  return number == 0 ? "no details" : std::generic_category().message(number);
}

[[noreturn]] void throw_io_error(sqlite3* database) {
  if (database != nullptr && sqlite3_system_errno(database) == ENOSPC) {
    throw Error(ErrorKind::unavailable, "the disk is full; free some space there");
  }
  throw Error(ErrorKind::unavailable, "I/O error (" + system_reason(database) + "); check the disk below it");
}

[[noreturn]] void throw_error(sqlite3* database, int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: throw Error(ErrorKind::unavailable, "the disk is full; free some space there");
    case SQLITE_READONLY:
      throw Error(ErrorKind::unavailable, "it is read-only; make the file and its file system writable");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorKind::unavailable, "another program has locked it; end that program and repeat");
    case SQLITE_IOERR: throw_io_error(database);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(ErrorKind::unavailable,
                  "no access (" + system_reason(database) + "); check the directory and its permissions");
    case SQLITE_NOMEM: throw Error(ErrorKind::unavailable, "out of memory; free some and repeat");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DamagedError(ErrorKind::unavailable, "it is damaged; restart hpe3pard, which sets the file aside");
    default: throw Error(ErrorKind::internal, database == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database));
  }
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  check(sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr));
}

Statement::~Statement() {
  sqlite3_finalize(statement_);
}

void Statement::check(int code) const {
  if (code != SQLITE_OK) throw_error(database_, code);
}

void Statement::bind_at(int index, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_at(int index, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, index, value));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  throw_error(database_, code);
}

void Statement::run() {
  while (step()) {
  }
  check(sqlite3_reset(statement_));
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Database::Database(const std::filesystem::path& file) {
  const int code = sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  try {
    if (code != SQLITE_OK) throw_error(database_, code);
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, kBusyTimeoutMs);
    execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA schema_version");
  } catch (...) {
    sqlite3_close(database_);
    throw;
  }
}

Database::~Database() {
  sqlite3_close(database_);
}

void Database::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_error(database_, code);
}

std::int64_t Database::integer(std::string_view sql) {
  Statement statement(database_, sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
  Statement statement(database_, sql);
  return statement.step() ? statement.text(0) : std::string();
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

}  // namespace hpe3par::journal
