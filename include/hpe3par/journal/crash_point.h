#pragma once

#include <string_view>
#include <vector>

namespace hpe3par::journal {

/// Ends the process as kill -9 would, if the environment says HPE3PARD_CRASH_AT=<name>[:<n>] (the n-th time it is
/// passed, default 1). In any build, so that what is tested is what ships. Costs a look into the table otherwise.
/// @param name one of crash_points()
/// @throws Error internal: the name is not in the table; invalid_argument as check_crash_environment()
void crash_point(std::string_view name);

/// Reads HPE3PARD_CRASH_AT; for main, so that a mistyped name ends the program and does not pass a test.
/// @throws Error invalid_argument naming the allowed names
void check_crash_environment();

/// The table of all names, in the order of the operations; --list-crash-points prints it.
const std::vector<std::string_view>& crash_points();

}  // namespace hpe3par::journal
