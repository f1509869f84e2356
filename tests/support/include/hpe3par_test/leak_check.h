#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace hpe3par::test {

class Simulator;

/// Lines of /proc/self/mountinfo whose mount point lies at or below one of the directories.
std::vector<std::string> mounts_below(const std::vector<std::filesystem::path>& directories);

/// "/dev/loop3 on <file>" for each loop device of the machine whose file lies below one of the directories, deleted
/// files included.
std::vector<std::string> loop_devices_below(const std::vector<std::filesystem::path>& directories);

/// The same for each on this file. The path of a file that was reached through a mount namespace which has ended begins
/// somewhere in the middle.
std::vector<std::string> loop_devices_on(const std::filesystem::path& file);

/// Plain unmounts of what a failed test left mounted below `directory`, last mount first.
void unmount_below(const std::filesystem::path& directory);

/// Takes loop devices away that a failed test left below `directory`; a device in use goes when its user does.
void detach_loop_devices_below(const std::filesystem::path& directory);

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

 private:
  std::set<std::string> inventory() const;

  std::vector<std::filesystem::path> directories_;
  Simulator* simulator_;
  std::set<std::string> before_;
};

}  // namespace hpe3par::test
