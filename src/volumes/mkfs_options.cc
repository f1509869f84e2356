#include "mkfs_options.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "option_text.h"

namespace hpe3par::volumes {
namespace {

constexpr std::string_view kOption = "mkfsOptions";

/// One thing that may be set: the argument of a flag, or one of the comma-separated parts of that.
struct Setting {
  std::string_view flag;
  std::string_view key;      ///< empty: the argument as a whole
  std::string_view pattern;  ///< see fits()
};

constexpr std::array kExt4Settings = {
    Setting{"-b", "", "1024|2048|4096"},
    Setting{"-C", "", "SIZE"},
    Setting{"-E", "nodiscard", ""},
    Setting{"-E", "packed_meta_blocks", "0|1"},
    Setting{"-E", "resize", "N"},
    Setting{"-E", "stride", "N"},
    Setting{"-E", "stripe_width", "N"},
    Setting{"-G", "", "N"},
    Setting{"-i", "", "N"},
    Setting{"-I", "", "256|512|1024|2048|4096"},
    Setting{"-j", "", ""},
    Setting{"-J", "size", "N"},
    Setting{"-L", "", "LABEL16"},
    Setting{"-m", "", "PERCENT"},
    Setting{"-N", "", "N"},
    Setting{"-O", "64bit", ""},
    Setting{"-O", "bigalloc", ""},
    Setting{"-O", "dir_index", ""},
    Setting{"-O", "dir_nlink", ""},
    Setting{"-O", "ea_inode", ""},
    Setting{"-O", "extra_isize", ""},
    Setting{"-O", "flex_bg", ""},
    Setting{"-O", "has_journal", ""},
    Setting{"-O", "huge_file", ""},
    Setting{"-O", "inline_data", ""},
    Setting{"-O", "large_dir", ""},
    Setting{"-O", "metadata_csum", ""},
    Setting{"-O", "metadata_csum_seed", ""},
    Setting{"-O", "orphan_file", ""},
    Setting{"-O", "project", ""},
    Setting{"-O", "quota", ""},
    Setting{"-O", "resize_inode", ""},
    Setting{"-T", "", "small|big|huge|news|largefile|largefile4"},
};

constexpr std::array kXfsSettings = {
    Setting{"-b", "size", "1024|2048|4096|1k|2k|4k"},
    Setting{"-d", "agcount", "N"},
    Setting{"-d", "agsize", "SIZE"},
    Setting{"-d", "cowextsize", "N"},
    Setting{"-d", "extszinherit", "N"},
    Setting{"-d", "noalign", ""},
    Setting{"-d", "su", "SIZE"},
    Setting{"-d", "sunit", "N"},
    Setting{"-d", "sw", "N"},
    Setting{"-d", "swidth", "N"},
    Setting{"-i", "maxpct", "0..100"},
    Setting{"-i", "nrext64", "0|1"},
    Setting{"-i", "size", "512|1024|2048"},
    Setting{"-i", "sparse", "0|1"},
    Setting{"-K", "", ""},
    Setting{"-l", "size", "SIZE"},
    Setting{"-l", "su", "SIZE"},
    Setting{"-l", "sunit", "N"},
    Setting{"-L", "", "LABEL12"},
    Setting{"-m", "bigtime", "0|1"},
    Setting{"-m", "crc", "1"},
    Setting{"-m", "finobt", "0|1"},
    Setting{"-m", "inobtcount", "0|1"},
    Setting{"-m", "reflink", "0|1"},
    Setting{"-m", "rmapbt", "0|1"},
    Setting{"-n", "size", "SIZE"},
    Setting{"-s", "size", "512|4096|4k"},
};

/// What somebody may try in good faith, and has to be told more than that it is not in the table.
struct Danger {
  std::string_view flag;
  std::string_view key;
  std::string_view reason;
};

constexpr std::string_view kForces = "it overwrites whatever the device holds";
constexpr std::string_view kMakesNothing = "it makes no file system";
constexpr std::string_view kOwnUuid = "the plugin chooses the uuid, and tells by it whether mkfs came to its end";
constexpr std::string_view kOtherDevice = "a volume is one device, and no other one may be touched";
constexpr std::string_view kJournal = "without its journal a file system does not survive a crash of the host";
constexpr std::string_view kWholeDevice = "the file system takes the whole volume, from its beginning";
constexpr std::string_view kTooSlow = "it takes longer than a mount may";
constexpr std::string_view kMmp =
    "after a crash each mount would wait longer than it may; the plugin sees to it that one host at a time has a "
    "volume";
constexpr std::string_view kFiles = "a new volume is empty, and files of the host are not read";

constexpr std::array kExt4Dangers = {
    Danger{"-F", "", kForces},
    Danger{"-S", "", "it writes a superblock over what is there"},
    Danger{"-n", "", kMakesNothing},
    Danger{"-V", "", kMakesNothing},
    Danger{"-U", "", kOwnUuid},
    Danger{"-c", "", kTooSlow},
    Danger{"-d", "", kFiles},
    Danger{"-l", "", kFiles},
    Danger{"-z", "", "it writes a file on the host"},
    Danger{"-t", "", "the type is given by fsType"},
    Danger{"-e", "", "errors always make the file system read-only"},
    Danger{"-E", "offset", kWholeDevice},
    Danger{"-E", "discard", "a new volume has nothing to discard, and some arrays refuse it"},
    Danger{"-E", "lazy_itable_init", kTooSlow},
    Danger{"-E", "lazy_journal_init", kTooSlow},
    Danger{"-E", "assume_storage_prezeroed", "nobody has read all of the volume"},
    Danger{"-E", "mmp_update_interval", kMmp},
    Danger{"-E", "root_owner", "the owner is given by fsOwner"},
    Danger{"-E", "test_fs", "it is for the developers of file systems"},
    Danger{"-J", "device", kOtherDevice},
    Danger{"-O", "^has_journal", kJournal},
    Danger{"-O", "journal_dev", kJournal},
    Danger{"-O", "mmp", kMmp},
    Danger{"-O", "none", kJournal},
    Danger{"-O", "^metadata_csum", "without checksums damage stays unseen"},
};

constexpr std::array kXfsDangers = {
    Danger{"-f", "", kForces},
    Danger{"-N", "", kMakesNothing},
    Danger{"-V", "", kMakesNothing},
    Danger{"-c", "", kFiles},
    Danger{"-p", "", kFiles},
    Danger{"-r", "", kOtherDevice},
    Danger{"-m", "uuid", kOwnUuid},
    Danger{"-m", "crc", "without checksums damage stays unseen"},
    Danger{"-d", "name", kOtherDevice},
    Danger{"-d", "file", kOtherDevice},
    Danger{"-d", "rtinherit", kOtherDevice},
    Danger{"-d", "size", kWholeDevice},
    Danger{"-l", "logdev", kOtherDevice},
    Danger{"-l", "name", kOtherDevice},
    Danger{"-l", "file", kOtherDevice},
    Danger{"-l", "internal", kOtherDevice},
};

/// The two tables of one file system.
class Rules {
 public:
  explicit Rules(const std::string& fs_type)
      : fs_type_(fs_type),
        settings_(fs_type == "xfs" ? std::span<const Setting>(kXfsSettings) : kExt4Settings),
        dangers_(fs_type == "xfs" ? std::span<const Danger>(kXfsDangers) : kExt4Dangers) {}

