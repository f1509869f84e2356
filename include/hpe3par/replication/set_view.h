#pragma once

#include <optional>
#include <string>

#include "hpe3par/array/groups.h"

namespace hpe3par::replication {

/// One of the two arrays of a ReplicationSet, as seen from a backend of hpe.conf.
enum class Site {
  own,   ///< the backend's
  peer,  ///< that of its replication_device
};

constexpr Site other(Site site) {
  return site == Site::own ? Site::peer : Site::own;
}

/// What one array says of a set.
struct Side {
  enum class Answer {
    silent,    ///< it does not answer
    no_group,  ///< it says that there is no such group
    group,     ///< the rest holds
  };
  Answer answer = Answer::silent;
  array::Role role = array::Role::unknown;
  bool reversed = false;
  array::GroupState state = array::GroupState::unknown;
  bool stale = false;  ///< a copy is known to be neither old nor new

  std::string array;         ///< its name, for sentences
  std::string group;         ///< what the group is called there
  std::string silent_since;  ///< why and since when, while silent
  bool refuses_us = false;   ///< silent to us only: it is up, and does not let us ask

  bool is_primary() const { return answer == Answer::group && role == array::Role::primary; }
  bool is_secondary() const { return answer == Answer::group && role == array::Role::secondary; }
  bool is_failsafe() const { return is_primary() && state == array::GroupState::failsafe; }
};

/// A ReplicationSet as both arrays describe it.
struct SetView {
  Side own;
  Side peer;
  bool peer_persistence = false;  ///< the arrays fail it over by themselves, and a host has paths to both

  const Side& at(Site site) const { return site == Site::own ? own : peer; }
};

/// @param group what the array answered; empty: there is none
/// @param target the other array's name there. A group that does not copy to it says nothing of our set
Side to_side(const std::optional<array::RemoteCopyGroup>& group, const std::string& target);

/// "primary (reversed), stopped", "no such group", "no answer".
std::string describe(const Side& side);

/// "array A says primary, started; array B says secondary, started".
std::string describe(const SetView& view);

/// The one state that everything above decides on. `own` and `peer` are sites, not roles.
enum class SetState {
  none,             ///< neither array has the group
  active,           ///< one is primary, the other secondary, and the group is started
  suspended,        ///< same, but it is not started
  failed_over,      ///< the reversed primary has taken over; the other may still think itself primary
  failsafe,         ///< the primary stopped serving and nobody took over
  alone_primary,    ///< a primary; the other array is silent
  alone_secondary,  ///< a secondary; the other array is silent
  moving,           ///< the array is at work on it
  conflict,         ///< a pair that must not be acted upon
  silent,           ///< neither array answers
};

struct Composite {
  SetState state = SetState::silent;
  std::optional<Site> owner;  ///< where the volumes are writable
  bool reversed = false;      ///< the owner is not the one with which the set was made
};

Composite fold(const SetView& view);

/// "started", "stopped" and so on.
std::string to_word(array::GroupState state);

/// "active", "failed over" and so on.
std::string to_word(SetState state);

}  // namespace hpe3par::replication
