#pragma once

#include "hpe3par/array/groups.h"
#include "hpe3par/wsapi/remote_copy.h"

namespace hpe3par::array {

/// Between what the WSAPI says of remote copy and the words of this module. Pure.

RemoteCopyGroup to_group(const wsapi::RemoteCopyGroup& from);

/// @param build of the WSAPI: newer arrays have no snap CPGs
wsapi::RemoteCopyGroupBody to_body(const NewGroup& group, const std::string& domain, int build);

}  // namespace hpe3par::array
