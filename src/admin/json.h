#pragma once

#include <nlohmann/json_fwd.hpp>

#include "hpe3par/volumes/service.h"

namespace hpe3par::admin {

/// The objects of the REST API, as docs/admin-api.md describes them. A time that is not known is an empty string.
nlohmann::json array_json(const volumes::ArrayInfo& array);
nlohmann::json backend_json(const volumes::BackendInfo& backend);
nlohmann::json clean_up_json(const volumes::CleanUpWork& work);
nlohmann::json volume_json(const volumes::VolumeInfo& volume);
nlohmann::json status_json(const volumes::ServiceStatus& status);

}  // namespace hpe3par::admin
