#include "keys.h"

#include <algorithm>
#include <array>
#include <string>

namespace hpe3par::config {
namespace {

constexpr std::string_view kNoStore = "volume records are kept on the arrays, no etcd is used";
constexpr std::string_view kNoSsh = "everything is done over WSAPI, SSH is not used";
constexpr std::string_view kNoFiles = "File Persona shares are not supported";
constexpr std::string_view kUseLogLevel = "use the option --log-level";
constexpr std::string_view kMultipath = "multipath is always used where the transport has it";
constexpr std::string_view kNeverUsed = "it never had an effect on block volumes";

constexpr Key host_key(std::string_view name) {
  return {name, KeyPlace::host, KeyUse::active, ""};
}
constexpr Key backend_key(std::string_view name, KeyShape shape = KeyShape::line) {
  return {name, KeyPlace::backend, KeyUse::active, "", shape};
}
constexpr Key obsolete(std::string_view name, std::string_view note, KeyShape shape = KeyShape::line) {
  return {name, KeyPlace::backend, KeyUse::obsolete, note, shape};
}
constexpr Key silent(std::string_view name) {
  return {name, KeyPlace::backend, KeyUse::silent, ""};
}

constexpr std::array kKeys = {
    host_key("host_name"),
    host_key("initiator_iqn"),
    host_key("volume_namespace"),
    host_key("mount_conflict_policy"),
    host_key("create_mount_timeout"),
    host_key("other_timeout"),
    host_key("peer_silent"),
    Key{"local_site", KeyPlace::host, KeyUse::later, "this version prefers no site"},
    Key{"metrics_listen", KeyPlace::host, KeyUse::later, "metrics are not supported by this version"},
    backend_key("hpedockerplugin_driver"),
    backend_key("hpe3par_api_url"),
    backend_key("hpe3par_username"),
    backend_key("hpe3par_password"),
    backend_key("hpe3par_password_file"),
    backend_key("hpe3par_cpg", KeyShape::list),
    backend_key("hpe3par_snapcpg", KeyShape::list),
    backend_key("hpe3par_ca_file"),
    backend_key("hpe3par_tls_pin"),
    backend_key("hpe3par_tls_verify"),
    backend_key("wsapi_sessions"),
    backend_key("loop_dir"),
    backend_key("hpe3par_iscsi_ips", KeyShape::list),
    backend_key("hpe3par_iscsi_chap_enabled"),
    backend_key("iscsi_ip_address"),
    backend_key("iscsi_port"),
    Key{"replication_device", KeyPlace::backend, KeyUse::active, "", KeyShape::pairs},
    silent("san_ip"),
    silent("san_login"),
    silent("san_password"),
    silent("san_password_file"),
    obsolete("host_etcd_ip_address", kNoStore, KeyShape::list),
    obsolete("host_etcd_port_number", kNoStore),
    obsolete("host_etcd_client_cert", kNoStore),
    obsolete("host_etcd_client_key", kNoStore),
    obsolete("host_etcd_ca_cert", kNoStore),
    obsolete("host_etcd_*", kNoStore),
    obsolete("mount_prefix", "use the option --mount-dir"),
    obsolete("mount_conflict_delay", "use docker volume create -o mountConflictDelay=SECONDS"),
    obsolete("initialize_default_backend", "every backend is used, and one that does not answer is tried again"),
    obsolete("ssh_hosts_key_file", kNoSsh),
    obsolete("strict_ssh_host_key_policy", kNoSsh),
    obsolete("san_ssh_port", kNoSsh),
    obsolete("san_private_key", kNoSsh),
    obsolete("ssh_conn_timeout", kNoSsh),
    obsolete("logging", kUseLogLevel),
    obsolete("hpe3par_debug", kUseLogLevel),
    obsolete("suppress_requests_ssl_warnings", "certificates are verified; see hpe3par_ca_file"),
    obsolete("use_multipath", kMultipath),
    obsolete("enforce_multipath", kMultipath),
    obsolete("use_chap_auth", kNeverUsed),
    obsolete("chap_username", kNeverUsed),
    obsolete("chap_password", kNeverUsed),
    obsolete("timeout", kNeverUsed),
    obsolete("vlan_tag", kNeverUsed),
    obsolete("my_ip", "name the array's iSCSI addresses with hpe3par_iscsi_ips"),
    obsolete("hpe3par_iscsi_single*", "name the array's iSCSI addresses with hpe3par_iscsi_ips"),
    obsolete("hpe3par_server_ip_pool", kNoFiles, KeyShape::list),
    obsolete("hpe3par_default_fpg_size", kNoFiles),
};

constexpr std::array<std::string_view, 19> kReplicationKeys = {
    "backend_id",         "replication_mode",      "cpg_map",           "snap_cpg_map",
    "quorum_witness_ip",  "sync_period",           "hpe3par_api_url",   "hpe3par_username",
    "hpe3par_password",   "hpe3par_password_file", "hpe3par_ca_file",   "hpe3par_tls_pin",
    "hpe3par_tls_verify", "hpe3par_iscsi_ips",     "loop_dir",          "san_ip",
    "san_login",          "san_password",          "san_password_file",
};

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::span<const Key> known_keys() {
  return kKeys;
}

std::span<const std::string_view> replication_keys() {
  return kReplicationKeys;
}

std::string modern_spelling(std::string_view name) {
  return name.starts_with("hp3par_") ? "hpe3par_" + std::string(name.substr(7)) : std::string(name);
}

const Key* find_key(std::string_view name) {
  const std::string wanted = modern_spelling(name);
  const auto found =
      std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return matches(key.name, wanted); });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string_view find_replication_key(std::string_view name) {
  const std::string wanted = name == "hpe_iscsi_address" ? "hpe3par_iscsi_ips" : modern_spelling(name);
  const auto found = std::find(kReplicationKeys.begin(), kReplicationKeys.end(), wanted);
  return found == kReplicationKeys.end() ? std::string_view{} : *found;
}

bool is_secret(std::string_view key) {
  return key.find("password") != std::string_view::npos && !key.ends_with("_file");
}

bool is_replication_list(std::string_view key) {
  return key == "hpe3par_iscsi_ips" || key.ends_with("cpg_map");
}

}  // namespace hpe3par::config
