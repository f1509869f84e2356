#pragma once

#include <optional>

#include "group_sight.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/volumes/service.h"

namespace hpe3par::volumes {

/// The `replication` of what `inspect` shows. Pure.
/// @param backend of the volume; nullptr: hpe.conf has it no more, or it does not replicate
/// @param seen empty: nobody has asked the arrays yet
ReplicationInfo describe_replication(const catalog::Volume& volume, const config::BackendConfig* backend,
                                     const std::optional<GroupSighting>& seen);

/// What a mounted Peer Persistence volume lacks; empty: nothing.
std::string why_half(const ReplicationInfo& info);

/// True if one of the arrays serves the group, and answers.
bool is_served(const std::optional<GroupSighting>& seen);

}  // namespace hpe3par::volumes
