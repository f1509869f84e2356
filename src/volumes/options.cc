#include "hpe3par/volumes/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "hpe3par/base/error.h"

namespace hpe3par::volumes {
namespace {

using array::Provisioning;
using config::BackendConfig;
using config::Config;

constexpr int kMinSize = 1;
constexpr int kMaxSize = 16384;
constexpr int kMaxConflictDelay = 3600;

[[noreturn]] void refuse(const std::string& option, const std::string& value, const std::string& allowed) {
  throw Error(ErrorKind::invalid_argument, "option " + option + "=" + value + " is not allowed; allowed: " + allowed);
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

int parse_range(const std::string& option, const std::string& value, int low, int high, const std::string& unit) {
  const std::optional<int> number = parse_number<int>(value);
  if (!number || *number < low || *number > high)
    refuse(option, value, "a whole number of " + unit + " from " + std::to_string(low) + " to " + std::to_string(high));
  return *number;
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

void take_size(VolumeOptions& options, const std::string& value) {
  options.size_gib = parse_range("size", value, kMinSize, kMaxSize, "GiB");
}

void take_provisioning(VolumeOptions& options, const std::string& value) {
  if (value == "thin") {
    options.provisioning = Provisioning::thin;
  } else if (value == "full") {
    options.provisioning = Provisioning::full;
  } else {
    refuse("provisioning", value, "thin, full");
  }
}

std::string object_name(const std::string& option, const std::string& value) {
  const auto legal = [](unsigned char c) { return std::isalnum(c) || c == '.' || c == '_' || c == '-'; };
  if (value.empty() || value.size() > 31 || value.front() == '-' || !std::all_of(value.begin(), value.end(), legal))
    refuse(option, value, "the name of a CPG: 1 to 31 letters, digits, '.', '_' or '-'");
  return value;
}

void take_cpg(VolumeOptions& options, const std::string& value) {
  options.cpg = object_name("cpg", value);
}

void take_snap_cpg(VolumeOptions& options, const std::string& value) {
  options.snap_cpg = object_name("snapcpg", value);
}

void take_owner(VolumeOptions& options, const std::string& value) {
  const std::size_t colon = value.find(':');
  const auto uid = parse_number<unsigned>(value.substr(0, colon));
  const auto gid = colon == std::string::npos ? std::nullopt : parse_number<unsigned>(value.substr(colon + 1));
  constexpr unsigned kNobodyChanged = 0xffffffffU;  // chown(2): leave as it is
  if (!uid || !gid || *uid == kNobodyChanged || *gid == kNobodyChanged)
    refuse("fsOwner", value, "UID:GID, two numbers");
  options.owner_uid = uid;
  options.owner_gid = gid;
}

void take_mode(VolumeOptions& options, const std::string& value) {
  const auto mode = parse_number<unsigned>(value, 8);
  if (!mode || value.size() > 5 || *mode > 07777U) refuse("fsMode", value, "an octal mode such as 0755, at most 07777");
  options.mode = mode;
}

void take_conflict_delay(VolumeOptions& options, const std::string& value) {
  options.mount_conflict_delay =
      std::chrono::seconds(parse_range("mountConflictDelay", value, 0, kMaxConflictDelay, "seconds"));
}

// `manager` was set by HPE's Kubernetes tools and never had a meaning.
void take_nothing(VolumeOptions&, const std::string&) {}

struct Option {
  std::string_view name;
  void (*take)(VolumeOptions&, const std::string&);
  std::string_view help;
};

constexpr std::array kOptions = {
    Option{"size", take_size, "size in GiB, 1 to 16384; default 100"},
    Option{"provisioning", take_provisioning, "thin or full; default thin"},
    Option{"cpg", take_cpg, "CPG for the data; default: the first hpe3par_cpg of the backend"},
    Option{"snapcpg", take_snap_cpg, "CPG for snapshots; default: the first hpe3par_snapcpg of the backend"},
    Option{"fsOwner", take_owner, "UID:GID that owns the root of the file system, set once when it is made"},
    Option{"fsMode", take_mode, "octal mode of that root, e.g. 0755, set once as well"},
    Option{"mountConflictDelay", take_conflict_delay,
           "seconds a mount waits for another host to let go, 0 to 3600; default 30"},
    Option{"manager", take_nothing, "accepted for old scripts, has no meaning"},
};

std::string allowed_options() {
  std::string names;
  for (const Option& option : kOptions)
    if (option.take != take_nothing) names += std::string(option.name) + ", ";
  return names + "backend, help";
}

const BackendConfig& choose_backend(const RawOptions& options, const Config& config) {
  const auto named = options.find("backend");
  if (named == options.end()) return config.default_backend();
  if (const BackendConfig* backend = config.find_backend(named->second)) return *backend;
  std::string names;
  for (const BackendConfig& backend : config.backends) names += (names.empty() ? "" : ", ") + backend.name;
  refuse("backend", named->second, names + " (the sections of hpe.conf)");
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
std::map<std::string, std::string> to_text(const VolumeOptions& options) {
  std::map<std::string, std::string> text = {
      {"size", std::to_string(options.size_gib)},
      {"provisioning", std::string(to_string(options.provisioning))},
      {"backend", options.backend},
      {"cpg", options.cpg},
      {"snapcpg", options.snap_cpg},
      {"mountConflictDelay", std::to_string(options.mount_conflict_delay.count())},
  };
  if (options.owner_uid)
    text["fsOwner"] = std::to_string(*options.owner_uid) + ":" + std::to_string(*options.owner_gid);
  if (options.mode) text["fsMode"] = octal(*options.mode);
  return text;
}

}  // namespace

VolumeOptions parse_options(const RawOptions& options, const Config& config) {
  if (options.contains("help")) throw Error(ErrorKind::invalid_argument, help_text(config));
  VolumeOptions parsed = defaults_of(choose_backend(options, config));
  for (const auto& [name, value] : options) {
    if (name == "backend") continue;
    const auto option = std::find_if(kOptions.begin(), kOptions.end(),
                                     [key = std::string_view(name)](const Option& each) { return each.name == key; });
    if (option == kOptions.end())
      throw Error(ErrorKind::invalid_argument,
                  "option " + name.substr(0, 100) + " is not known; allowed: " + allowed_options());
    option->take(parsed, value);
  }
  return parsed;
}

RawOptions to_record_options(const VolumeOptions& options, const Config& config) {
  const BackendConfig* backend = config.find_backend(options.backend);
  const RawOptions defaults = to_text(defaults_of(backend ? *backend : config.default_backend()));
  RawOptions stored;
  for (const auto& [name, value] : to_text(options)) {
    const auto same = defaults.find(name);
    const bool is_default =
        name == "backend" ? value == config.default_backend().name : same != defaults.end() && same->second == value;
    if (!is_default) stored[name] = value;
  }
  return stored;
}

VolumeOptions from_record_options(const RawOptions& options, const Config& config) {
  const auto named = options.find("backend");
  const BackendConfig* backend = named == options.end() ? nullptr : config.find_backend(named->second);
  VolumeOptions parsed = defaults_of(backend ? *backend : config.default_backend());
  if (named != options.end()) parsed.backend = named->second;
  for (const auto& [name, value] : options) {
    const auto option = std::find_if(kOptions.begin(), kOptions.end(),
                                     [key = std::string_view(name)](const Option& each) { return each.name == key; });
    if (option == kOptions.end()) continue;
    try {
      option->take(parsed, value);
    } catch (const Error&) {
      // keeps the default
    }
  }
  return parsed;
}

std::string describe_differences(const VolumeOptions& existing, const VolumeOptions& wanted) {
  const RawOptions is = to_text(existing);
  const RawOptions should = to_text(wanted);
  std::string text;
  const auto add = [&](const std::string& name, const std::string& a, const std::string& b) {
    text += (text.empty() ? "" : "; ") + name + " is " + a + ", not " + b;
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

std::string help_text(const Config& config) {
  std::string text = "options of a volume (docker volume create -d hpe -o NAME=VALUE ...):\n";
  for (const Option& option : kOptions)
    text += "  " + std::string(option.name) + std::string(20 - std::min<std::size_t>(19, option.name.size()), ' ') +
            std::string(option.help) + "\n";
  text += "  backend             section of hpe.conf that says where the volume goes; one of:";
  for (const BackendConfig& backend : config.backends) text += " " + backend.name;
  text += "\n  help                this text\n";
  return text;
}

}  // namespace hpe3par::volumes
