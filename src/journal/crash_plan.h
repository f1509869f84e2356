#pragma once

#include <string>
#include <string_view>

namespace hpe3par::journal {

/// Where the environment wants the process to die. An empty name: nowhere.
struct CrashPlan {
  std::string name;
  unsigned occurrence = 1;  ///< the n-th time that the point is passed, from 1
  bool operator==(const CrashPlan&) const = default;
};

/// Reads "<name>" or "<name>:<n>"; empty text is no plan.
/// @throws Error invalid_argument naming the allowed names
CrashPlan parse_crash_plan(std::string_view text);

}  // namespace hpe3par::journal
