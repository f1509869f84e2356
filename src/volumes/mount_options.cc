#include "mount_options.h"

#include <algorithm>
#include <array>

#include "option_text.h"

namespace hpe3par::volumes {
namespace {

constexpr std::string_view kOption = "mountOptions";

struct Allowed {
  std::string_view fs_type;  ///< empty: every type
  std::string_view name;
  std::string_view pattern = {};  ///< see fits()
};

constexpr std::array kAllowed = {
    Allowed{"", "noatime"},
    Allowed{"", "nodiratime"},
    Allowed{"", "relatime"},
    Allowed{"", "strictatime"},
    Allowed{"", "lazytime"},
    Allowed{"", "nodev"},
    Allowed{"", "nosuid"},
    Allowed{"", "noexec"},
    Allowed{"", "sync"},
    Allowed{"", "dirsync"},
    Allowed{"", "discard"},
    Allowed{"", "nodiscard"},
    Allowed{"", "grpid"},
    Allowed{"", "nogrpid"},
    Allowed{"ext4", "acl"},
    Allowed{"ext4", "auto_da_alloc"},
    Allowed{"ext4", "commit", "1..300"},
    Allowed{"ext4", "data", "ordered|journal"},
    Allowed{"ext4", "data_err", "abort"},
    Allowed{"ext4", "delalloc"},
    Allowed{"ext4", "nodelalloc"},
    Allowed{"ext4", "dioread_lock"},
    Allowed{"ext4", "dioread_nolock"},
    Allowed{"ext4", "errors", "remount-ro"},
    Allowed{"ext4", "init_itable", "N"},
    Allowed{"ext4", "noinit_itable"},
    Allowed{"ext4", "inode_readahead_blks", "N"},
    Allowed{"ext4", "journal_checksum"},
    Allowed{"ext4", "journal_ioprio", "0..7"},
    Allowed{"ext4", "max_batch_time", "N"},
    Allowed{"ext4", "min_batch_time", "N"},
    Allowed{"ext4", "max_dir_size_kb", "N"},
    Allowed{"ext4", "stripe", "N"},
    Allowed{"ext4", "user_xattr"},
    Allowed{"ext4", "usrquota"},
    Allowed{"ext4", "grpquota"},
    Allowed{"ext4", "prjquota"},
    Allowed{"xfs", "allocsize", "SIZE"},
    Allowed{"xfs", "filestreams"},
    Allowed{"xfs", "inode32"},
    Allowed{"xfs", "inode64"},
    Allowed{"xfs", "largeio"},
    Allowed{"xfs", "nolargeio"},
    Allowed{"xfs", "logbsize", "16384|32768|65536|131072|262144|16k|32k|64k|128k|256k"},
    Allowed{"xfs", "logbufs", "2..8"},
    Allowed{"xfs", "noalign"},
    Allowed{"xfs", "sunit", "N"},
    Allowed{"xfs", "swidth", "N"},
    Allowed{"xfs", "swalloc"},
    Allowed{"xfs", "wsync"},
    Allowed{"xfs", "noquota"},
    Allowed{"xfs", "uquota"},
    Allowed{"xfs", "usrquota"},
    Allowed{"xfs", "uqnoenforce"},
    Allowed{"xfs", "gquota"},
    Allowed{"xfs", "grpquota"},
    Allowed{"xfs", "gqnoenforce"},
    Allowed{"xfs", "pquota"},
    Allowed{"xfs", "prjquota"},
    Allowed{"xfs", "pqnoenforce"},
};

/// What somebody may try in good faith, and has to be told more than that it is not in the table.
struct Danger {
  std::string_view option;  ///< a name, with or without a value, or both: "data=writeback"
  std::string_view reason;
};

constexpr std::string_view kReadOnly =
    "the plugin mounts for writing; give it to a container read-only with -v NAME:/path:ro";
constexpr std::string_view kBarrier =
    "without write barriers a failing host or array loses what an application was told is stored";
constexpr std::string_view kUnreplayed = "a file system whose journal was not replayed is inconsistent after a crash";
constexpr std::string_view kOldBlocks = "after a crash files may show old content of the volume, or be empty";
constexpr std::string_view kOnErrors = "after an error the file system has to become read-only at once";
constexpr std::string_view kUuid = "two file systems with one uuid must not be mounted on one host unseen";
constexpr std::string_view kOtherMount = "it acts on other mounts of this host";
constexpr std::string_view kOtherDevice = "a volume is one device, and no other one may be touched";
constexpr std::string_view kFstab = "it has a meaning in /etc/fstab only";
constexpr std::string_view kDefault = "it is so without being said; leave it out";

constexpr std::array kDangers = {
    Danger{"ro", kReadOnly},
    Danger{"nobarrier", kBarrier},
    Danger{"barrier=0", kBarrier},
    Danger{"barrier=none", kBarrier},
    Danger{"barrier", kDefault},
    Danger{"noload", kUnreplayed},
    Danger{"norecovery", kUnreplayed},
    Danger{"data=writeback", kOldBlocks},
    Danger{"journal_async_commit", kOldBlocks},
    Danger{"noauto_da_alloc", kOldBlocks},
    Danger{"data_err=ignore", kOldBlocks},
    Danger{"errors=continue", kOnErrors},
    Danger{"errors=panic", "one volume must not bring the host down"},
    Danger{"nouuid", kUuid},
    Danger{"bind", kOtherMount},
    Danger{"rbind", kOtherMount},
    Danger{"move", kOtherMount},
    Danger{"remount", kOtherMount},
    Danger{"shared", kOtherMount},
    Danger{"rshared", kOtherMount},
    Danger{"slave", kOtherMount},
    Danger{"rslave", kOtherMount},
    Danger{"private", kOtherMount},
    Danger{"rprivate", kOtherMount},
    Danger{"unbindable", kOtherMount},
    Danger{"loop", kOtherDevice},
    Danger{"offset", kOtherDevice},
    Danger{"sizelimit", kOtherDevice},
    Danger{"logdev", kOtherDevice},
    Danger{"rtdev", kOtherDevice},
    Danger{"journal_dev", kOtherDevice},
    Danger{"journal_path", kOtherDevice},
    Danger{"sb", "which superblock is right is not for a mount to say"},
    Danger{"user", kFstab},
    Danger{"users", kFstab},
    Danger{"owner", kFstab},
    Danger{"group", kFstab},
    Danger{"auto", kFstab},
    Danger{"noauto", kFstab},
    Danger{"nofail", kFstab},
    Danger{"_netdev", kFstab},
    Danger{"defaults", kDefault},
    Danger{"rw", kDefault},
    Danger{"async", kDefault},
    Danger{"dev", kDefault},
    Danger{"suid", kDefault},
    Danger{"exec", kDefault},
};

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array kContradictions = {
    Pair{"noatime", "relatime"},
    Pair{"noatime", "strictatime"},
    Pair{"relatime", "strictatime"},
    Pair{"discard", "nodiscard"},
    Pair{"grpid", "nogrpid"},
    Pair{"delalloc", "nodelalloc"},
    Pair{"init_itable", "noinit_itable"},
    Pair{"dioread_lock", "dioread_nolock"},
    Pair{"data=journal", "delalloc"},
    Pair{"data=journal", "dioread_nolock"},
    Pair{"inode32", "inode64"},
    Pair{"largeio", "nolargeio"},
};

std::string name_of(const std::string& option) {
  return option.substr(0, option.find('='));
}

bool is_allowed(const std::string& fs_type, const std::string& option) {
  const std::size_t equals = option.find('=');
  std::optional<std::string_view> value;
  if (equals != std::string::npos) value = std::string_view(option).substr(equals + 1);
  return std::any_of(kAllowed.begin(), kAllowed.end(), [&](const Allowed& each) {
    return (each.fs_type.empty() || each.fs_type == fs_type) && each.name == name_of(option) &&
           fits(each.pattern, value);
  });
}

/// Empty: nothing but that it is not in the table.
std::string_view reason_against(const std::string& option) {
  const auto find = [](const std::string& text) {
    return std::find_if(kDangers.begin(), kDangers.end(), [&](const Danger& each) { return each.option == text; });
  };
  auto found = find(option);
  if (found == kDangers.end()) found = find(name_of(option));
  if (found != kDangers.end()) return found->reason;
  return option.starts_with("x-") ? kFstab : std::string_view();
}

std::string allowed_for(const std::string& fs_type) {
  std::string text;
  for (const Allowed& each : kAllowed)
    if (each.fs_type.empty() || each.fs_type == fs_type)
      text += (text.empty() ? "" : ", ") + with_pattern(each.name, each.pattern);
  return "allowed for fsType=" + fs_type + ": " + text;
}

/// What is allowed for an option of that name, or for the type if there is none.
std::string allowed_instead(const std::string& fs_type, const std::string& option) {
  for (const Allowed& each : kAllowed)
    if ((each.fs_type.empty() || each.fs_type == fs_type) && each.name == name_of(option))
      return "allowed: " + with_pattern(each.name, each.pattern);
  return allowed_for(fs_type);
}

[[noreturn]] void refuse(const std::string& fs_type, const std::string& option) {
  const std::string_view reason = reason_against(option);
  refuse_because(kOption,
                 printable(option) + " is not allowed" +
                     (reason.empty() ? "; " + allowed_instead(fs_type, option) : ", because " + std::string(reason)));
}

bool contains(const std::vector<std::string>& options, std::string_view wanted) {
  return std::any_of(options.begin(), options.end(),
                     [&](const std::string& each) { return each == wanted || name_of(each) == wanted; });
}

void check_together(const std::vector<std::string>& options) {
  for (auto each = options.begin(); each != options.end(); ++each)
    if (std::any_of(options.begin(), each, [&](const auto& other) { return name_of(other) == name_of(*each); }))
      refuse_because(kOption, name_of(*each) + " is given twice; give it once");
  for (const auto& [a, b] : kContradictions)
    if (contains(options, a) && contains(options, b))
      refuse_because(kOption, std::string(a) + " and " + std::string(b) + " contradict each other; give one of them");
  if (contains(options, "sunit") != contains(options, "swidth"))
    refuse_because(kOption, "sunit and swidth go together; give both or none");
}

}  // namespace

std::vector<std::string> check_mount_options(const std::string& fs_type, const std::vector<std::string>& options) {
  std::vector<std::string> checked;
  for (const std::string& option : options) {
    if (option.empty() || std::find(checked.begin(), checked.end(), option) != checked.end()) continue;
    if (!is_allowed(fs_type, option)) refuse(fs_type, option);
    checked.push_back(option);
  }
  check_together(checked);
  return checked;
}

std::vector<std::string> applicable_mount_options(const std::string& fs_type, const std::vector<std::string>& options) {
  std::vector<std::string> left;
  for (const std::string& option : options)
    if (is_allowed(fs_type, option)) left.push_back(option);
  return left;
}

}  // namespace hpe3par::volumes
