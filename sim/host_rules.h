#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "model.h"

namespace hpe3par::sim {

/// @throws Refusal
void check_new_host(nlohmann::json& body);

enum class HostChange { members, add_paths, remove_paths, set_chap, clear_chap };

/// Checks the body of a change and tells which kind it is.
/// @throws Refusal
HostChange check_host_change(nlohmann::json& body);

/// The paths that a checked body names, in the array's spelling.
struct NamedPaths {
  std::vector<std::string> fc;
  std::vector<std::string> iscsi;
  std::vector<std::string> nvme;
};

/// @throws Refusal 98 for a path given twice, 57/69/12 for one that is no WWN or IQN
NamedPaths paths_in(const nlohmann::json& body);

}  // namespace hpe3par::sim
