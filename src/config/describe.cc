#include <sstream>

#include "hpe3par/config/config.h"
#include "shown.h"

namespace hpe3par::config {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

std::string joined(const std::vector<Portal>& portals) {
  std::string text;
  for (const Portal& portal : portals) {
    const bool v6 = portal.address.find(':') != std::string::npos;
    text += (text.empty() ? "" : ",") + (v6 ? "[" + portal.address + "]" : portal.address) + ":" +
            std::to_string(portal.port);
  }
  return text;
}

std::string joined(const std::vector<CpgPair>& map) {
  std::string text;
  for (const CpgPair& pair : map) text += (text.empty() ? "" : " ") + pair.source + ":" + pair.target;
  return text;
}

std::string or_else(const std::string& text, const std::string& otherwise) {
  return text.empty() ? otherwise : text;
}

std::string in_seconds(const std::optional<Millis>& time) {
  if (!time) return "(default)";
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*time).count());
}

std::string yes_or_no(bool value) {
  return value ? "true" : "false";
}

void write_host(std::ostream& out, const HostConfig& host) {
  out << "[host]\n"
      << "host_name = " << or_else(host.host_name, "(this machine's)") << "\n"
      << "initiator_iqn = " << or_else(host.initiator_iqn, "(this machine's)") << "\n"
      << "volume_namespace = " << or_else(host.volume_namespace, "(none)") << "\n"
      << "mount_conflict_policy = " << to_string(host.mount_conflict_policy) << "\n"
      << "peer_silent = " << to_string(host.peer_silent) << "\n"
      << "local_site = " << or_else(host.local_site, "(none)") << "\n"
      << "metrics_listen = " << or_else(host.metrics_listen, "(off)") << "\n"
      << "create_mount_timeout = " << in_seconds(host.create_mount_timeout) << "\n"
      << "other_timeout = " << in_seconds(host.other_timeout) << "\n";
}

void write_access(std::ostream& out, const ArrayAccess& access) {
  out << "hpe3par_api_url = " << access.api_url << "\n"
      << "hpe3par_username = " << shown_username(access.username) << "\n";
  if (access.password_file)
    out << "hpe3par_password_file = " << shown_path(access.password_file->path.string()) << "\n";
  else
    out << "hpe3par_password = ***\n";
  if (!access.ca_file.empty()) out << "hpe3par_ca_file = " << access.ca_file << "\n";
  if (!access.tls_pin.empty()) out << "hpe3par_tls_pin = " << access.tls_pin << "\n";
  out << "hpe3par_tls_verify = " << yes_or_no(access.tls_verify) << "\n";
  if (!access.iscsi_portals.empty()) out << "hpe3par_iscsi_ips = " << joined(access.iscsi_portals) << "\n";
  if (!access.loop_dir.empty()) out << "loop_dir = " << access.loop_dir.string() << "\n";
}

void write_backend(std::ostream& out, const BackendConfig& backend) {
  out << "\n[backend " << backend.name << "]\n"
      << "hpedockerplugin_driver = " << to_string(backend.transport) << "\n";
  write_access(out, backend);
  out << "hpe3par_cpg = " << joined(backend.cpgs) << "\n"
      << "hpe3par_snapcpg = " << joined(backend.snap_cpgs) << "\n"
      << "wsapi_sessions = " << backend.wsapi_sessions << "\n";
  if (backend.transport == Transport::iscsi)
    out << "hpe3par_iscsi_chap_enabled = " << yes_or_no(backend.iscsi_chap_enabled) << "\n";
}

void write_replication(std::ostream& out, const std::string& backend, const ReplicationConfig& peer) {
  out << "\n[backend " << backend << ", replication_device]\n"
      << "kind = " << to_string(peer.kind()) << "\n"
      << "backend_id = " << peer.backend_id << "\n"
      << "replication_mode = " << to_string(peer.mode) << "\n";
  if (!peer.quorum_witness_ip.empty()) out << "quorum_witness_ip = " << peer.quorum_witness_ip << "\n";
  if (peer.mode != ReplicationMode::synchronous) out << "sync_period = " << peer.sync_period.count() << "\n";
  out << "cpg_map = " << joined(peer.cpg_map) << "\n"
      << "snap_cpg_map = " << or_else(joined(peer.snap_cpg_map), "(as cpg_map)") << "\n";
  write_access(out, peer);
}

}  // namespace

std::string describe(const Config& config) {
  std::ostringstream out;
  write_host(out, config.host);
  for (const BackendConfig& backend : config.backends) {
    write_backend(out, backend);
    if (backend.replication) write_replication(out, backend.name, *backend.replication);
  }
  return out.str();
}

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

std::string_view to_string(PeerSilent policy) {
  return policy == PeerSilent::serve ? "serve" : "refuse";
}

std::string_view to_string(ReplicationMode mode) {
  switch (mode) {
    case ReplicationMode::synchronous: return "synchronous";
    case ReplicationMode::periodic: return "asynchronous";
    case ReplicationMode::streaming: return "streaming";
  }
  return "";
}

std::string_view to_string(ReplicationKind kind) {
  return kind == ReplicationKind::active_passive ? "active/passive" : "Peer Persistence";
}

}  // namespace hpe3par::config
