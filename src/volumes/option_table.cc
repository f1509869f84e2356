#include "option_table.h"

#include <algorithm>
#include <array>

#include "hpe3par/base/error.h"
#include "hpe3par/base/text.h"
#include "mkfs_options.h"
#include "mount_options.h"
#include "option_text.h"

namespace hpe3par::volumes {
namespace {

using array::Provisioning;

constexpr int kMinSize = 1;
constexpr int kMaxSize = 16384;
constexpr int kMinCompressedSize = 16;
constexpr int kMaxConflictDelay = 3600;
constexpr std::size_t kMaxCpgName = 31;
constexpr std::size_t kMaxSetName = 27;
constexpr std::size_t kMaxGroupName = 22;  // the other array adds to it

int parse_range(const std::string& option, const std::string& value, int low, int high, const std::string& unit) {
  const std::optional<int> number = parse_number<int>(value);
  if (!number || *number < low || *number > high)
    refuse_value(option, value,
                 "a whole number of " + unit + " from " + std::to_string(low) + " to " + std::to_string(high));
  return *number;
}

bool parse_bool(const std::string& option, const std::string& value) {
  const bool is_true = equal_ignoring_case(value, "true");
  if (!is_true && !equal_ignoring_case(value, "false")) refuse_value(option, value, "true, false");
  return is_true;
}

void take_size(VolumeOptions& options, const std::string& value) {
  options.size_gib = parse_range("size", value, kMinSize, kMaxSize, "GiB");
}

void take_provisioning(VolumeOptions& options, const std::string& value) {
  for (const Provisioning each : {Provisioning::thin, Provisioning::full, Provisioning::dedup})
    if (value == to_string(each)) {
      options.provisioning = each;
      return;
    }
  refuse_value("provisioning", value, "thin, full, dedup");
}

void take_compression(VolumeOptions& options, const std::string& value) {
  options.compression = parse_bool("compression", value);
}

void take_flash_cache(VolumeOptions& options, const std::string& value) {
  options.flash_cache = parse_bool("flash-cache", value);
}

void take_qos_set(VolumeOptions& options, const std::string& value) {
  if (!is_plain_name(value, kMaxSetName))
    refuse_value(
        "qos-name", value,
        "the name of a volume set that has a QoS rule: 1 to 27 letters, digits, '.', '_' or '-', not first a '-'");
  options.qos_set = value;
}

void take_group(VolumeOptions& options, const std::string& value) {
  if (!is_plain_name(value, kMaxGroupName))
    refuse_value("replicationGroup", value,
                 "the name of a remote copy group: 1 to 22 letters, digits, '.', '_' or '-', not first a '-'");
  options.replication_group = value;
}

std::string cpg_name(const std::string& option, const std::string& value) {
  if (!is_plain_name(value, kMaxCpgName))
    refuse_value(option, value, "the name of a CPG: 1 to 31 letters, digits, '.', '_' or '-', not first a '-'");
  return value;
}

void take_cpg(VolumeOptions& options, const std::string& value) {
  options.cpg = cpg_name("cpg", value);
}

void take_snap_cpg(VolumeOptions& options, const std::string& value) {
  options.snap_cpg = cpg_name("snapcpg", value);
}

void take_fs_type(VolumeOptions& options, const std::string& value) {
  if (value != "ext4" && value != "xfs") refuse_value("fsType", value, "ext4, xfs");
  options.fs_type = value;
}

void take_mkfs_options(VolumeOptions& options, const std::string& value) {
  options.mkfs_options = split(value, " \t");
  std::erase(options.mkfs_options, "");
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

void take_mount_options(VolumeOptions& options, const std::string& value) {
  options.mount_options.clear();
  for (const std::string& each : split(value, ",")) options.mount_options.push_back(trimmed(each));
}

void take_owner(VolumeOptions& options, const std::string& value) {
  const std::size_t colon = value.find(':');
  const auto uid = parse_number<unsigned>(value.substr(0, colon));
  const auto gid = colon == std::string::npos ? std::nullopt : parse_number<unsigned>(value.substr(colon + 1));
  constexpr unsigned kNobodyChanged = 0xffffffffU;  // chown(2): leave as it is
  if (!uid || !gid || *uid == kNobodyChanged || *gid == kNobodyChanged)
    refuse_value("fsOwner", value, "UID:GID, two numbers");
  options.owner_uid = uid;
  options.owner_gid = gid;
}

void take_mode(VolumeOptions& options, const std::string& value) {
  const auto mode = parse_number<unsigned>(value, 8);
  if (!mode || value.size() > 5 || *mode > 07777U)
    refuse_value("fsMode", value, "an octal mode such as 0755, at most 07777");
  options.mode = mode;
}

void take_conflict_delay(VolumeOptions& options, const std::string& value) {
  options.mount_conflict_delay =
      std::chrono::seconds(parse_range("mountConflictDelay", value, 0, kMaxConflictDelay, "seconds"));
}

// `manager` was set by HPE's Kubernetes tools and never had a meaning.
void take_nothing(VolumeOptions&, const std::string&) {}

constexpr std::array kOptions = {
    Option{"size", take_size, "size in GiB, 1 to 16384; default 100"},
    Option{"provisioning", take_provisioning, "thin, full or dedup; default thin"},
    Option{"compression", take_compression, "true or false; needs 16 GiB and thin or dedup; default false"},
    Option{"flash-cache", take_flash_cache, "true or false: use the flash cache of the array; default false"},
    Option{"qos-name", take_qos_set, "volume set with a QoS rule that the volume joins; default: none"},
    Option{"replicationGroup", take_group,
           "remote copy group that the volume joins, made if there is none; needed on a backend that replicates"},
    Option{"cpg", take_cpg, "CPG for the data; default: the first hpe3par_cpg of the backend"},
    Option{"snapcpg", take_snap_cpg, "CPG for snapshots; default: the first hpe3par_snapcpg of the backend"},
    Option{"fsType", take_fs_type, "ext4 or xfs, made at the first mount; default ext4"},
    Option{"mkfsOptions", take_mkfs_options, "further words for mkfs, e.g. \"-i 8192\" or \"-d agcount=8\""},
    Option{"mountOptions", take_mount_options, "mount options, e.g. noatime,commit=30; used at every mount"},
    Option{"fsOwner", take_owner, "UID:GID that owns the root of the file system, set once when it is made"},
    Option{"fsMode", take_mode, "octal mode of that root, e.g. 0755, set once as well"},
    Option{"mountConflictDelay", take_conflict_delay,
           "seconds a mount waits for another host to let go, 0 to 3600; default 30"},
    Option{"manager", take_nothing, "accepted for old scripts, has no meaning", false},
};

}  // namespace

std::span<const Option> all_options() {
  return kOptions;
}

const Option* find_option(std::string_view name) {
  const auto* const found =
      std::find_if(kOptions.begin(), kOptions.end(), [&](const Option& each) { return each.name == name; });
  return found == kOptions.end() ? nullptr : found;
}

std::string option_names() {
  std::string names;
  for (const Option& option : kOptions)
    if (option.is_shown) names += std::string(option.name) + ", ";
  return names + "backend, help";
}

void check_file_system_options(VolumeOptions& options) {
  options.mkfs_options = check_mkfs_options(options.fs_type, options.mkfs_options);
  options.mount_options = check_mount_options(options.fs_type, options.mount_options);
}

void check_combinations(const VolumeOptions& options) {
  const auto refuse_with = [](const std::string& other, const std::string& allowed) {
    throw Error(ErrorKind::invalid_argument,
                "option compression=true is not allowed together with " + other + "; allowed: " + allowed);
  };
  if (options.compression && options.provisioning == Provisioning::full)
    refuse_with("provisioning=full", "provisioning=thin, provisioning=dedup");
  if (options.compression && options.size_gib < kMinCompressedSize)
    refuse_with("size=" + std::to_string(options.size_gib), "size=" + std::to_string(kMinCompressedSize) + " and more");
}

namespace {

/// "gold, silver": the backends that do (not) replicate.
std::string backends_that(bool replicate, const config::Config& config) {
  std::string names;
  for (const config::BackendConfig& backend : config.backends)
    if (backend.replication.has_value() == replicate) names += (names.empty() ? "" : ", ") + backend.name;
  return names;
}

std::string cpgs_mapped_by(const config::ReplicationConfig& replication) {
  std::string names;
  for (const config::CpgPair& pair : replication.cpg_map) names += (names.empty() ? "" : ", ") + pair.source;
  return names;
}

}  // namespace

void check_replication(const VolumeOptions& options, const config::BackendConfig& backend,
                       const config::Config& config) {
  if (!backend.replication) {
    if (options.replication_group.empty()) return;
    const std::string others = backends_that(true, config);
    throw Error(ErrorKind::invalid_argument,
                "option replicationGroup is not allowed with backend " + backend.name +
                    ", which has no replication_device in hpe.conf; allowed with: " +
                    (others.empty() ? "no backend of this hpe.conf" : "backend=" + others));
  }
  if (options.replication_group.empty()) {
    const std::string others = backends_that(false, config);
    throw Error(ErrorKind::invalid_argument,
                "backend " + backend.name +
                    " replicates its volumes (replication_device in hpe.conf), so option replicationGroup is needed; " +
                    (others.empty() ? "for volumes that are not replicated, add a section without replication_device"
                                    : "for a volume that is not replicated, choose backend=" + others));
  }
  if (backend.replication->find_target_cpg(options.cpg) == nullptr)
    throw Error(ErrorKind::invalid_argument,
                "option cpg: cpg_map in the replication_device of backend " + backend.name +
                    " does not say where volumes of CPG " + options.cpg +
                    " go on the other array; allowed: " + cpgs_mapped_by(*backend.replication));
}

std::string_view to_string(Provisioning provisioning) {
  switch (provisioning) {
    case Provisioning::thin: return "thin";
    case Provisioning::full: return "full";
    case Provisioning::dedup: return "dedup";
    case Provisioning::other: return "other";
  }
  return "";
}

}  // namespace hpe3par::volumes
