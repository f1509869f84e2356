#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/clock.h"
#include "hpe3par/config/config.h"

namespace hpe3par::volumes {

/// The `-o` options of a volume, checked, defaults filled in.
struct VolumeOptions {
  int size_gib = 100;
  array::Provisioning provisioning = array::Provisioning::thin;
  std::string backend;
  std::string cpg;
  std::string snap_cpg;
  std::optional<unsigned> owner_uid;  ///< set together with owner_gid
  std::optional<unsigned> owner_gid;
  std::optional<unsigned> mode;
  bool compression = false;
  bool flash_cache = false;
  std::string replication_group;           ///< remote copy group; empty: not replicated
  std::string qos_set;                     ///< volume set with a QoS rule; empty: none
  std::string fs_type = "ext4";            ///< ext4 or xfs; of the file system made at the first mount
  std::vector<std::string> mkfs_options;   ///< further words for mkfs, checked
  std::vector<std::string> mount_options;  ///< mount(8) options, checked, e.g. noatime
  std::chrono::seconds mount_conflict_delay{30};
  bool operator==(const VolumeOptions&) const = default;
};

using RawOptions = std::map<std::string, std::string>;

/// @param options as the user typed them
/// @throws Error invalid_argument naming the option and what is allowed, on one line; with `help`, the sentence is the
///         help text
VolumeOptions parse_options(const RawOptions& options, const config::Config& config);

/// The options for a record: normalised, only those that differ from the defaults of `config`. The group is not among
/// them, because the record has a place of its own for it.
RawOptions to_record_options(const VolumeOptions& options, const config::Config& config);

/// The options of a record with the defaults filled in. Members that this version does not know are ignored; values
/// that make no sense fall back to the default, because the volume exists whatever its record says.
VolumeOptions from_record_options(const RawOptions& options, const config::Config& config);

/// "size is 10, not 20; cpg is cpg1, not cpg2": what differs, or empty.
std::string describe_differences(const VolumeOptions& existing, const VolumeOptions& wanted);

/// The text for `-o help`.
std::string help_text(const config::Config& config);

/// True for `-o help=backends` alone. It is to be answered with backends_text() before parse_options() is called, which
/// knows no states of arrays.
bool asks_for_backends(const RawOptions& options);

/// A line of the answer to `-o help=backends`. What is empty is shown as "-".
struct BackendLine {
  std::string backend;    ///< section of hpe.conf
  std::string array;      ///< name of the system, or its address while that is not known
  std::string transport;  ///< "iscsi", "fc", "loop"
  std::string state;      ///< "up", "connecting", "unreachable", "refused"
  std::string since;
  std::string reason;
};

/// The table for `-o help=backends`, a heading and one line per backend.
std::string backends_text(const std::vector<BackendLine>& lines);

}  // namespace hpe3par::volumes
