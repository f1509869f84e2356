#pragma once

#include <optional>
#include <string>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// /volumes/<volume>/objectKeyValues. A volume that does not exist is Error not_found with remote_code 23.

Sent post_object_key(Client& client, const std::string& volume, const std::string& key, const std::string& value,
                     const Deadline& deadline);

std::optional<std::string> get_object_key(Client& client, const std::string& volume, const std::string& key,
                                          const Deadline& deadline);

/// Refused with code 180 if there is none.
Sent put_object_key(Client& client, const std::string& volume, const std::string& key, const std::string& value,
                    const Deadline& deadline);

}  // namespace hpe3par::wsapi
