#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/property/observation.h"

namespace hpe3par::test {

/// Whose data count: that of the only primary; of two, that which became it last. An automatic failover keeps every
/// acknowledged write; one that an operator asks for makes its array's copy the truth, whatever is in it.
class Ownership {
 public:
  const std::string& owner() const { return owner_; }
  /// The roles were ever other than those with which the group was made.
  bool ever_changed() const { return ever_changed_; }
  void observe(const Observation& now);

 private:
  std::string owner_ = "A";
  std::set<std::string> primaries_ = {"A"};
  bool ever_changed_ = false;
};

/// Which numbers a mount of one volume may show.
///
/// A number that was acknowledged is the only one that may be shown. One that was written where it may or may not
/// count (to an array that is dead, or that does not serve) may be shown as well.
class Ledger {
 public:
  using Numbers = std::set<int>;

  /// The volume was made, with nothing in it.
  void begin(const std::string& uuid);
  const std::string& uuid() const { return uuid_; }

  /// Before and after anything else is told of a step: files that were not there before are copies of those that were.
  void observe(const Observation& before, const Observation& now, const std::string& volume);

  /// @param alone nothing else happened at the same time; else a copy may have been made before or after it
  void write(int number, Inode inode, bool acknowledged, bool alone);

  /// An operator made this copy the one that counts.
  void take_over(Inode inode) { allowed_ = held_by(inode); }

  const Numbers& allowed() const { return allowed_; }
  Numbers held_by(Inode inode) const;

 private:
  std::string uuid_;
  Numbers allowed_ = {0};
  std::map<Inode, Numbers> held_;
  std::set<Inode> new_;  ///< files that were not there before the last step
};

/// What was written by the host reached the copy that counts, and that array could confirm it.
bool is_acknowledged(const Observation& now, const std::string& owner, const HostMount& mount);

}  // namespace hpe3par::test
