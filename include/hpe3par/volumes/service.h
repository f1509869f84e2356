#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/base/deadline.h"
#include "hpe3par/volumes/options.h"
#include "hpe3par/volumes/status.h"

namespace hpe3par::volumes {

/// Where there is a volume of some name.
struct VolumePlace {
  std::string array;
  std::string backend;
  std::string array_volume;
  bool operator==(const VolumePlace&) const = default;
};

/// One of the two arrays of a replicated volume.
struct ReplicationSite {
  std::string array;
  bool reachable = false;
  std::string role;  ///< primary or secondary; empty: not told
  bool reversed = false;
  std::string state;  ///< of the group there, or why it is not known
};

/// How a volume is replicated, by what both arrays said last.
struct ReplicationInfo {
  std::string group;
  std::string kind;                    ///< see config::ReplicationKind
  std::string mode;                    ///< synchronous, periodic or streaming; empty: not told
  std::string state;                   ///< a word of replication::to_word(); empty: nobody has asked yet
  std::string serving_array;           ///< empty: none, or nobody can tell
  std::vector<ReplicationSite> sites;  ///< that of the backend first
  std::vector<std::string> exports;    ///< the arrays from which this host has the volume
  std::string sync_status;             ///< of the volume's copy; empty: not told
  std::optional<int> progress_percent;
  std::optional<WallTime> last_sync;
};

/// What `docker volume inspect` shows, and `hpe3parctl` after it.
struct VolumeInfo {
  std::string name;
  std::string mountpoint;  ///< empty unless mounted on this host
  WallTime created;
  std::string backend;
  std::string array;
  std::string array_volume;
  std::string wwn;
  std::string uuid;
  std::uint64_t size_gib = 0;
  std::string state;  ///< a word of state_of() in src/volumes/info.h
  WallTime since;     ///< since when; for what is not in use here, when the array last confirmed it
  int mounts = 0;     ///< mount points on this host
  std::vector<std::string> ids;
  bool detach_pending = false;
  std::string last_error;
  std::vector<VolumePlace> places;             ///< this one first; with more than one, nobody can tell which is meant
  std::optional<ReplicationInfo> replication;  ///< empty: it is not replicated
};

/// All volumes that are known, sorted by name.
struct VolumeList {
  std::vector<VolumeInfo> volumes;
  /// Arrays that were not listed for it: what they hold is as last seen, or missing. One can be up nevertheless.
  std::vector<ArrayInfo> silent_arrays;
};

/// Who wants a volume mounted.
struct MountUser {
  MountUser(const char* mount_id) : id(mount_id) {}
  MountUser(std::string mount_id, std::string sender = {}, std::optional<int> pid = {})
      : id(std::move(mount_id)), engine(std::move(sender)), process(pid) {}

  std::string id;      ///< as the engine sent it
  std::string engine;  ///< the process that sent it, see docker/engine.h; empty: not known, or no engine
  /// Whoever asks, engine or not, and is to find the mount where the answer says; 0: this pid namespace does not show
  /// it. Without it nobody looks.
  std::optional<int> process;
};

/// A finished Mount whose answer is still to be delivered.
struct MountTicket {
  std::string mountpoint;
  /// To be called once, with whether the answer reached the caller. If not, the mount is undone, because nobody will
  /// ever unmount it. If the process dies before the call, the mount is kept: the caller may know of it.
  std::function<void(bool delivered)> settle;
};

/// The volumes of this plugin, as its front doors see them. Thread-safe; all methods throw Error.
class Service {
 public:
  virtual ~Service() = default;

  /// Idempotent: an existing volume with the same options is success.
  /// @throws Error already_exists: with other options (the sentence names them)
  /// @throws Error invalid_argument: name or an option; with the option `help`, the sentence is the help text
  virtual void create(const std::string& name, const RawOptions& options, const Deadline& deadline) = 0;

  /// A volume that does not exist is success.
  /// @param engine that asks, see MountUser: what it mounted itself and never unmounted is given back, if no other
  /// mount
  ///        is left, because it asks only when nothing of it uses the volume
  /// @throws Error failed_precondition: in use, here or on another host; nothing is changed then
  virtual void remove(const std::string& name, const std::string& engine, const Deadline& deadline) = 0;
  void remove(const std::string& name, const Deadline& deadline) { remove(name, "", deadline); }

  /// Mounts for the user. Idempotent for the same id; several ids share one mount. On failure everything that was
  /// set up is removed again, or queued for removal if that fails too.
  /// @throws Error failed_precondition: the mount does not reach the process that asked
  virtual MountTicket mount(const std::string& name, const MountUser& user, const Deadline& deadline) = 0;

  /// Gives up `id`; with the last one the volume is unmounted, detached and unexported. Ids whose engine is gone do not
  /// count: nobody will ever give them up. An unknown volume or id is
  /// success. What cannot be undone now (device still in use, array silent) is queued, and that is success too.
  /// @throws Error failed_precondition: files are open below the mount point; retried in the background
  virtual void unmount(const std::string& name, const std::string& id, const Deadline& deadline) = 0;

  /// Where it is mounted on this host, or empty. @throws Error not_found
  virtual std::string find_path(const std::string& name, const Deadline& deadline) = 0;

  /// @param process that asks, see MountUser: `last_error` tells if it does not see the volume's mount
  /// @throws Error not_found: every array that could hold it said so
  virtual VolumeInfo get(const std::string& name, std::optional<int> process, const Deadline& deadline) = 0;
  VolumeInfo get(const std::string& name, const Deadline& deadline) { return get(name, std::nullopt, deadline); }

  virtual VolumeList list(const Deadline& deadline) = 0;

  /// The array of a volume as far as known without asking, for log lines; else empty.
  virtual std::string array_of(const std::string& name) = 0;

  /// The sections of hpe.conf, in its order, with what is known of their arrays. Asks nobody.
  virtual std::vector<BackendInfo> backends() = 0;

  /// Asks nobody, and never throws Error: a configuration that cannot be used is part of it.
  virtual ServiceStatus status() = 0;
};

/// The Status object of `docker volume inspect`: compact JSON.
std::string to_status_json(const VolumeInfo& info);

/// Requests to arrays sent so far by the calling thread; for the `requests=` of a log line.
std::uint64_t requests_of_this_thread();

}  // namespace hpe3par::volumes
