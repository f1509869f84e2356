#pragma once

#include <filesystem>
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

/// One section of hpe.conf: where new volumes can go.
struct BackendConfig {
  std::string name;  ///< the section, e.g. DEFAULT
  Transport transport = Transport::iscsi;
  std::string api_url;
  std::string array;  ///< host:port of api_url: what makes two backends share an array
  std::string username;
  Secret password;
  std::vector<std::string> cpgs;       ///< at least one; the first is the default
  std::vector<std::string> snap_cpgs;  ///< defaults to cpgs
  std::string ca_file;
  std::string tls_pin;
  bool tls_verify = true;
  int wsapi_sessions = 4;
  std::filesystem::path loop_dir;
};

/// What holds for this machine, from [DEFAULT].
struct HostConfig {
  std::string host_name;      ///< empty: the machine's
  std::string initiator_iqn;  ///< empty: the machine's
  std::string volume_namespace;
  ConflictPolicy mount_conflict_policy = ConflictPolicy::dead;
  std::optional<Millis> create_mount_timeout;  ///< unset: by the way the engine talks to us
  std::optional<Millis> other_timeout;
};

struct Config {
  HostConfig host;
  std::vector<BackendConfig> backends;
  std::vector<std::string> warnings;  ///< `FILE:LINE: text`, each to be logged once

  /// The backend for a Create that names none: DEFAULT, else DEFAULT_BLOCK.
  const BackendConfig& default_backend() const;

  const BackendConfig* find_backend(std::string_view name) const;
};

/// Reads and checks an hpe.conf, as HPE's Python plugin took them, with keys of our own. Contacts nothing.
///
/// @throws Error invalid_argument: `FILE:LINE: text`, naming the offender and what is allowed
/// @throws Error unavailable: the file cannot be read
Config load_config(const std::filesystem::path& file);

/// Same, for text; `file` is only named in messages.
Config parse_config(std::string_view text, const std::string& file);

/// What was understood, as `key = value` lines per backend with defaults filled in, secrets shown as ***.
std::string describe(const Config& config);

std::string_view to_string(Transport transport);
std::string_view to_string(ConflictPolicy policy);

}  // namespace hpe3par::config
