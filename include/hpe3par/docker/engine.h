#pragma once

#include <optional>
#include <string>

namespace hpe3par::docker {

/// The Docker engine at the other end of a unix socket, told from every other process and from every later one with its
/// pid. From SO_PEERCRED and /proc/<pid>/stat.
///
/// @param connection descriptor of the socket
/// @return `dockerd:<pid>:<start time>`; for a process that this pid namespace does not show (the engine of a
///         managed plugin without pidhost) `outside:` and the same of this process, because the engine starts a plugin
///         anew when it starts; empty for any other program, such as one that was started for this one call
std::string engine_of(int connection);

/// The process at the other end of a unix socket; 0 if this pid namespace does not show it.
std::optional<int> process_of(int connection);

/// Whether that engine has ended, so that nobody will ever unmount what it mounted. False when that cannot be told.
bool engine_is_gone(const std::string& engine);

}  // namespace hpe3par::docker