  bool knows(std::string_view flag) const {
    return std::any_of(settings_.begin(), settings_.end(), [&](const Setting& each) { return each.flag == flag; });
  }
  bool takes_argument(std::string_view flag) const {
    return std::any_of(settings_.begin(), settings_.end(), [&](const Setting& each) {
      return each.flag == flag && !(each.key.empty() && each.pattern.empty());
    });
  }
  bool takes_parts(std::string_view flag) const {
    return std::any_of(settings_.begin(), settings_.end(),
                       [&](const Setting& each) { return each.flag == flag && !each.key.empty(); });
  }
  const Setting* find(std::string_view flag, std::string_view key) const {
    const auto found = std::find_if(settings_.begin(), settings_.end(),
                                    [&](const Setting& each) { return each.flag == flag && each.key == key; });
    return found == settings_.end() ? nullptr : &*found;
  }
  /// ", because ..." or empty.
  std::string reason(std::string_view flag, std::string_view key) const {
    const auto found = std::find_if(dangers_.begin(), dangers_.end(),
                                    [&](const Danger& each) { return each.flag == flag && each.key == key; });
    return found == dangers_.end() ? "" : ", because " + std::string(found->reason);
  }
  /// "allowed: -E stride=N, ..." for one flag.
  std::string allowed(std::string_view flag) const { return "allowed: " + listed(flag); }
  /// The same for all of them, in short.
  std::string allowed() const {
    std::string text;
    std::string_view last;
    for (const Setting& each : settings_) {
      if (each.flag == last) continue;
      last = each.flag;
      text += (text.empty() ? "" : "; ") + (last == "-O" ? "-O [^]FEATURE,..." : listed(last));
    }
    return "allowed for fsType=" + fs_type_ + ": " + text;
  }

