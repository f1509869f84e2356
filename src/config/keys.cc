#include "keys.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace hpe3par::config {
namespace {

constexpr std::string_view kNoStore = "volume records are kept on the arrays, no etcd is used";
constexpr std::string_view kNoSsh = "everything is done over WSAPI, SSH is not used";
constexpr std::string_view kNoFiles = "File Persona shares are not supported";
constexpr std::string_view kUseLogLevel = "use the option --log-level";

constexpr std::array kKeys = {
    Key{"host_name", KeyUse::host, ""},
    Key{"initiator_iqn", KeyUse::host, ""},
    Key{"volume_namespace", KeyUse::host, ""},
    Key{"mount_conflict_policy", KeyUse::host, ""},
    Key{"create_mount_timeout", KeyUse::host, ""},
    Key{"other_timeout", KeyUse::host, ""},
    Key{"hpedockerplugin_driver", KeyUse::backend, ""},
    Key{"hpe3par_api_url", KeyUse::backend, ""},
    Key{"hpe3par_username", KeyUse::backend, ""},
    Key{"hpe3par_password", KeyUse::backend, ""},
    Key{"hpe3par_cpg", KeyUse::backend, ""},
    Key{"hpe3par_snapcpg", KeyUse::backend, ""},
    Key{"hpe3par_ca_file", KeyUse::backend, ""},
    Key{"hpe3par_tls_pin", KeyUse::backend, ""},
    Key{"hpe3par_tls_verify", KeyUse::backend, ""},
    Key{"wsapi_sessions", KeyUse::backend, ""},
    Key{"loop_dir", KeyUse::backend, ""},
    Key{"replication_device", KeyUse::later, "replicated volumes are not supported by this version"},
    Key{"peer_silent", KeyUse::later, "replicated volumes are not supported by this version"},
    Key{"local_site", KeyUse::later, "replicated volumes are not supported by this version"},
    Key{"metrics_listen", KeyUse::later, "metrics are not supported by this version"},
    Key{"hpe3par_iscsi_ips", KeyUse::later, "iSCSI is not supported by this version"},
    Key{"hpe3par_iscsi_chap_enabled", KeyUse::later, "iSCSI is not supported by this version"},
    Key{"iscsi_ip_address", KeyUse::later, "iSCSI is not supported by this version"},
    Key{"iscsi_port", KeyUse::later, "iSCSI is not supported by this version"},
    Key{"host_etcd_ip_address", KeyUse::obsolete, kNoStore},
    Key{"host_etcd_port_number", KeyUse::obsolete, kNoStore},
    Key{"host_etcd_client_cert", KeyUse::obsolete, kNoStore},
    Key{"host_etcd_client_key", KeyUse::obsolete, kNoStore},
    Key{"host_etcd_ca_cert", KeyUse::obsolete, kNoStore},
    Key{"mount_prefix", KeyUse::obsolete, "use the option --mount-dir"},
    Key{"ssh_hosts_key_file", KeyUse::obsolete, kNoSsh},
    Key{"strict_ssh_host_key_policy", KeyUse::obsolete, kNoSsh},
    Key{"san_ip", KeyUse::silent, kNoSsh},
    Key{"san_login", KeyUse::silent, kNoSsh},
    Key{"san_password", KeyUse::silent, kNoSsh},
    Key{"san_ssh_port", KeyUse::obsolete, kNoSsh},
    Key{"san_private_key", KeyUse::obsolete, kNoSsh},
    Key{"ssh_conn_timeout", KeyUse::obsolete, kNoSsh},
    Key{"logging", KeyUse::obsolete, kUseLogLevel},
    Key{"hpe3par_debug", KeyUse::obsolete, kUseLogLevel},
    Key{"suppress_requests_ssl_warnings", KeyUse::obsolete, "certificates are verified; see hpe3par_ca_file"},
    Key{"use_multipath", KeyUse::obsolete, "multipath is always used where the transport has it"},
    Key{"enforce_multipath", KeyUse::obsolete, "multipath is always used where the transport has it"},
    Key{"use_chap_auth", KeyUse::obsolete, "it never had an effect on block volumes"},
    Key{"chap_username", KeyUse::obsolete, "it never had an effect on block volumes"},
    Key{"chap_password", KeyUse::obsolete, "it never had an effect on block volumes"},
    Key{"timeout", KeyUse::obsolete, "it never had an effect on block volumes"},
    Key{"hpe3par_server_ip_pool", KeyUse::obsolete, kNoFiles},
    Key{"hpe3par_default_fpg_size", KeyUse::obsolete, kNoFiles},
};

std::string modern_spelling(std::string_view name) {
  return name.starts_with("hp3par_") ? "hpe3par_" + std::string(name.substr(7)) : std::string(name);
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Key> known_keys() {
  return kKeys;
}

const Key* find_key(std::string_view name) {
  const std::string wanted = modern_spelling(name);
  const auto found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == wanted; });
  return found == kKeys.end() ? nullptr : &*found;
}

std::string_view closest_key(std::string_view name) {
  const auto nearest = std::min_element(kKeys.begin(), kKeys.end(), [&](const Key& a, const Key& b) {
    return edit_distance(a.name, name) < edit_distance(b.name, name);
  });
  return edit_distance(nearest->name, name) <= 3 ? nearest->name : std::string_view{};
}

}  // namespace hpe3par::config
