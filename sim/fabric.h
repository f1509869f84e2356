#pragma once

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "invariants.h"

namespace hpe3par::sim {

struct Model;

/// What tests switch for the process as a whole.
struct Behaviour {
  bool mirrored_failover = false;
  std::int64_t sync_mib_per_s = 1000;
  std::int64_t takeover_s = 5;        ///< from the loss of a primary to the automatic failover
  bool link_loss_fails_over = false;  ///< even where the primary still reaches the witness
};

/// What joins two arrays: two links, one for each node.
struct Link {
  std::string a;
  std::string b;
  std::array<bool, 2> up{true, true};
};

/// What the arrays of one process have in common: how they reach each other, and the lock that covers them all. One
/// lock, because an operation on a remote copy group changes two arrays.
struct Fabric {
  std::mutex mutex;
  std::map<std::string, Model*> models;  ///< by the name of the array
  std::vector<Link> links;
  bool quorum_up = true;
  std::set<std::string> without_quorum;  ///< the arrays that do not reach the witness, whether it is up or not
  Behaviour behaviour;
  Invariants invariants;
};

/// Whom the invariants name where nobody asked for what happened.
inline constexpr const char* kByItself = "array";

/// Null when no link was declared.
Link* find_link(Fabric& fabric, const std::string& a, const std::string& b);
const Link* find_link(const Fabric& fabric, const std::string& a, const std::string& b);

/// Whether the two have a link that is up, and power.
bool can_talk(const Fabric& fabric, const Model& a, const Model& b);

/// Whether the witness knows the array to be alive.
bool reaches_witness(const Fabric& fabric, const Model& model);

}  // namespace hpe3par::sim
