#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "errors.h"

namespace hpe3par::sim {

enum class MemberType { boolean, integer, string, object, strings, objects };

/// Which characters a string member may hold.
enum class Letters {
  any,       ///< anything but control characters
  name,      ///< A-Z a-z 0-9 . _ - and no leading '-'
  set_name,  ///< a name, or set:name
  key,       ///< no control characters, blanks or URL syntax
};

/// What an array demands of one member of a request body.
struct MemberRule {
  std::string_view name;
  MemberType type;
  bool required = false;
  bool enumeration = false;  ///< outside min..max is an unknown value rather than a range error
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::size_t max_length = 0;  ///< of strings, and of each string in a list; 0: unlimited
  Letters letters = Letters::any;
};

/// Checks a body against its rules. Null members count as absent and are removed; integers that do not
/// fit int64 become its largest.
/// @throws Refusal 12 for unknown members, 40 missing, 39 wrong type, 45 empty string, 57 too long, 69 illegal
///         character, 43/115/46 out of range; `ref` names the member
void check_members(nlohmann::json& body, std::span<const MemberRule> rules);

/// The checks of one name outside of a body.
/// @throws Refusal 45, 57, 69 with `ref`
void check_name(std::string_view value, std::size_t max_length, Letters letters, std::string_view ref);

/// For a name under which nothing was found: arrays tell what can be no name from what is not there.
/// @throws Refusal 69 or `missing`
[[noreturn]] void refuse_name(std::string_view name, Code missing, std::string ref = {});

}  // namespace hpe3par::sim
