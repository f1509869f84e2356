#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::wsapi {

/// Parses without exceptions; absent if it is not JSON. Bytes that are not UTF-8 (old comments) become '?'.
std::optional<nlohmann::json> parse_json(std::string_view text);

/// Compact text; never throws for bad UTF-8.
std::string to_text(const nlohmann::json& value);

/// The checked way to take members out of a JSON value that an array sent.
///
/// Nothing is thrown: the first thing wrong is kept in problem(), later reads go on with defaults. Unknown members are
/// ignored, and null is absent.
class Fields {
 public:
  /// @param what names the value in problem(): "volume"
  Fields(const nlohmann::json& value, std::string what);

  std::string text(const char* member);  ///< required
  std::string text_or_empty(const char* member);
  std::optional<std::string> optional_text(const char* member);
  void expect(const char* member, std::string_view text);  ///< required, and this very text
  std::int64_t number(const char* member);                 ///< required; 12.0 is taken as 12
  std::int64_t number_or(const char* member, std::int64_t fallback);
  bool flag_or(const char* member, bool fallback);
  /// The strings of the array `member`; absent is empty.
  std::vector<std::string> texts(const char* member);
  /// Calls `visit` if the member is an object.
  void object(const char* member, const std::function<void(Fields&)>& visit);
  /// Calls `visit` for each object of the array `member`; absent is empty.
  void each(const char* member, const std::function<void(Fields&)>& visit);

  const std::string& problem() const { return problem_; }

 private:
  const nlohmann::json* find(const char* member) const;
  void complain(const char* member, std::string_view wrong);
  std::int64_t integer(const char* member, const nlohmann::json& value);

  const nlohmann::json& value_;
  std::string what_;
  std::string problem_;
};

}  // namespace hpe3par::wsapi
