#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/base/clock.h"
#include "hpe3par/base/secret.h"

namespace hpe3par::config {

enum class Transport { iscsi, fc, loop };

/// What to do about another host that holds a volume; see docs/configuration.md.
enum class ConflictPolicy { dead, always, refuse };

/// Whether a primary whose peer does not answer may be mounted.
enum class PeerSilent { serve, refuse };

/// `periodic` is what the file calls asynchronous.
enum class ReplicationMode { synchronous, periodic, streaming };

/// Peer Persistence is asked for by `quorum_witness_ip`.
enum class ReplicationKind { active_passive, peer_persistence };

/// An iSCSI address of the array.
struct Portal {
  std::string address;  ///< IPv4, IPv6 without brackets, or a host name
  int port = 3260;

  bool operator==(const Portal&) const = default;
};

/// A file that holds a password.
struct PasswordFile {
  std::filesystem::path path;  ///< as written
  std::string place;           ///< FILE:LINE of the key that names it
};

/// What it takes to talk to one array and to reach its volumes.
struct ArrayAccess {
  std::string api_url;
  std::string array;  ///< host:port of api_url, in one spelling per host: what makes two backends share an array
  std::string username;
  Secret password;  ///< empty until read_secrets(), if there is a password_file
  std::optional<PasswordFile> password_file;
  std::string ca_file;  ///< relative paths are meant from the directory of hpe.conf, here and in loop_dir
  std::string tls_pin;
  bool tls_verify = true;
  std::filesystem::path loop_dir;
  std::vector<Portal> iscsi_portals;  ///< empty: those that the array tells
};

/// What a user's CPG is called on the other array.
struct CpgPair {
  std::string source;
  std::string target;

  bool operator==(const CpgPair&) const = default;
};

/// `replication_device`: the other array of a backend. Nothing in it is taken over from the backend's own section.
struct ReplicationConfig : ArrayAccess {
  std::string backend_id;  ///< the remote copy target's name, as the backend's own array knows it
  ReplicationMode mode = ReplicationMode::synchronous;
  std::vector<CpgPair> cpg_map;           ///< at least one
  std::vector<CpgPair> snap_cpg_map;      ///< empty: as cpg_map
  std::string quorum_witness_ip;          ///< not empty only with synchronous
  std::chrono::seconds sync_period{900};  ///< means nothing with synchronous

  ReplicationKind kind() const {
    return quorum_witness_ip.empty() ? ReplicationKind::active_passive : ReplicationKind::peer_persistence;
  }

  /// Where volumes of the backend's CPG `source` go on the other array; nullptr if the map does not tell.
  const std::string* find_target_cpg(std::string_view source) const;

  /// Same for snapshots: snap_cpg_map, or cpg_map if there is none.
  const std::string* find_target_snap_cpg(std::string_view source) const;
};

/// One section of hpe.conf: where new volumes can go.
struct BackendConfig : ArrayAccess {
  std::string name;  ///< the section, e.g. DEFAULT
  Transport transport = Transport::iscsi;
  std::vector<std::string> cpgs;       ///< at least one; the first is the default
  std::vector<std::string> snap_cpgs;  ///< defaults to cpgs
  int wsapi_sessions = 4;
  bool iscsi_chap_enabled = false;
  std::optional<ReplicationConfig> replication;
};

/// What holds for this machine, from [DEFAULT].
struct HostConfig {
  std::string host_name;      ///< empty: the machine's
  std::string initiator_iqn;  ///< empty: the machine's
  std::string volume_namespace;
  ConflictPolicy mount_conflict_policy = ConflictPolicy::dead;
  PeerSilent peer_silent = PeerSilent::serve;
  std::string local_site;
  std::string metrics_listen;                  ///< HOST:PORT; empty: no metrics
  std::optional<Millis> create_mount_timeout;  ///< unset: by the way the engine talks to us
  std::optional<Millis> other_timeout;
};

struct Config {
  std::filesystem::path file;
  HostConfig host;
  std::vector<BackendConfig> backends;
  std::vector<std::string> warnings;  ///< `FILE:LINE: text`, each to be logged once

  /// The backend for a Create that names none: DEFAULT, else DEFAULT_BLOCK.
  const BackendConfig& default_backend() const;

  const BackendConfig* find_backend(std::string_view name) const;
};

/// Is told `FILE:LINE: text` of a warning, once.
using WarningSink = std::function<void(const std::string&)>;

/// Reads and checks an hpe.conf, as HPE's Python plugin took them, with keys of our own. Contacts nothing and opens no
/// file that a key names: passwords that stand in files are read by read_secrets().
///
/// `warn`, if any, is told what becomes Config::warnings, and, if the file is refused, what was found until then.
///
/// @throws Error invalid_argument: `FILE:LINE: text`, naming the offender and what is allowed, never a password
/// @throws Error unavailable: the file cannot be read, or is no regular file of 1 MiB at most
Config load_config(const std::filesystem::path& file, const WarningSink& warn = {});

/// Same, for text; `file` is named in messages, and relative paths are meant from its directory.
Config parse_config(std::string_view text, const std::string& file, const WarningSink& warn = {});

/// Fills in each password that stands in a password file: the content without the newline at its end. A relative path
/// is looked up in $CREDENTIALS_DIRECTORY if systemd has set it, else beside hpe.conf. Returns warnings, `FILE:LINE:
/// text`: password files that every user of the machine can read.
///
/// @throws Error unavailable, invalid_argument: `FILE:LINE: text`; the file cannot be read, or is empty
std::vector<std::string> read_secrets(Config& config);

/// What was understood, as `key = value` lines per backend with defaults filled in, secrets shown as ***.
std::string describe(const Config& config);

std::string_view to_string(Transport transport);
std::string_view to_string(ConflictPolicy policy);
std::string_view to_string(PeerSilent policy);
std::string_view to_string(ReplicationMode mode);  ///< in the file's words: periodic is asynchronous
std::string_view to_string(ReplicationKind kind);

}  // namespace hpe3par::config
