#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hpe3par::test {

/// The group, as its array knows it.
struct GroupSide {
  static constexpr int kStarted = 3;
  static constexpr int kFailsafe = 7;

  bool exists = false;
  std::string name;
  int role = 0;
  bool reversed = false;
  int state = 0;
  bool synced = true;  ///< every volume in it

  bool is_primary() const { return exists && role == 1; }
  bool is_secondary() const { return exists && role == 2; }
  bool is_failsafe() const { return is_primary() && state == kFailsafe; }
  bool operator==(const GroupSide&) const = default;
};

/// "1f3": role, reversed, state; "-": there is none.
std::string to_text(const GroupSide& side);

using Inode = std::uint64_t;

/// A volume on one array.
struct CopyView {
  std::string uuid;               ///< of its record; empty: it has none
  Inode inode = 0;                ///< its data
  std::set<std::string> hosts{};  ///< that have an export
};

struct ArrayView {
  std::string condition = "up";  ///< up, down, mgmt_down or hang
  GroupSide group{};
  std::set<std::string> cut_off{};            ///< hosts without a path to it, of those that it knows
  std::map<std::string, CopyView> volumes{};  ///< by Docker name
};

struct HostMount {
  std::string host;
  std::string volume;
  Inode inode = 0;  ///< of the file behind its device
};

/// What there is at one moment, by those who know: the simulator and the kernel.
struct Observation {
  std::map<std::string, ArrayView> arrays;
  std::vector<HostMount> mounts;
  std::map<std::string, std::set<std::string>> silent;  ///< by host: arrays that its daemon takes for lost

  const ArrayView& at(const std::string& array) const { return arrays.at(array); }
  const HostMount* find_mount(const std::string& host, const std::string& volume) const;
  /// The host got no answer from the array, or could not have got one.
  bool is_silent(const std::string& array, const std::string& host) const;
  /// What the host writes gets to an array: its export there shows the file that it has. To one that is down as well,
  /// when that is back, and without a path, when that is back.
  bool is_connected(const HostMount& mount) const;
  /// It is connected, and has a path.
  bool can_write(const HostMount& mount) const;
  /// It is connected to an array that serves. One that follows lets nobody write.
  bool is_served(const HostMount& mount) const;
  /// The arrays that export the volume to the host, whichever file they show.
  std::set<std::string> exporting(const HostMount& mount) const;
};

constexpr const char* kBoth[] = {"A", "B"};

inline std::string other_array(const std::string& array) {
  return array == "A" ? "B" : "A";
}

}  // namespace hpe3par::test
