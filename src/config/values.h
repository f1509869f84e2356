#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/config/config.h"
#include "ini.h"
#include "place.h"

namespace hpe3par::config {

/// One part of a list.
struct Part {
  std::string text;
  int line = 0;
};

/// The keys of one section, or of one replication_device, each with its lines. Getters check the value and refuse with
/// FILE:LINE, key and value, and what is allowed. An empty value is the same as none. What may be a password is not
/// quoted.
class Values {
 public:
  /// What messages say.
  struct Origin {
    std::string file;
    int line = 0;                 ///< where the whole begins
    std::string where;            ///< e.g. "section [DEFAULT]"
    std::string prefix = {};      ///< in front of a key that is refused, e.g. "replication_device: "
    std::string if_missing = {};  ///< added where a key is missing
  };

  explicit Values(Origin origin);

  /// `lines` are those of the '\n'-separated parts of `text`; none: `line`.
  /// Returns the line where the key stood first, or 0. The later value counts.
  int put(const std::string& key, const std::string& text, int line, const std::vector<int>& lines = {});

  bool has(const std::string& key) const;

  /// Where the key stands, else where the whole begins.
  int line_of(const std::string& key) const;

  /// @throws Error invalid_argument: there is no value
  void require(const std::string& key) const;

  std::string text(const std::string& key, const std::string& fallback = "") const;
  std::string required(const std::string& key) const;
  int integer(const std::string& key, int fallback, int low, int high) const;
  bool boolean(const std::string& key, bool fallback) const;

  /// The parts between `separators` and line ends.
  std::vector<Part> list(const std::string& key, std::string_view separators = ",") const;

  /// @throws Error invalid_argument: the value of `key` is not allowed
  [[noreturn]] void refuse(const std::string& key, const std::string& allowed) const;

  /// @throws Error invalid_argument: `part` of `key` is not allowed, at its own line
  [[noreturn]] void refuse_part(const std::string& key, const Part& part, const std::string& allowed) const;

  /// @throws Error invalid_argument: `text`, at the line of `key`
  [[noreturn]] void fail_at(const std::string& key, const std::string& text) const;

  /// @throws Error invalid_argument: a value for `keys` is missing
  [[noreturn]] void fail_missing(const std::string& key, const std::string& keys) const;

  const Origin& origin() const { return origin_; }

 private:
  struct Value {
    std::string text;
    int line = 0;
    int first_line = 0;
    std::vector<int> lines;
  };

  Origin origin_;
  std::map<std::string, Value> values_;
};

}  // namespace hpe3par::config
