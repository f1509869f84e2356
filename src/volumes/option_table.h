#pragma once

#include <span>
#include <string>
#include <string_view>

#include "hpe3par/volumes/options.h"

namespace hpe3par::volumes {

/// One `-o` option of a volume.
struct Option {
  std::string_view name;
  /// Checks the value by itself, and stores it. @throws Error invalid_argument
  void (*take)(VolumeOptions&, const std::string& value);
  std::string_view help;
  bool is_shown = true;  ///< false: accepted, but not among those that are offered
};

/// All of them but `backend` and `help`, which say where to look and what to answer.
std::span<const Option> all_options();

/// Null: there is none of that name.
const Option* find_option(std::string_view name);

/// "size, provisioning, ..., backend, help"
std::string option_names();

/// mkfsOptions and mountOptions, which depend on fsType.
/// @throws Error invalid_argument
void check_file_system_options(VolumeOptions& options);

/// What depends on two options and on no array. @throws Error invalid_argument naming both
void check_combinations(const VolumeOptions& options);

/// Whether and how the backend replicates. @throws Error invalid_argument
void check_replication(const VolumeOptions& options, const config::BackendConfig& backend,
                       const config::Config& config);

/// The sentence about an option that is not in the table: of HPE's plugin and not here yet, or not known at all.
/// @throws Error invalid_argument always
[[noreturn]] void refuse_option(const std::string& name);

/// "thin"
std::string_view to_string(array::Provisioning provisioning);

}  // namespace hpe3par::volumes
