#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/groups.h"
#include "hpe3par/base/deadline.h"

namespace hpe3par::array {

/// The array's own numbers (Error::remote_code) on which callers decide.
inline constexpr int kNoSuchHost = 17;
inline constexpr int kExportExists = 18;
inline constexpr int kVolumeExists = 22;
inline constexpr int kNoSuchVolume = 23;
inline constexpr int kVolumeExported = 26;
inline constexpr int kVolumeInUse = 34;
inline constexpr int kNoSuchSet = 102;
inline constexpr int kNoSuchGroup = 187;
inline constexpr int kGroupStarted = 215;
inline constexpr int kGroupExists = 237;

enum class Provisioning { thin, full, dedup, other };
enum class CopyKind { base, physical_copy, snapshot };

/// A volume as the array describes it.
struct ArrayVolume {
  std::string name;
  std::string wwn;  ///< 32 upper-case hex digits
  std::uint64_t size_mib = 0;
  std::string comment;  ///< as stored; ours holds the record, see catalog
  std::string cpg;
  std::string snap_cpg;  ///< empty if none
  Provisioning provisioning = Provisioning::thin;
  CopyKind copy_kind = CopyKind::base;
  std::optional<std::string> group;  ///< remote copy group; absent also on versions that never tell
  bool in_no_group = false;          ///< the array says so; false: it is in one, or that is not known
  WallTime created;
};

struct NewVolume {
  std::string name;
  std::string cpg;
  std::string snap_cpg;  ///< empty: none
  std::uint64_t size_mib = 0;
  Provisioning provisioning = Provisioning::thin;
  std::string comment;  ///< at most 511 bytes; must be unique to this creation (it carries our uuid)
  bool compression = false;
  bool needs_snap_cpg = false;  ///< somebody asked for `snap_cpg`: an array that has none may not leave it out
};

/// What an array can do depends on this.
struct Abilities {
  int build = 0;                      ///< of the WSAPI
  std::vector<std::string> licences;  ///< by name; arrays since Primera have all of them and may tell none
};

/// Why an array cannot make such a volume whatever else is right: "compression needs ...", or empty. Pure.
std::string why_unable(const NewVolume& order, const Abilities& abilities);

/// Whether volumes can be put into a remote copy group of an array with this build while it is started. Pure.
bool admits_to_started_groups(int build);

/// A set of volumes; rules (QoS, flash cache) hold for its members. A volume may be in several.
struct VolumeSet {
  std::string name;
  std::vector<std::string> members;
  bool has_qos = false;      ///< it has a QoS rule, and that is enabled
  bool flash_cache = false;  ///< flash cache is on for its members
  std::string comment = {};
};

/// How this machine is known to an array.
struct HostIdentity {
  std::string name;                     ///< wanted name of the ArrayHost, at most 31 characters
  std::vector<std::string> initiators;  ///< IQNs, or WWPNs of 16 hex digits
};

/// One initiator path of an ArrayHost.
struct HostPath {
  std::string initiator;
  std::string address;  ///< IP address from which it is logged in; empty or "0.0.0.0" when it is not
};

struct ArrayHost {
  std::string name;
  std::vector<HostPath> paths;
};

enum class ExportKind { host, host_set, port, matched_set };

/// The array makes a volume visible to an ArrayHost. The template entry exists as long as the export does; one further
/// entry with `active` per logged-in path.
struct Export {
  std::string volume;
  std::string wwn;
  int lun = 0;
  ExportKind kind = ExportKind::host;
  std::string array_host;  ///< with host_set: the member host (`set:<name>` in a template)
  std::string port;        ///< node:slot:port, only for port and matched_set
  bool active = false;
  std::string initiator;  ///< only when active
};

/// What is known about an array without asking it.
struct ArrayStatus {
  enum class State {
    connecting,   ///< never reached since start
    up,           ///< the last request was answered
    unreachable,  ///< the last request failed for want of an answer
    refused,      ///< it answers, but will not let us in (wrong password, no rights, unsupported version)
  };
  State state = State::connecting;
  WallTime since;           ///< when `state` began
  std::string reason;       ///< sentence, empty when up
  std::string system_name;  ///< as /system says; empty before the first contact
  std::string serial_number;
  int build = 0;  ///< WSAPI build, 0 before the first contact
  int sessions_open = 0;
};

/// Volumes of one array. All methods throw Error; see Array.
class VolumeStore {
 public:
  virtual ~VolumeStore() = default;

