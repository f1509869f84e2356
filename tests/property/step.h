#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace hpe3par::test {

/// One thing that happens, as a line that a person can read and paste into a regression case:
///
///   h1 create|remove|mount|unmount|get|list|write v1 [ID]   a Docker call (`write` is the container's)
///   h1 kill | h1 start | h1 crash POINT                     crash: it is started anew, and dies there
///   h1 paths down|up | h1 paths A down|up                   to the arrays; its daemon still talks to them
///   A down|mgmt_down|hang|up                                the array
///   settle                                                  until every daemon uses the arrays that are up
///   op A ACTION                                             the operator, see docs/replication.md
///   links down|up | links 1 down|up | witness down|up | witness A down|up
///   clock SECONDS                                           of the arrays
///
/// "&" at its end: the next one happens at the same time.
struct Step {
  std::vector<std::string> words;
  bool together = false;  ///< with the next one

  bool operator==(const Step&) const = default;
  const std::string& word(std::size_t index) const;  ///< empty: there are fewer
};

/// What a sequence happens to.
struct Plan {
  bool persistent = false;   ///< Peer Persistence; else active/passive, synchronous
  bool peer_serves = true;   ///< peer_silent = serve
  bool fences_dead = false;  ///< mount_conflict_policy = dead; else refuse
  bool mirrored = false;     ///< how groups fail over, see docs/simulator.md; else classic
  std::vector<Step> steps;

  bool operator==(const Plan&) const = default;
};

/// h1, h2, and h3 if anything is to happen there.
std::vector<std::string> hosts_of(const Plan& plan);

/// @throws std::invalid_argument it is none
Step parse_step(const std::string& line);
std::string to_text(const Step& step);

/// "peer_persistence serve refuse; h1 create v1; h1 mount v1 id1 &; A down".
/// @throws std::invalid_argument it is none
Plan parse_plan(const std::string& text);
std::string to_text(const Plan& plan);

std::ostream& operator<<(std::ostream& out, const Plan& plan);

}  // namespace hpe3par::test
