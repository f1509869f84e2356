#include "sections.h"

#include <algorithm>

#include "access.h"
#include "checks.h"
#include "keys.h"
#include "replication_device.h"

namespace hpe3par::config {
namespace {

constexpr const char* kDriver = "hpedockerplugin_driver";
constexpr std::string_view kFilePersona = "hpedockerplugin.hpe.hpe_3par_file.HPE3PARFileDriver";

Transport parse_transport(const Values& values) {
  const std::string word = values.required(kDriver);
  if (word == "loop") return Transport::loop;
  if (word == "iscsi" || word == "hpedockerplugin.hpe.hpe_3par_iscsi.HPE3PARISCSIDriver") return Transport::iscsi;
  if (word == "fc" || word == "hpedockerplugin.hpe.hpe_3par_fc.HPE3PARFCDriver") return Transport::fc;
  values.refuse(kDriver, "iscsi, fc, loop, and the class paths of HPE's plugin for iSCSI and FC");
}

ConflictPolicy parse_policy(const Values& values) {
  const std::string word = values.text("mount_conflict_policy", "dead");
  if (word == "dead") return ConflictPolicy::dead;
  if (word == "always") return ConflictPolicy::always;
  if (word == "refuse") return ConflictPolicy::refuse;
  values.refuse("mount_conflict_policy", "dead, always, refuse");
}

PeerSilent parse_peer_silent(const Values& values) {
  const std::string word = values.text("peer_silent", "serve");
  if (word == "serve") return PeerSilent::serve;
  if (word == "refuse") return PeerSilent::refuse;
  values.refuse("peer_silent", "serve, refuse");
}

std::optional<Millis> parse_timeout(const Values& values, const std::string& key) {
  if (!values.has(key)) return std::nullopt;
  return std::chrono::seconds(values.integer(key, 0, 5, 600));
}

// HPE's older way to name a single address counts where hpe3par_iscsi_ips is not set.
void parse_single_portal(const Values& values, BackendConfig& backend, Warnings& warnings) {
  const int port = values.integer("iscsi_port", Portal{}.port, 1, 65535);
  if (!values.has("iscsi_ip_address")) return;
  const std::string address = values.text("iscsi_ip_address");
  if (!is_address(address)) values.refuse("iscsi_ip_address", "an IP address or a host name");
  if (backend.iscsi_portals.empty())
    backend.iscsi_portals = {{address, port}};
  else
    warnings.add(values.line_of("iscsi_ip_address"), "iscsi_ip_address has no effect: hpe3par_iscsi_ips is set");
}

// What may be missing.
void parse_settings(const Values& values, BackendConfig& backend, Warnings& warnings) {
  backend.snap_cpgs = values.has("hpe3par_snapcpg") ? parse_array_names(values, "hpe3par_snapcpg") : backend.cpgs;
  backend.wsapi_sessions = values.integer("wsapi_sessions", 4, 1, 64);
  backend.iscsi_chap_enabled = values.boolean("hpe3par_iscsi_chap_enabled", false);
  parse_single_portal(values, backend, warnings);
}

// An array as one section or one replication_device describes it.
struct Claim {
  const ArrayAccess* access = nullptr;
  int wsapi_sessions = 0;
  std::string who;
  int line = 0;
};

std::vector<Claim> claims_of(const std::vector<BackendConfig>& backends, const std::vector<Section>& sections) {
  std::vector<Claim> claims;
  std::vector<Claim> peers;
  for (const BackendConfig& backend : backends) {
    const auto section =
        std::find_if(sections.begin(), sections.end(), [&](const Section& each) { return each.name == backend.name; });
    const std::string who = "[" + backend.name + "]";
    claims.push_back({&backend, backend.wsapi_sessions, who, section->values.line_of("hpe3par_api_url")});
    if (backend.replication)
      peers.push_back({&*backend.replication, backend.wsapi_sessions, "replication_device of " + who,
                       section->replication.front().line});
  }
  claims.insert(claims.end(), peers.begin(), peers.end());
  return claims;
}

bool same_password(const ArrayAccess& a, const ArrayAccess& b) {
  if (a.password_file && b.password_file) return a.password_file->path == b.password_file->path;
  return a.password_file.has_value() == b.password_file.has_value() && a.password == b.password;
}

std::string differences(const Claim& a, const Claim& b) {
  std::string names;
  const auto compare = [&](bool same, const char* name) {
    if (!same) names += (names.empty() ? "" : ", ") + std::string(name);
  };
  compare(a.access->username == b.access->username, "hpe3par_username");
  compare(same_password(*a.access, *b.access), "hpe3par_password");
  compare(a.access->ca_file == b.access->ca_file, "hpe3par_ca_file");
  compare(a.access->tls_pin == b.access->tls_pin, "hpe3par_tls_pin");
  compare(a.access->tls_verify == b.access->tls_verify, "hpe3par_tls_verify");
  compare(a.wsapi_sessions == b.wsapi_sessions, "wsapi_sessions");
  return names;
}

}  // namespace

HostConfig parse_host(const Values& values) {
  HostConfig host;
  host.host_name = values.text("host_name");
  if (!host.host_name.empty() && !is_array_name(host.host_name))
    values.refuse("host_name", "1 to 31 letters, digits, '.', '_', '-', not beginning with '-'");
  host.initiator_iqn = values.text("initiator_iqn");
  if (!host.initiator_iqn.empty() && !is_initiator(host.initiator_iqn))
    values.refuse("initiator_iqn", "an iSCSI name (iqn.YYYY-MM.AUTHORITY:NAME, eui., naa.) or a WWPN of 16 hex digits");
  host.volume_namespace = values.text("volume_namespace");
  if (!host.volume_namespace.empty() && !is_namespace(host.volume_namespace))
    values.refuse("volume_namespace", "up to 31 letters, digits, '.', '_' and '-'");
  host.mount_conflict_policy = parse_policy(values);
  host.peer_silent = parse_peer_silent(values);
  host.local_site = values.text("local_site");
  host.metrics_listen = values.text("metrics_listen");
  if (!host.metrics_listen.empty() && parse_portal(host.metrics_listen, 0).value_or(Portal{"", 0}).port == 0)
    values.refuse("metrics_listen", "HOST:PORT");
  host.create_mount_timeout = parse_timeout(values, "create_mount_timeout");
  host.other_timeout = parse_timeout(values, "other_timeout");
  return host;
}

void check_useless(const Section& section, Warnings& warnings) {
  const Values& values = section.values;
  Warnings untold(values.origin().file);
  BackendConfig backend;
  if (values.has(kDriver)) backend.transport = parse_transport(values);
  parse_settings(values, backend, untold);
  parse_pin(values);
  values.boolean("hpe3par_tls_verify", true);
  parse_portals(values);
  if (!section.replication.empty()) {
    const Values pairs = read_replication_values(section.replication, values.origin().file, untold);
    parse_replication(pairs, backend, untold);
  }

  const auto warn = [&](int line, std::string_view key) {
    warnings.add(line, std::string(key) +
                           " has no effect: next to [DEFAULT_BLOCK], [DEFAULT] is no backend, and nothing is inherited "
                           "from it");
  };
  for (const Key& key : known_keys()) {
    const std::string name(key.name);
    if (key.place == KeyPlace::backend && key.use == KeyUse::active && name != kDriver && values.has(name))
      warn(values.line_of(name), name);
  }
  if (!section.replication.empty()) warn(section.replication.front().line, "replication_device");
}

bool is_file_persona(const Section& section) {
  return section.values.text(kDriver) == kFilePersona;
}

BackendConfig parse_backend(const Section& section, Warnings& warnings) {
  const Values& values = section.values;
  BackendConfig backend;
  backend.name = section.name;
  backend.transport = parse_transport(values);
  static_cast<ArrayAccess&>(backend) = parse_access(values, backend.transport);
  values.require("hpe3par_cpg");
  backend.cpgs = parse_array_names(values, "hpe3par_cpg");
  parse_settings(values, backend, warnings);
  warn_about_trust(values, backend, warnings);
  if (section.replication.empty()) return backend;
  const Values pairs = read_replication_values(section.replication, values.origin().file, warnings);
  backend.replication = parse_replication(pairs, backend, warnings);
  return backend;
}

void warn_about_shared_arrays(const std::vector<BackendConfig>& backends, const std::vector<Section>& sections,
                              Warnings& warnings) {
  std::vector<Claim> first;
  for (const Claim& claim : claims_of(backends, sections)) {
    const auto known = std::find_if(first.begin(), first.end(),
                                    [&](const Claim& each) { return each.access->array == claim.access->array; });
    if (known == first.end()) {
      first.push_back(claim);
      continue;
    }
    const std::string names = differences(*known, claim);
    if (!names.empty())
      warnings.add(claim.line, claim.who + " is on the same array as " + known->who + " and differs in " + names +
                                   "; an array's sessions are shared, and what " + known->who + " says counts");
  }
}

}  // namespace hpe3par::config
