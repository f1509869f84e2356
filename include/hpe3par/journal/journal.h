#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "hpe3par/base/clock.h"
#include "hpe3par/base/error.h"

namespace hpe3par::journal {

/// How far this host is with one volume. The state is written before its step is taken:
///
///   exporting ─> attaching ─> formatting ─> mounting ─> mounted
///       │            │            │            │           │
///       └────────────┴────────────┴────────────┴───────────┴─> unmounting ─> detaching ─> unexporting ─> (row erased)
///
/// `formatting` is left out when the device already has a file system. Any state left of `mounted` found at start is a
/// Mount that died: it is undone. Any state right of it is an undoing that died: it goes on.
enum class MountState { exporting, attaching, formatting, mounting, mounted, unmounting, detaching, unexporting };

std::string_view to_string(MountState state);

/// A user of a mount: the id that the Docker engine sent. Until the Mount is answered the id is not confirmed; an
/// unconfirmed id found at start belongs to a caller that never learned of its mount.
struct MountId {
  std::string id;
  bool confirmed = false;
  std::string engine = {};  ///< the process that sent it, see docker/caller.h; empty: not known
  /// Confirmed, but by a note_answer() of a process that died: nobody knows whether the caller was told.
  bool doubtful = false;
  bool operator==(const MountId&) const = default;
};

/// This host's promise about one volume.
struct MountRecord {
  std::string uuid;  ///< key: the volume's uuid in its record
  std::string volume;
  std::string backend;
  std::string array;
  std::string array_volume;
  std::string wwn;
  std::string array_host;
  int lun = -1;  ///< -1: not known (the answer to the export was not seen)
  std::string loop_dir;
  std::string device;               ///< /dev/loop3; empty: not attached yet
  std::uint64_t disk_sequence = 0;  ///< the kernel's diskseq of `device`: tells a reused device name
  std::string mountpoint;
  std::string fs_uuid;  ///< of the file system being made, until its mark on the array says so
  MountState state = MountState::exporting;
  bool fenced = false;  ///< our export vanished without our act: never export again before the local mount is gone
  std::string last_error;
  WallTime since;
  std::vector<MountId> ids;
};

/// A volume as last seen on an array; serves Get and List while that array is silent, and decides nothing.
struct CachedVolume {
  std::string array;  ///< key, with array_volume
  std::string array_volume;
  std::string backend;
  std::string volume;
  std::string uuid;
  std::string wwn;
  std::uint64_t size_mib = 0;
  std::string comment;
  WallTime created;
  WallTime seen;
};

/// An array that this host has worked with.
struct KnownArray {
  std::string array;   ///< key
  std::string serial;  ///< its serial number: tells another array at the same address, or the same at another one
  bool swept = false;  ///< what this host left there without a row was looked for since the journal was begun
};

/// The lock of a remote copy group that this host took, or tried to: from before the request until it was given up.
struct HeldGroupLock {
  std::string token;  ///< key
  std::string array;
  std::string group;
};

/// A remote copy group whose other array was made the one to write to.
struct TakenGroup {
  std::string array;  ///< key, with group: that of the backend
  std::string group;
  std::string taker;      ///< key of the array that took it over
  std::string note = {};  ///< volume set on the other one that says so; empty: not written
  WallTime since = {};    ///< when that was seen
};

/// A volume whose creation or removal takes several requests, because it is in volume sets or replicated: from before
/// the first one until after the last.
struct UnfinishedVolume {
  enum class State {
    creating,  ///< is to be made and put into the sets
    undoing,   ///< was not put into the sets, and is to be removed
    removing,  ///< is being taken out of the sets and removed; while it exists it belongs into them
  };
  std::string uuid;  ///< key: as in the volume's record
  std::string volume;
  std::string array;
  std::string array_volume;
  std::vector<std::string> sets;  ///< names
  State state = State::creating;
  std::string last_error;
  WallTime since;
  std::string group = {};  ///< remote copy group, as `array` calls it; empty: not replicated
  std::string peer = {};   ///< key of the array of the copy
};

std::string_view to_string(UnfinishedVolume::State state);

/// Another process works with the journal of this directory.
class HeldError : public Error {
 public:
  using Error::Error;
};

/// What this host has promised and not yet undone, on disk: SQLite in the state directory, WAL, synchronous=FULL.
///
/// A write is durable when the method returns; writes of several threads share a commit. Thread-safe.
/// All writes throw Error unavailable ("cannot write the journal …: disk full") and leave the old row in place.
class Journal {
 public:
  /// Opens `<directory>/journal.db`, or creates it (mode 0600). The directory must exist.
  ///
  /// @param boot_id of the running kernel. If it differs from the stored one, all mount ids are dropped, and devices
  ///        and mountpoints are forgotten (states `mounted` and before become `unexporting`): that machine is gone.
  /// If the file is there and cannot be written, what it says is read from a copy, and every write tries to open it
  /// anew: a full disk stands in the way of promises, not of their undoing. A damaged file is moved aside to
  /// journal.db.damaged-<time>, and a new one is begun.
  ///
  /// @throws HeldError: another process holds it
  /// @throws Error failed_precondition: written by a newer version (names both)
  /// @throws Error unavailable: neither it nor a copy of it can be opened
  static std::unique_ptr<Journal> open(const std::filesystem::path& directory, const std::string& boot_id);

  virtual ~Journal() = default;

  virtual std::vector<KnownArray> arrays() = 0;
  virtual void put(const KnownArray& array) = 0;
  /// Makes everything that is known of array `from` known of `to`, which is the same array under its new address.
  virtual void rename_array(const std::string& from, const std::string& to) = 0;

  virtual std::vector<MountRecord> mounts() = 0;
  virtual void put(const MountRecord& record) = 0;
  virtual void erase_mount(const std::string& uuid) = 0;

  /// Notes at once, without waiting for the disk, that a Mount with this id is being answered: mounts() of a later
  /// process shows the id as doubtful, unless the machine has been restarted. The note goes with the put() of the
  /// confirmed id, and with the row. Never throws.
  virtual void note_answer(const std::string& uuid, const std::string& id) = 0;
  /// The answer did not reach anybody, or there is nothing to be confirmed.
  virtual void forget_answer(const std::string& uuid, const std::string& id) = 0;

  virtual std::vector<UnfinishedVolume> unfinished() = 0;
  virtual void put(const UnfinishedVolume& volume) = 0;
  virtual void erase_unfinished(const std::string& uuid) = 0;

  virtual std::vector<HeldGroupLock> group_locks() = 0;
  virtual void put(const HeldGroupLock& lock) = 0;
  virtual void erase_group_lock(const std::string& token) = 0;

  virtual std::vector<TakenGroup> taken_groups() = 0;
  virtual void put(const TakenGroup& group) = 0;
  virtual void erase_taken_group(const std::string& array, const std::string& group) = 0;

  virtual std::vector<CachedVolume> volumes() = 0;
  virtual void put(const CachedVolume& volume) = 0;
  virtual void erase_volume(const std::string& array, const std::string& array_volume) = 0;
  /// Makes `volumes` all that is known of that array.
  virtual void replace_volumes(const std::string& array, const std::vector<CachedVolume>& volumes) = 0;
};

}  // namespace hpe3par::journal
