#pragma once

#include <map>
#include <string>
#include <vector>

#include "hpe3par/array/groups.h"
#include "hpe3par/catalog/catalog.h"

/// Decisions about volumes that HPE's plugin replicated: pure, no I/O, table-tested.
namespace hpe3par::catalog {

/// @param groups all of an array
/// @param backends of that array, in the order of hpe.conf; `targets` see ArrayConfig
GroupBook make_group_book(const std::vector<array::RemoteCopyGroup>& groups, const std::vector<std::string>& backends,
                          const std::map<std::string, std::string>& targets);

/// Whether the book has to be read anew before join_group() can tell anything of this volume.
bool is_group_unknown(const Volume& volume, const GroupBook& book);

/// Makes a volume of HPE's plugin a replicated one of the backend that replicates to where its group copies. In a group
/// that no backend knows, it stays what it is.
void join_group(Volume& volume, const GroupBook& book);

}  // namespace hpe3par::catalog
