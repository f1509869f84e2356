#pragma once

#include <string_view>
#include <vector>

namespace hpe3par::journal {

/// Ends the process as kill -9 would, if the environment says HPE3PARD_CRASH_AT=<name>[:<n>] (the n-th time it is
/// passed, default 1). In any build, so that what is tested is what ships. Costs a comparison otherwise.
/// @param name one of crash_points()
void crash_point(std::string_view name);

/// The table of all names, in the order of the operations; --list-crash-points prints it.
const std::vector<std::string_view>& crash_points();

}  // namespace hpe3par::journal
