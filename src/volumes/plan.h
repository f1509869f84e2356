#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/array/array.h"
#include "hpe3par/base/error.h"
#include "hpe3par/catalog/catalog.h"
#include "hpe3par/config/config.h"
#include "hpe3par/host/file_systems.h"
#include "hpe3par/journal/journal.h"

/// Decisions of this module: pure, no I/O, table-tested.
namespace hpe3par::volumes {

/// Why this volume cannot be mounted at all by this version, or empty.
std::string why_not_mountable(const catalog::Volume& volume, config::Transport transport);

/// Why a volume must be left alone that its array has in a group of which its record says nothing; empty: it has not.
std::string why_in_foreign_group(const catalog::Volume& volume);

/// True if the record names a group and the array says that the volume is in none. Of HPE's plugin nothing is known,
/// and a copy says nothing of its volume.
bool is_out_of_its_group(const catalog::Volume& volume);

/// Whether an array's code speaks of a CPG, its space or its domain, so that the CPGs that were asked for are worth
/// telling. @param remote_code of the error, if the array gave one
bool is_about_cpgs(const std::optional<int>& remote_code);

// ---- formatting ----

/// The key of the mark that says how far the first formatting of a volume is.
inline constexpr const char* kFormatMark = "h3p-fs";

/// The value of that mark: `formatting:<fs uuid>` before mkfs, `formatted:<type>:<fs uuid>` after it.
struct FormatMark {
  bool finished = false;
  std::string type;  ///< only when finished
  std::string fs_uuid;
  bool operator==(const FormatMark&) const = default;
};

std::string encode_mark(const FormatMark& mark);

/// A value that has neither form counts as finished: when in doubt, the volume has been formatted.
FormatMark parse_mark(const std::string& value);

struct FormatPlan {
  enum class Action {
    mount,         ///< a file system is there
    create_mark,   ///< blank: claim the right to format by creating the mark
    read_mark,     ///< only the mark can tell
    format_again,  ///< an earlier formatting did not end: wipe, overwrite its mark, format
    refuse,
  };
  Action action = Action::refuse;
  std::string type;    ///< for mount: the type to mount as
  std::string reason;  ///< for refuse
  bool operator==(const FormatPlan&) const = default;
};

/// What is known of the mark when the plan is made.
struct MarkKnowledge {
  bool known = false;              ///< false: not asked yet
  std::optional<FormatMark> mark;  ///< if known: absent means there is none
};

/// Formats again only what the device itself tells to be unfinished. A whole file system is never made anew, whatever
/// the mark says: a host that died may have left the mark behind, and somebody may have used the file system since.
FormatPlan plan_format(const host::Content& content, const MarkKnowledge& mark);

/// What to say of a mount that the kernel refused, behind "volume V is not mounted", when options of the volume can be
/// why; else empty.
/// @param is_new the file system was made a moment ago, so the volume can be removed without loss
/// @param refusal what the kernel said
std::string explain_refused_mount(const std::string& mount_options, const std::string& mkfs_options, bool is_new,
                                  const std::string& refusal);

// ---- exclusivity (design D3) ----

/// A look at a volume's exports, as seen by `array_host`.
struct Look {
  std::optional<array::Export> own;   ///< our template
  std::vector<array::Export> others;  ///< everybody else's templates
  bool others_active = false;         ///< one of them has a logged-in path
  std::string holder;                 ///< the others by name, sorted, for sentences and for telling a change
  bool fenceable = true;              ///< false: a port, host set or matched set is among them
  std::string unseen = {};            ///< an array that may have paths of the others, and does not tell
};

/// Everybody who has the volume, by name and sorted: "host a and host set set:b". Of an export through a volume set,
/// only the paths that are logged in show.
std::string holders_of(const std::vector<array::Export>& exports);

Look fold_look(const std::vector<array::Export>& exports, const std::string& array_host);

/// What has been seen of another holder so far.
struct Waited {
  Millis total{0};     ///< observed since this holder appeared
  Millis inactive{0};  ///< observed without an active path up to now, on any array
};

struct ConflictPlan {
  enum class Action { acquire, wait, fence, refuse };
  Action action = Action::refuse;
  std::string reason;
};

/// @param remaining time that the caller has left
ConflictPlan plan_conflict(const Look& look, const Waited& waited, config::ConflictPolicy policy, Millis delay,
                           Millis remaining);

/// Is an export to our host, of which this machine knows nothing, really ours?
/// @return empty if so, else the sentence why not
std::string why_not_ours(const std::optional<array::ArrayHost>& host, const std::vector<std::string>& initiators,
                         const std::string& our_address);

// ---- what is found at start, or left over ----

enum class SettleAction {
  keep,           ///< in use: nothing to do
  settle_format,  ///< a file system was being made: wipe or complete it, then release
  release,        ///< undo from where it stands
};

/// For a row that no operation works on (its volume's lock is held): a Mount that died is undone, an undoing goes on.
/// @param attached our device exists on this host
SettleAction plan_settle(const journal::MountRecord& record, bool attached);

/// Why a mount must not be used by the process that asked for it, because it would write to another disk.
/// @return empty: it may
std::string why_not_seen(host::MountView view, const journal::MountRecord& row, int process);

/// Whether perhaps nobody will ever give these mount ids up: their engines ended, or are the one that says so by what
/// it asks, or it is not known whether they were told of their mount.
/// @param engine that asks for the removal; empty: none
/// @param is_gone tells of an engine; null: none ever has ended
bool are_void(const std::vector<journal::MountId>& ids, const std::string& engine,
              const std::function<bool(const std::string&)>& is_gone);

// ---- creations and removals that were cut off ----

/// True for an error that stays if nothing is changed: the array refused. False: it may be gone at the next try.
bool is_final(ErrorKind kind);

struct UnfinishedLook {
  journal::UnfinishedVolume::State state = journal::UnfinishedVolume::State::creating;
  bool there = false;  ///< the array has the volume, with our uuid
  bool used = false;   ///< it is exported, or was formatted; only looked for when it is to be undone
  std::chrono::nanoseconds age{0};
  bool replicated = false;  ///< it belongs into a remote copy group
  bool attached = false;    ///< and is in it; only looked for if it is there
};

enum class UnfinishedAction {
  wait,         ///< it may still come: the answer to its creation was lost a moment ago
  forget,       ///< it is not there
  complete,     ///< put it into its sets
  remove,       ///< nobody has used it: remove it
  remove_copy,  ///< it is gone, and its copy is to follow it
  restore,      ///< nothing of it was taken away yet: it stays as it is
  keep,         ///< it was to be removed, but somebody uses it
};

UnfinishedAction plan_unfinished(const UnfinishedLook& look);

// ---- removal of a volume that is in sets ----

/// The set that stands in the way of a removal because only an administrator can have put the volume into it, or empty.
/// @param own the sets that the plugin put it into
std::string foreign_set(const std::vector<array::VolumeSet>& sets, const std::vector<std::string>& own);

}  // namespace hpe3par::volumes
