#pragma once

#include <string>
#include <vector>

#include "trial.h"

namespace volconf {

struct Case {
  std::string id;
  std::string title;               ///< a claim: what holds if the case is ok
  std::vector<std::string> needs;  ///< options that must be given
  void (*run)(Trial& trial) = nullptr;
};

// By section of docs/conformance.md.
std::vector<Case> handshake_cases();
std::vector<Case> input_cases();
std::vector<Case> volume_cases();
std::vector<Case> mount_cases();
std::vector<Case> held_cases();
std::vector<Case> remove_cases();
std::vector<Case> failure_cases();
std::vector<Case> text_cases();

/// All of them, in the order in which they are run.
std::vector<Case> all_cases();

}  // namespace volconf
