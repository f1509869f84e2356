#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "hpe3par/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hpe3par::journal {

/// The file is no SQLite database or its pages contradict each other.
class DamagedError : public Error {
 public:
  using Error::Error;
};

/// A prepared statement with bound values. Parameters count from 1, columns from 0. Must not outlive its Database.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the values to the parameters 1, 2, …
  template <typename... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }

  /// Goes to the next row; false when there is none.
  bool step();
  /// Runs to the end, and makes ready for the next bind().
  void run();

  std::string text(int column) const;
  std::int64_t integer(int column) const;

 private:
  void bind_at(int index, std::string_view value);
  void bind_at(int index, std::int64_t value);
  void check(int code) const;

  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// A connection to an existing database file, with foreign keys and synchronous=FULL.
///
/// Every failure is an Error whose sentence says the reason and what to do, without naming the file: that is added by
/// the journal. Not thread-safe.
class Database {
 public:
  /// Opens, and reads the header. @throws Error unavailable, DamagedError
  explicit Database(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const char* sql);
  Statement prepare(std::string_view sql) { return {database_, sql}; }

  /// First column of the first row.
  std::int64_t integer(std::string_view sql);
  std::string text(std::string_view sql);

  /// False also after SQLite gave up a transaction by itself, as it does on a full disk.
  bool in_transaction() const;

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace hpe3par::journal
