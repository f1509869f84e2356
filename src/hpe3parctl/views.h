#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace hpe3par::ctl {

/// Objects of the admin API as tables for people. A member that is missing, or of another type, is shown as "-", so
/// that a daemon of another version can be asked. Pure.
std::string status_view(const nlohmann::json& status, bool header);
std::string backends_view(const nlohmann::json& backends, bool header);
std::string volumes_view(const nlohmann::json& volumes, bool header);
std::string clean_up_view(const nlohmann::json& clean_up, bool header);

/// One name a line.
std::string names_view(const nlohmann::json& volumes);

/// Every member of each volume on a line of its own; an empty line between two volumes.
std::string details_view(const nlohmann::json& volumes);

/// A sentence for each array that was not listed, because a list may lack what it holds: "array A is unreachable since
/// ...". One that is up "could not be listed".
std::string silence_warnings(const nlohmann::json& arrays);

}  // namespace hpe3par::ctl
