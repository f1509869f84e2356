#pragma once

#include <string>

#include "hpe3par/host/file_systems.h"

namespace hpe3par::host {

/// The place as mountinfo shows it: links above it are resolved, the last component is taken as it is.
/// @throws Error invalid_argument: not an absolute path below /
std::string resolve_place(const std::string& mountpoint);

/// Makes the directory (0755, parents too) if it is missing.
/// @return true if it was made
/// @throws Error failed_precondition: there is a link, a file or a directory with something in it
bool ensure_empty_directory(const std::string& place);

/// rmdir and nothing else: what is in the way stays, with a warning in the log.
void remove_directory(const std::string& place);

void prepare_new_root(const std::string& place, const Ownership& ownership);

}  // namespace hpe3par::host
