#include "hpe3par/volumes/options.h"

#include <array>

#include "hpe3par/base/error.h"
#include "mkfs_options.h"
#include "mount_options.h"
#include "option_table.h"
#include "option_text.h"

namespace hpe3par::volumes {
namespace {

using config::BackendConfig;
using config::Config;

constexpr const char* kBackend = "backend";
constexpr const char* kHelp = "help";
constexpr const char* kGroup = "replicationGroup";
constexpr const char* kBackends = "backends";

const BackendConfig& choose_backend(const RawOptions& options, const Config& config) {
  const auto named = options.find(kBackend);
  if (named == options.end()) return config.default_backend();
  if (const BackendConfig* backend = config.find_backend(named->second)) return *backend;
  std::string names;
  for (const BackendConfig& backend : config.backends) names += (names.empty() ? "" : ", ") + backend.name;
  refuse_value(kBackend, named->second, names + " (the sections of hpe.conf)");
}

VolumeOptions defaults_of(const BackendConfig& backend) {
  VolumeOptions options;
  options.backend = backend.name;
  options.cpg = backend.cpgs.front();
  options.snap_cpg = backend.snap_cpgs.empty() ? "" : backend.snap_cpgs.front();
  return options;
}

std::string octal(unsigned mode) {
  std::array<char, 16> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), mode, 8);
  return "0" + std::string(text.data(), end);
}

// Every option as text, in the user's terms; what can be compared and stored.
RawOptions to_text(const VolumeOptions& options) {
  RawOptions text = {
      {"size", std::to_string(options.size_gib)},
      {"provisioning", std::string(to_string(options.provisioning))},
      {"compression", options.compression ? "true" : "false"},
      {"flash-cache", options.flash_cache ? "true" : "false"},
      {kBackend, options.backend},
      {"cpg", options.cpg},
      {"fsType", options.fs_type},
      {"mountConflictDelay", std::to_string(options.mount_conflict_delay.count())},
  };
  if (!options.snap_cpg.empty()) text["snapcpg"] = options.snap_cpg;
  if (!options.replication_group.empty()) text[kGroup] = options.replication_group;
  if (!options.qos_set.empty()) text["qos-name"] = options.qos_set;
  if (!options.mkfs_options.empty()) text["mkfsOptions"] = join(options.mkfs_options, " ");
  if (!options.mount_options.empty()) text["mountOptions"] = join(options.mount_options, ",");
  if (options.owner_uid)
    text["fsOwner"] = std::to_string(*options.owner_uid) + ":" + std::to_string(*options.owner_gid);
  if (options.mode) text["fsMode"] = octal(*options.mode);
  return text;
}

[[noreturn]] void answer_help(const RawOptions& options, const Config& config) {
  if (options.size() > 1)
    throw Error(ErrorKind::invalid_argument,
                "option help must stand alone; allowed: -o help, -o help=backends, each without other options");
  const std::string& topic = options.at(kHelp);
  if (topic.empty()) throw Error(ErrorKind::invalid_argument, help_text(config));
  if (topic != kBackends) refuse_value(kHelp, topic, "help (the options), help=backends (the state of every backend)");
  std::vector<BackendLine> lines;
  for (const BackendConfig& each : config.backends)
    lines.push_back({each.name, each.array, std::string(config::to_string(each.transport)), "unknown", "", ""});
  throw Error(ErrorKind::invalid_argument, backends_text(lines));
}

// The volume exists, so what its record says of its file system is heeded as far as it makes sense.
void keep_what_makes_sense(VolumeOptions& options) {
  options.mount_options = applicable_mount_options(options.fs_type, options.mount_options);
  try {
    options.mkfs_options = check_mkfs_options(options.fs_type, options.mkfs_options);
  } catch (const Error&) {
    options.mkfs_options.clear();
  }
}

}  // namespace

bool asks_for_backends(const RawOptions& options) {
  return options.size() == 1 && options.begin()->first == kHelp && options.begin()->second == kBackends;
}

VolumeOptions parse_options(const RawOptions& options, const Config& config) {
  if (options.contains(kHelp)) answer_help(options, config);
  for (const auto& [name, value] : options)
    if (name != kBackend && !find_option(name)) refuse_option(name);
  const BackendConfig& backend = choose_backend(options, config);
  VolumeOptions parsed = defaults_of(backend);
  for (const auto& [name, value] : options)
    if (name != kBackend) find_option(name)->take(parsed, value);
  check_file_system_options(parsed);
  check_combinations(parsed);
  check_replication(parsed, backend, config);
  return parsed;
}

RawOptions to_record_options(const VolumeOptions& options, const Config& config) {
  const BackendConfig* backend = config.find_backend(options.backend);
  const RawOptions defaults = to_text(defaults_of(backend ? *backend : config.default_backend()));
  RawOptions stored;
  for (const auto& [name, value] : to_text(options)) {
    const auto same = defaults.find(name);
    const bool is_default =
        name == kBackend ? value == config.default_backend().name : same != defaults.end() && same->second == value;
    if (!is_default && name != kGroup) stored[name] = value;
  }
  return stored;
}

VolumeOptions from_record_options(const RawOptions& options, const Config& config) {
  const auto named = options.find(kBackend);
  const BackendConfig* backend = named == options.end() ? nullptr : config.find_backend(named->second);
  VolumeOptions parsed = defaults_of(backend ? *backend : config.default_backend());
  if (named != options.end()) parsed.backend = named->second;
  for (const auto& [name, value] : options) {
    const Option* option = find_option(name);
    if (!option || name == kGroup) continue;
    try {
      option->take(parsed, value);
    } catch (const Error&) {
      // keeps the default
    }
  }
  keep_what_makes_sense(parsed);
  return parsed;
}

std::string describe_differences(const VolumeOptions& existing, const VolumeOptions& wanted) {
  const RawOptions is = to_text(existing);
  const RawOptions should = to_text(wanted);
  std::string text;
  const auto add = [&](const std::string& name, const std::string& a, const std::string& b) {
    text += (text.empty() ? "" : "; ") + name + " is " + printable(a) + ", not " + printable(b);
  };
  for (const auto& [name, value] : is) {
    const auto other = should.find(name);
    if (other == should.end()) {
      add(name, value, "unset");
    } else if (other->second != value) {
      add(name, value, other->second);
    }
  }
  for (const auto& [name, value] : should)
    if (!is.contains(name)) add(name, "unset", value);
  return text;
}

}  // namespace hpe3par::volumes
