#include "hpe3par/config/config.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "hpe3par/base/error.h"
#include "ini.h"
#include "keys.h"

namespace hpe3par::config {
namespace {

constexpr std::string_view kDefault = "DEFAULT";
constexpr std::string_view kDefaultBlock = "DEFAULT_BLOCK";

[[noreturn]] void fail(const std::string& file, int line, const std::string& text) {
  throw Error(ErrorKind::invalid_argument, file + ":" + std::to_string(line) + ": " + text);
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// The keys of one section, each with its place. Getters check and name the offender.
class Section {
 public:
  Section(std::string file, IniSection place) : file_(std::move(file)), place_(std::move(place)) {}

  void put(const Key& key, const IniEntry& entry) { entries_[std::string(key.name)] = entry; }

  bool has(const std::string& key) const { return entries_.contains(key) && !entries_.at(key).value.empty(); }

  std::string text(const std::string& key, const std::string& fallback = "") const {
    return has(key) ? entries_.at(key).value : fallback;
  }

  /// Where the key stands, else where the section begins.
  int line_of(const std::string& key) const { return entries_.contains(key) ? entries_.at(key).line : place_.line; }

  std::string required(const std::string& key) const {
    if (!has(key)) fail(file_, line_of(key), "section [" + place_.name + "] needs a value for " + key);
    return text(key);
  }

  int integer(const std::string& key, int fallback, int low, int high) const {
    if (!has(key)) return fallback;
    const std::string value = text(key);
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < low || number > high)
      refuse(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return number;
  }

  bool boolean(const std::string& key, bool fallback) const {
    if (!has(key)) return fallback;
    const std::string value = lower(text(key));
    if (value == "true" || value == "yes" || value == "1" || value == "on") return true;
    if (value == "false" || value == "no" || value == "0" || value == "off") return false;
    refuse(key, "true or false");
  }

  std::vector<std::string> list(const std::string& key) const {
    std::vector<std::string> parts;
    std::string part;
    std::istringstream stream(text(key));
    while (std::getline(stream, part, ',')) {
      const std::size_t begin = part.find_first_not_of(" \t\n");
      if (begin != std::string::npos) parts.push_back(part.substr(begin, part.find_last_not_of(" \t\n") - begin + 1));
    }
    return parts;
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& allowed) const {
    fail(file_, entries_.at(key).line, key + " = " + text(key) + " is not allowed; allowed: " + allowed);
  }

  const std::string& name() const { return place_.name; }

 private:
  std::string file_;
  IniSection place_;
  std::map<std::string, IniEntry> entries_;
};

Transport parse_transport(const Section& section) {
  const std::string word = section.required("hpedockerplugin_driver");
  if (word == "loop") return Transport::loop;
  if (word == "iscsi" || word == "hpedockerplugin.hpe.hpe_3par_iscsi.HPE3PARISCSIDriver") return Transport::iscsi;
  if (word == "fc" || word == "hpedockerplugin.hpe.hpe_3par_fc.HPE3PARFCDriver") return Transport::fc;
  section.refuse(
      "hpedockerplugin_driver",
      "iscsi, fc, loop, and the class paths of HPE's plugin for iSCSI and FC (File Persona is not supported)");
}

ConflictPolicy parse_policy(const Section& section) {
  const std::string word = section.text("mount_conflict_policy", "dead");
  if (word == "dead") return ConflictPolicy::dead;
  if (word == "always") return ConflictPolicy::always;
  if (word == "refuse") return ConflictPolicy::refuse;
  section.refuse("mount_conflict_policy", "dead, always, refuse");
}

// host:port of http(s)://host[:port]/api/v1.
std::string parse_authority(const Section& section) {
  const std::string url = section.required("hpe3par_api_url");
  const bool secure = url.starts_with("https://");
  const std::size_t begin = secure ? 8 : 7;
  const std::size_t slash = url.find('/', begin);
  std::string path = slash == std::string::npos ? "" : url.substr(slash);
  while (path.ends_with('/')) path.pop_back();
  const std::string authority =
      url.substr(std::min(begin, url.size()), slash == std::string::npos ? slash : slash - begin);
  if ((!secure && !url.starts_with("http://")) || path != "/api/v1" || authority.empty() ||
      authority.find('@') != std::string::npos)
    section.refuse("hpe3par_api_url", "https://HOST:PORT/api/v1");
  const bool has_port =
      authority.find(':', authority.rfind(']') == std::string::npos ? 0 : authority.rfind(']')) != std::string::npos;
  return has_port ? authority : authority + (secure ? ":443" : ":80");
}

BackendConfig parse_backend(const Section& section) {
  BackendConfig backend;
  backend.name = section.name();
  backend.transport = parse_transport(section);
  backend.array = parse_authority(section);
  backend.api_url = section.required("hpe3par_api_url");
  while (backend.api_url.ends_with('/')) backend.api_url.pop_back();
  backend.username = section.required("hpe3par_username");
  backend.password = Secret(section.required("hpe3par_password"));
  section.required("hpe3par_cpg");
  backend.cpgs = section.list("hpe3par_cpg");
  if (backend.cpgs.empty()) section.refuse("hpe3par_cpg", "one or more CPG names, separated by commas");
  backend.snap_cpgs = section.has("hpe3par_snapcpg") ? section.list("hpe3par_snapcpg") : backend.cpgs;
  backend.ca_file = section.text("hpe3par_ca_file");
  backend.tls_pin = section.text("hpe3par_tls_pin");
  if (!backend.tls_pin.empty() && !backend.tls_pin.starts_with("sha256//"))
    section.refuse("hpe3par_tls_pin", "sha256//BASE64 of the public key");
  backend.tls_verify = section.boolean("hpe3par_tls_verify", true);
  backend.wsapi_sessions = section.integer("wsapi_sessions", 4, 1, 64);
  backend.loop_dir = section.text("loop_dir");
  if (backend.transport == Transport::loop) section.required("loop_dir");
  return backend;
}

HostConfig parse_host(const Section& section) {
  HostConfig host;
  host.host_name = section.text("host_name");
  host.initiator_iqn = section.text("initiator_iqn");
  host.volume_namespace = section.text("volume_namespace");
  if (host.volume_namespace.size() > 31 ||
      host.volume_namespace.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
          std::string::npos)
    section.refuse("volume_namespace", "up to 31 letters, digits, '.', '_' and '-'");
  host.mount_conflict_policy = parse_policy(section);
  if (section.has("create_mount_timeout"))
    host.create_mount_timeout = std::chrono::seconds(section.integer("create_mount_timeout", 0, 5, 600));
  if (section.has("other_timeout"))
    host.other_timeout = std::chrono::seconds(section.integer("other_timeout", 0, 5, 600));
  return host;
}

class Parser {
 public:
  explicit Parser(std::string file) : file_(std::move(file)) {}

  Config parse(std::string_view text) {
    const IniFile ini = parse_ini(text, file_);
    for (const IniSection& section : ini.sections) sections_.emplace_back(file_, section);
    for (const IniEntry& entry : ini.entries) sort_in(entry);
    if (sections_.empty()) fail(file_, 1, "there is no section; at least [DEFAULT] is needed");

    Config config;
    for (const Section& section : sections_) {
      if (section.name() == kDefault) config.host = parse_host(section);
      if (!is_backend(section)) continue;
      config.backends.push_back(parse_backend(section));
      warn_about(section, config.backends.back());
    }
    if (!config.find_backend(kDefault) && !config.find_backend(kDefaultBlock))
      fail(file_, 1, "a default backend is needed: a section [DEFAULT] or [DEFAULT_BLOCK] with hpe3par_api_url");
    config.warnings = std::move(warnings_);
    return config;
  }

 private:
  // [DEFAULT] may hold nothing but what is true for the whole host, next to a [DEFAULT_BLOCK].
  bool is_backend(const Section& section) const {
    const bool other_default = std::any_of(sections_.begin(), sections_.end(),
                                           [](const Section& each) { return each.name() == kDefaultBlock; });
    return section.name() != kDefault || !other_default || section.has("hpe3par_api_url");
  }

  void sort_in(const IniEntry& entry) {
    const Key* key = find_key(entry.key);
    if (!key) {
      const std::string_view closest = closest_key(entry.key);
      fail(file_, entry.line,
           "unknown key " + entry.key + (closest.empty() ? "" : "; did you mean " + std::string(closest) + "?"));
    }
    if (key->use == KeyUse::host && entry.section != kDefault)
      fail(file_, entry.line,
           entry.key + " holds for the whole host and must stand in [DEFAULT], not in [" + entry.section + "]");
    if (key->use == KeyUse::obsolete || key->use == KeyUse::later) warn_once(*key, entry);
    section(entry.section).put(*key, entry);
  }

  void warn_once(const Key& key, const IniEntry& entry) {
    if (warned_.insert(key.name).second) warn(entry.line, entry.key + " has no effect: " + std::string(key.note));
  }

  void warn_about(const Section& section, const BackendConfig& backend) {
    if (backend.api_url.starts_with("http://"))
      warn(section.line_of("hpe3par_api_url"),
           "hpe3par_api_url is http://, so the password of " + backend.username + " goes over the network unencrypted");
    else if (!backend.tls_verify)
      warn(section.line_of("hpe3par_tls_verify"),
           "hpe3par_tls_verify = false, so anybody on the network can pose as the array and read the password");
  }

  void warn(int line, const std::string& text) {
    warnings_.push_back(file_ + ":" + std::to_string(line) + ": " + text);
  }

  Section& section(const std::string& name) {
    return *std::find_if(sections_.begin(), sections_.end(), [&](const Section& each) { return each.name() == name; });
  }

  std::string file_;
  std::vector<Section> sections_;
  std::vector<std::string> warnings_;
  std::set<std::string_view> warned_;
};

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

}  // namespace

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::iscsi: return "iscsi";
    case Transport::fc: return "fc";
    case Transport::loop: return "loop";
  }
  return "";
}