 private:
  std::string listed(std::string_view flag) const {
    std::string text;
    for (const Setting& each : settings_) {
      if (each.flag != flag) continue;
      const std::string shown = each.key.empty() ? show_pattern(each.pattern) : with_pattern(each.key, each.pattern);
      text += (text.empty() ? std::string(flag) + (shown.empty() ? "" : " ") : ",") + shown;
    }
    return flag == "-O" ? text + ", each also with ^ in front but for has_journal and metadata_csum" : text;
  }

  std::string fs_type_;
  std::span<const Setting> settings_;
  std::span<const Danger> dangers_;
};

void check_part(const Rules& rules, const std::string& flag, const std::string& part) {
  const std::size_t equals = part.find('=');
  const std::string key = part.substr(0, equals);
  std::optional<std::string_view> value;
  if (equals != std::string::npos) value = std::string_view(part).substr(equals + 1);
  const bool switched_off = flag == "-O" && key.starts_with("^") && rules.reason(flag, key).empty();
  const Setting* setting = rules.find(flag, switched_off ? key.substr(1) : key);
  if (setting && fits(setting->pattern, value)) return;
  refuse_because(
      kOption, flag + " " + printable(part) + " is not allowed" + rules.reason(flag, key) + "; " + rules.allowed(flag));
}

/// @return what was set, to find what is set twice
std::vector<std::string> check_argument(const Rules& rules, const std::string& flag, const std::string& argument) {
  if (!rules.takes_parts(flag)) {
    if (fits(rules.find(flag, "")->pattern, argument)) return {flag};
    refuse_because(kOption, flag + " " + printable(argument) + " is not allowed; " + rules.allowed(flag));
  }
  std::vector<std::string> set;
  for (const std::string& part : split(argument, ",")) {
    check_part(rules, flag, part);
    std::string key = part.substr(0, part.find('='));
    if (flag == "-O" && key.starts_with("^")) key.erase(0, 1);
    set.push_back(flag + " " + key);
  }
  return set;
}

}  // namespace

std::vector<std::string> check_mkfs_options(const std::string& fs_type, const std::vector<std::string>& words) {
  const Rules rules(fs_type);
  std::vector<std::string> checked;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string flag = words[i].substr(0, 2);
    std::string argument = words[i].size() > 2 ? words[i].substr(2) : "";
    if (!rules.knows(flag) || (!rules.takes_argument(flag) && !argument.empty()))
      refuse_because(kOption,
                     printable(words[i]) + " is not allowed" + rules.reason(flag, "") + "; " + rules.allowed());
    checked.push_back(flag);
    std::vector<std::string> set = {flag};
    if (rules.takes_argument(flag)) {
      if (argument.empty() && i + 1 == words.size())
        refuse_because(kOption, flag + " needs a value; " + rules.allowed(flag));
      if (argument.empty()) argument = words[++i];
      set = check_argument(rules, flag, argument);
      checked.push_back(argument);
    }
    for (const std::string& each : set)
      if (!seen.insert(each).second) refuse_because(kOption, each + " is given twice; give it once");
  }
  return checked;
}

}  // namespace hpe3par::volumes
