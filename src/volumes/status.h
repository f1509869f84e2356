#pragma once

#include "hpe3par/array/array.h"
#include "hpe3par/journal/journal.h"
#include "hpe3par/replication/lock_log.h"
#include "hpe3par/volumes/options.h"
#include "hpe3par/volumes/status.h"

namespace hpe3par::volumes {

/// The array's own name once it is known, else where it is.
std::string display_name(const array::ArrayStatus& status, const std::string& fallback);

ArrayInfo describe_array(const array::ArrayStatus& status, const std::string& address,
                         const std::vector<std::string>& backends);

/// For `-o help=backends`.
BackendLine to_line(const BackendInfo& backend);

/// @param array its name, as people know it
CleanUpWork describe_work(const journal::MountRecord& row, const std::string& array);
CleanUpWork describe_work(const journal::UnfinishedVolume& row, const std::string& array);
CleanUpWork describe_work(const replication::LoggedLock& lock);

/// True if the row is a mount in use, and nothing to be cleaned up.
bool is_in_use(const journal::MountRecord& row);

/// True if nobody uses the volume here any more, and its mount, its device or its export is still to be taken down.
bool is_left_over(const journal::MountRecord& row);

}  // namespace hpe3par::volumes
