#pragma once

#include <optional>
#include <string>

#include "hpe3par/array/array.h"
#include "hpe3par/replication/lock_log.h"

namespace hpe3par::replication {

/// What a host writes down on the array before it works on a group: the comment of an empty volume set, whose existence
/// is the lock. At most 255 bytes.
struct GroupNote {
  enum class Found {
    absent,   ///< there was no group: an empty one is the holder's
    idle,     ///< it was not started, and is none of our business
    started,  ///< it was started: if it is not now, the holder stopped it
  };
  std::string group;
  std::string holder;  ///< the host, for people
  std::string token;   ///< of this one taking
  WallTime expires;    ///< by the array's clock; whole seconds
  Found found = Found::idle;
  bool had_members = false;  ///< if it has none now, the holder took out the last one
  bool operator==(const GroupNote&) const = default;
};

std::string encode_note(const GroupNote& note);
/// Empty if it is none.
std::optional<GroupNote> decode_note(const std::string& comment);

/// "h3p-" and a hash of the group's name: 20 characters.
std::string note_set_name(const std::string& group);

/// The lock of one group between all hosts, on the array of the backend. A holder that dies keeps it until it expires;
/// then another host takes it over and finds out what was left undone. Not thread-safe.
class GroupLock {
 public:
  /// How long a holder may work; GroupKeeper sees to it that it takes less.
  static constexpr std::chrono::seconds kTerm{300};

  /// @param log where the lock is remembered from before it is taken until it was given up
  GroupLock(array::Array& array, LockLog& log, std::string group, std::string holder);

  /// Tries once.
  /// @param found the state of the group a moment ago. @param had_members so did it
  /// @return who has it, if that is not us
  /// @throws Error what the array said; a lock of ours may then exist, and release() is to be called
  std::optional<GroupNote> try_take(GroupNote::Found found, bool had_members, const Deadline& deadline);

  /// After try_take(): the note of the dead holder from whom we took it over; our own from an earlier life is one.
  const std::optional<GroupNote>& inherited() const { return inherited_; }

  bool is_held() const { return held_; }

  /// Gives it up. Does nothing if it is not ours (any more).
  void release(const Deadline& deadline);

 private:
  bool is_dead(const GroupNote& note);
  bool take(const GroupNote& note, const Deadline& deadline);
  bool take_over(const GroupNote& dead, const Deadline& deadline);
  bool is_certain() const;
  bool is_ours(const Deadline& deadline);
  WallTime now() const;

  array::Array& array_;
  LockLog& log_;
  std::string group_;
  std::string holder_;
  std::string set_;
  std::string token_;
  WallTime expires_;
  bool held_ = false;
  bool doubtful_ = false;  // the array may have made it for us
  std::optional<GroupNote> inherited_;
};

}  // namespace hpe3par::replication
