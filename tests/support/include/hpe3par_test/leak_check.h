#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "hpe3par_test/mounts.h"

namespace hpe3par::test {

class Simulator;

/// Remembers at construction what there is: mounts and loop devices below the test's directories, and on every array
/// of the simulator volumes, snapshots, VLUNs, volume sets, object keys and groups. Array hosts are left out: one is
/// made at the first mount and stays.
class LeakCheck {
 public:
  /// @param simulator may be null; must outlive this
  LeakCheck(std::vector<std::filesystem::path> directories, Simulator* simulator);

  /// Fails the test with a list of what has come (+) or gone (-) since. What is finished in the background gets
  /// `patience` to do so.
  void check(std::chrono::milliseconds patience = std::chrono::seconds(8)) const;

  /// That list; empty: all is as it was.
  std::string difference(std::chrono::milliseconds patience) const;

 private:
  std::set<std::string> inventory() const;

  std::vector<std::filesystem::path> directories_;
  Simulator* simulator_;
  std::set<std::string> before_;
};

}  // namespace hpe3par::test