std::string_view to_string(ConflictPolicy policy) {
  switch (policy) {
    case ConflictPolicy::dead: return "dead";
    case ConflictPolicy::always: return "always";
    case ConflictPolicy::refuse: return "refuse";
  }
  return "";
}

// The parser has made sure that one of the two is there.
const BackendConfig& Config::default_backend() const {
  const auto is_default = [](const BackendConfig& each) { return each.name == kDefault; };
  const auto is_block = [](const BackendConfig& each) { return each.name == kDefaultBlock; };
  const auto found = std::find_if(backends.begin(), backends.end(), is_default);
  return found != backends.end() ? *found : *std::find_if(backends.begin(), backends.end(), is_block);
}

const BackendConfig* Config::find_backend(std::string_view name) const {
  const auto found =
      std::find_if(backends.begin(), backends.end(), [&](const BackendConfig& b) { return b.name == name; });
  return found == backends.end() ? nullptr : &*found;
}

Config parse_config(std::string_view text, const std::string& file) {
  return Parser(file).parse(text);
}

Config load_config(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf()))
    throw Error(ErrorKind::unavailable, "cannot read the configuration file " + file.string() +
                                            "; create it (see config/hpe.conf.sample) or name another with --config");
  return parse_config(text.str(), file.string());
}

std::string describe(const Config& config) {
  std::ostringstream out;
  out << "[host]\n"
      << "host_name = " << (config.host.host_name.empty() ? "(this machine's)" : config.host.host_name) << "\n"
      << "volume_namespace = " << config.host.volume_namespace << "\n"
      << "mount_conflict_policy = " << to_string(config.host.mount_conflict_policy) << "\n";
  for (const BackendConfig& backend : config.backends) {
    out << "\n[backend " << backend.name << "]\n"
        << "hpedockerplugin_driver = " << to_string(backend.transport) << "\n"
        << "hpe3par_api_url = " << backend.api_url << "\n"
        << "hpe3par_username = " << backend.username << "\n"
        << "hpe3par_password = ***\n"
        << "hpe3par_cpg = " << joined(backend.cpgs) << "\n"
        << "hpe3par_snapcpg = " << joined(backend.snap_cpgs) << "\n"
        << "hpe3par_tls_verify = " << (backend.tls_verify ? "true" : "false") << "\n"
        << "wsapi_sessions = " << backend.wsapi_sessions << "\n";
    if (!backend.ca_file.empty()) out << "hpe3par_ca_file = " << backend.ca_file << "\n";
    if (!backend.tls_pin.empty()) out << "hpe3par_tls_pin = " << backend.tls_pin << "\n";
    if (!backend.loop_dir.empty()) out << "loop_dir = " << backend.loop_dir.string() << "\n";
  }
  return out.str();
}

}  // namespace hpe3par::config
