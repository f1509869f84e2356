#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/property/observation.h"

namespace hpe3par::test {

/// What must never be, as sentences; empty: all is well.
using Findings = std::vector<std::string>;

/// Never have two hosts a volume mounted. Excused is who took it from the other copy while no array that exports it to
/// the first host answered, after somebody had changed the roles: docs/replication.md tells the operator to make sure
/// that nobody uses the copy that was lost. Not excused is that both can write to the same copy. Excused is also who
/// took it from a host that was dead by what the arrays showed; that one must never write to it again.
///
/// Remembers what was excused until one of the two has given it back.
class Exclusivity {
 public:
  /// @param fences_dead mount_conflict_policy = dead
  explicit Exclusivity(bool fences_dead) : fences_dead_(fences_dead) {}

  Findings check(const Observation& before, const Observation& now, bool roles_ever_changed);

  /// Who lost a volume for being dead, at the last check.
  const std::vector<HostMount>& fenced() const { return fenced_; }
  /// The host has mounted the volume anew.
  void begin_anew(const std::string& host, const std::string& volume) { lost_.erase({host, volume}); }

  /// In this simulator two hosts have, or had, one file system mounted, because it cannot take a file away from a host
  /// without paths. What is in it is worth nothing.
  bool is_spoiled(const std::string& volume) const { return spoiled_.contains(volume); }
  void spoil(const std::string& volume) { spoiled_.insert(volume); }

 private:
  bool was_fenced(const Observation& before, const Observation& now, const HostMount& first, const HostMount& second);

  bool is_lost(const HostMount& mount) const { return lost_.contains({mount.host, mount.volume}); }
  void forget_returned(const Observation& now);

  bool fences_dead_;
  std::vector<HostMount> fenced_;
  std::set<std::pair<std::string, std::string>> lost_;  ///< host and volume, until it has given it back
  std::set<std::string> excused_;
  std::set<std::string> spoiled_;
};

/// No two writable copies by our doing: new entries of GET /invariants that begin with our name.
class Copies {
 public:
  /// @param excused an array was silent, and the roles had been changed
  Findings check(const nlohmann::json& invariants, bool excused);

 private:
  std::set<std::string> seen_;
};

/// An Err is one sentence for the person who asked.
/// @param volume empty: the call was not about one
Findings check_refusal(const std::string& err, const std::string& volume, const std::string& secret);

}  // namespace hpe3par::test
