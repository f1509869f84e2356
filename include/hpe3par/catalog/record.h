#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hpe3par::catalog {

/// Most bytes that an array keeps as the comment of a volume.
inline constexpr std::size_t kMaxCommentBytes = 511;

/// What makes an array volume a Docker volume: written into its comment at Create, never changed afterwards.
/// The format is docs/record-format.md.
struct VolumeRecord {
  std::string name;                            ///< the Docker name
  std::string uuid;                            ///< of this creation; a later volume of the same name has another
  std::string volume_namespace;                ///< empty: none
  std::map<std::string, std::string> options;  ///< normalised, only those that differ from the default
  bool legacy = false;                         ///< of a volume of HPE's Python plugin: no options are known
  std::string group = {};              ///< remote copy group, as the array calls it that made it; empty: not replicated
  std::vector<std::string> pair = {};  ///< serial numbers of the arrays of a replicated volume, that one first
  bool operator==(const VolumeRecord&) const = default;
};

/// The comment for a new volume.
/// @throws Error invalid_argument: it would be longer than an array keeps; the sentence has the byte count
std::string encode_record(const VolumeRecord& record);

/// The record in a comment, ours or the Python plugin's; nothing if it is not a Docker volume's. Whether it is that of
/// the array volume that has the comment, array_volume_of() tells.
/// @throws Error failed_precondition: written by a newer version of this program (names both)
std::optional<VolumeRecord> decode_record(std::string_view comment);

/// True for what can be a volume name: `[A-Za-z0-9][A-Za-z0-9._-]{0,254}`.
bool is_volume_name(std::string_view name);

/// @throws Error invalid_argument naming the rule
void check_volume_name(std::string_view name);

/// The name of the array volume for a Docker name: `dcv-<name>` if that fits into 31 characters and there is no
/// namespace, else `dcv-.<beginning of name>-<hash of namespace and name>`. No short name can take the second form,
/// because Docker names do not begin with a dot.
std::string array_volume_name(std::string_view volume_namespace, std::string_view name);

/// A uuid in the 22 characters in which HPE's plugin puts it into names on an array; empty: `uuid` is none.
std::string short_uuid(std::string_view uuid);

/// The name of the one array volume that a record can be the record of. A copy of an array volume keeps the comment, so
/// under any other name it says nothing. Empty: there is none, because the uuid of HPE's plugin is no uuid.
std::string array_volume_of(const VolumeRecord& record);

/// Beginnings of the names of array volumes that may be Docker volumes.
inline constexpr std::string_view kVolumePrefix = "dcv-";

}  // namespace hpe3par::catalog
