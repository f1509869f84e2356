#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "group_sight.h"

namespace hpe3par::volumes {

/// A replicated volume that is mounted on this host.
struct WatchedMount {
  catalog::Volume volume;
  std::string array;  ///< key of the one from which it is mounted
  bool both = false;  ///< or from whichever of the two serves it
};

/// Looks at the groups of mounted volumes all the time, at others when somebody asks, and now and then at those that
/// were taken over; one request to each array for all of them. Without any it sends nothing. Thread-safe.
class GroupWatch {
 public:
  using Mounted = std::function<std::vector<WatchedMount>()>;
  using TakeUp = std::function<void(const catalog::Volume&, const Deadline&)>;

  /// Both are called on the thread.
  /// @param mounted what is mounted now
  /// @param take_up what to do about the group of a mounted volume that is not started, once for each group
  GroupWatch(GroupSight& groups, Clock& clock, Mounted mounted, TakeUp take_up);
  ~GroupWatch();

  void start();
  void stop();

  /// What is known of the group of a volume; what is older than ten seconds is asked anew.
  /// @param patience how long to wait for the answers; without them, what was known before
  std::optional<GroupSighting> see(const catalog::Volume& volume, Millis patience);

  /// What was seen before is worth nothing: an array that was silent answers again. Waits for nothing.
  void look_again();

 private:
  void run();
  bool look_once();
  bool is_taken_due();
  void take_up(const std::vector<WatchedMount>& mounts, const Deadline& deadline);
  void report(const std::vector<WatchedMount>& mounts);
  void report_one(const WatchedMount& mount, const GroupSighting& seen);
  bool is_fresh(const std::string& uuid);

  GroupSight& groups_;
  Clock& clock_;
  Mounted mounted_;
  TakeUp take_up_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, catalog::Volume> wanted_;  // by uuid
  bool again_ = false;
  bool stopping_ = false;
  struct Told {
    std::string state;
    bool orphaned = false;
  };
  std::map<std::string, Told> told_;     // by uuid; used by the thread only
  std::optional<SteadyTime> saw_taken_;  // used by the thread only
  std::thread thread_;
};

}  // namespace hpe3par::volumes