  /// Creates the volume. If the answer was lost, looks the name up and compares the comment before anything is
  /// repeated.
  /// @throws Error failed_precondition: this array cannot make such a volume, see why_unable(); nothing was sent
  /// @throws Error already_exists: the name is taken by a volume with another comment (kVolumeExists)
  /// @throws Error unavailable: the outcome is unknown; the volume may exist
  virtual void create_volume(const NewVolume& volume, const Deadline& deadline) = 0;

  virtual std::optional<ArrayVolume> find_volume(const std::string& name, const Deadline& deadline) = 0;

  /// Calls `visit` for each volume whose name begins with one of `prefixes`, while the answer is still arriving.
  virtual void list_volumes(const std::vector<std::string>& prefixes,
                            const std::function<void(const ArrayVolume&)>& visit, const Deadline& deadline) = 0;

  /// Snapshots and copies that still depend on the volume, by name; those that remote copy keeps for itself are left
  /// out, because they go with the membership in the group.
  virtual std::vector<std::string> list_children(const std::string& name, const Deadline& deadline) = 0;

  /// Replaces the comment: of a copy that the other array made a moment ago, and that has none.
  /// @throws Error not_found (kNoSuchVolume)
  virtual void write_comment(const std::string& name, const std::string& comment, const Deadline& deadline) = 0;

  /// What the array says to a volume that is in use: it is in a set, or was unexported a moment ago.
  enum class InUse {
    wait,  ///< asks again a moment later before it counts as an error
    tell,  ///< an error at once
  };

  /// Removes the volume. One that does not exist is success, because that is what was wanted.
  /// @throws Error failed_precondition: exported (kVolumeExported), has snapshots, or is in a set (kVolumeInUse) or
  /// group
  virtual void remove_volume(const std::string& name, InUse in_use, const Deadline& deadline) = 0;
};

/// Volume sets of one array.
class SetStore {
 public:
  virtual ~SetStore() = default;

  virtual std::optional<VolumeSet> find_set(const std::string& name, const Deadline& deadline) = 0;

  /// Every set that the volume is in.
  virtual std::vector<VolumeSet> list_sets_of(const std::string& volume, const Deadline& deadline) = 0;

  enum class QosRule { none, disabled, enabled };

  /// The QoS rule of a set, which find_set() tells only if it is enabled.
  virtual QosRule find_qos_rule(const std::string& set, const Deadline& deadline) = 0;

  /// Whether there is a flash cache. Where there is none, sets that want it are accepted and have no effect.
  virtual bool has_flash_cache(const Deadline& deadline) = 0;

  /// Makes a set with this one member, of which flash cache is on, in the domain of `cpg`. Repeating it, also after a
  /// failure half-way, completes it.
  /// @throws Error already_exists: a set of this name has other members
  virtual void create_flash_cache_set(const std::string& name, const std::string& volume, const std::string& cpg,
                                      const Deadline& deadline) = 0;

  /// Success if it is a member already. @throws Error not_found: no such set (kNoSuchSet) or volume (kNoSuchVolume)
  virtual void add_to_set(const std::string& name, const std::string& volume, const Deadline& deadline) = 0;

  /// Success if it is no member, or there is no such set.
  virtual void remove_from_set(const std::string& name, const std::string& volume, const Deadline& deadline) = 0;

  /// Makes a set without members. If the answer was lost, a set with this very comment counts as made by us.
  /// @param comment at most 255 bytes
  /// @return false if there is one of that name
  virtual bool create_empty_set(const std::string& name, const std::string& comment, const Deadline& deadline) = 0;

  /// @return false if there is no such set. @throws Error already_exists: the new name is taken
  virtual bool rename_set(const std::string& name, const std::string& new_name, const Deadline& deadline) = 0;

  /// Removes the set, not its members. One that does not exist is success.
  virtual void remove_set(const std::string& name, const Deadline& deadline) = 0;
};

/// Small facts about a volume that change, kept on the array beside it (WSAPI objectKeyValues).
class MarkStore {
 public:
  virtual ~MarkStore() = default;

  /// Sets a mark that must not exist yet. Atomic between hosts. If the answer was lost, a mark with this very value
  /// counts as set by us: let the value tell who sets it, where that matters.
  /// @return false if the mark exists (its value is untouched)
  virtual bool create_mark(const std::string& volume, const std::string& key, const std::string& value,
                           const Deadline& deadline) = 0;
  virtual std::optional<std::string> find_mark(const std::string& volume, const std::string& key,
                                               const Deadline& deadline) = 0;
  /// Overwrites an existing mark. @throws Error not_found
  virtual void update_mark(const std::string& volume, const std::string& key, const std::string& value,
                           const Deadline& deadline) = 0;
};

/// Hosts and exports of one array.
class ExportStore {
 public:
  virtual ~ExportStore() = default;

  /// Finds the ArrayHost that has one of our initiators (by query), else the one of our name, else creates it. Adds
  /// missing initiators to a host of our name. Never removes anything.
  /// @return the ArrayHost's name, which may differ from ours
  /// @throws Error failed_precondition: our initiators belong to several hosts
  virtual std::string ensure_host(const HostIdentity& identity, const Deadline& deadline) = 0;

  virtual std::optional<ArrayHost> find_host(const std::string& name, const Deadline& deadline) = 0;

  /// Exports with a LUN chosen by the array. If the answer was lost, looks before anything is repeated.
  /// @return the template; its `wwn` may be empty, because the array does not tell it here
  /// @throws Error already_exists: the volume is exported to this host already (kExportExists)
  /// @throws Error not_found: no such volume (kNoSuchVolume) or host (kNoSuchHost)
  virtual Export export_volume(const std::string& volume, const std::string& array_host, const Deadline& deadline) = 0;

  /// Every export of the volume, to anybody, templates and active entries.
  virtual std::vector<Export> list_exports(const std::string& volume, const Deadline& deadline) = 0;

  /// Every export to this host itself, templates and active entries.
  virtual std::vector<Export> list_exports_to(const std::string& array_host, const Deadline& deadline) = 0;

  /// Removes a template. One that does not exist is success.
  virtual void unexport_volume(const Export& target, const Deadline& deadline) = 0;
};

/// One array in domain words.
///
/// Every method that takes a Deadline sends requests and throws Error: unavailable (no answer, or a nonsensical one),
/// deadline_exceeded, aborted (cancelled), unauthenticated, permission_denied, resource_exhausted (no session, no
/// space), and what stands at the method. Sentences begin with the array's name and carry what it said.
///
/// Thread-safe. Requests beyond the session pool wait their turn, within their deadline.
class Array : public VolumeStore, public MarkStore, public ExportStore, public SetStore, public GroupStore {
 public:
  /// The name by which people know it: see BackendConfig::array_name.
  virtual const std::string& name() const = 0;

  /// Never blocks.
  virtual ArrayStatus status() const = 0;

  /// Logs in and learns version and system. Idempotent; the other methods log in by themselves when needed.
  virtual void connect(const Deadline& deadline) = 0;

  /// Our own address as the array sees it (local end of the last connection); empty before the first contact.
  virtual std::string local_address() const = 0;

  /// What its own clock shows, as of its last answer; empty before the first contact. Hosts may have clocks of their
  /// own, so what they agree on by time is measured with this one.
  virtual std::optional<WallTime> array_time() const = 0;

  /// From now on every request fails with this sentence (failed_precondition), and status() is `refused` with it; all
  /// but connect(), which learns anew who answers. Empty: no longer.
  virtual void refuse(const std::string& reason) = 0;

  /// From now on, until the next connect(), a login counts only at the array with this serial number.
  virtual void expect_serial(const std::string& serial_number) = 0;

  /// Closes sessions that were not used for a minute, all but one; with `all`, every one (at exit). Errors are ignored.
  virtual void close_idle_sessions(bool all, const Deadline& deadline) = 0;
};

/// WSAPI requests sent so far by the calling thread, to any array; for the `requests=` of a log line.
std::uint64_t requests_of_this_thread();

}  // namespace hpe3par::array
