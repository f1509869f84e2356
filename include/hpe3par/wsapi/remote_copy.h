#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hpe3par/wsapi/client.h"

namespace hpe3par::wsapi {

/// /remotecopygroups/<name>, the members we use, with the array's own numbers.
struct RemoteCopyGroup {
  struct Policies {
    bool auto_failover = false;
    bool path_management = false;
    bool auto_recover = false;
  };
  struct Target {
    std::string name;
    int mode = 0;   ///< 1 synchronous, 2 and 3 periodic, 4 streaming
    int state = 0;  ///< 1 new, 2 starting, 3 started, 4 restart, 5 stopped, 6 backup, 7 failsafe, 8 logging
    bool role_reversed = false;
    std::int64_t sync_period = 0;  ///< seconds; 0: none
    std::int64_t last_sync = 0;    ///< seconds since 1970; 0: never, or not told
    std::string user_cpg;          ///< for the copies that the other array makes; empty: none
    std::string snap_cpg;
    Policies policies;
  };
  struct RemoteVolume {
    std::string target;
    std::string name;
    int sync_status = 0;  ///< 1 new, 2 syncing, 3 synced, 4 not synced, 5 stale, and more
    std::int64_t sync_length = -1;
    std::int64_t sync_offset = -1;  ///< of sync_length, while syncing; else -1
    std::int64_t last_sync = 0;     ///< like Target::last_sync
  };
  struct Volume {
    std::string name;
    std::vector<RemoteVolume> copies;
  };
  std::string name;
  std::string domain;  ///< empty: none
  int role = 0;        ///< 1 primary, 2 secondary
  std::string remote_name;
  std::string user_cpg;  ///< empty: none
  std::string snap_cpg;
  std::vector<Target> targets;
  std::vector<Volume> volumes;
};

struct RemoteCopyGroupBody {
  std::string name;
  std::string domain;  ///< empty: none
  std::string user_cpg;
  std::string snap_cpg;  ///< empty: not sent
  std::string target;
  int mode = 0;
  std::string target_user_cpg;
  std::string target_snap_cpg;  ///< empty: not sent
};

struct AdmissionBody {
  std::string volume;
  std::string target;
  std::string remote_volume;  ///< made by the other array
  bool different_wwn = false;
};

std::optional<RemoteCopyGroup> get_remote_copy_group(Client& client, const std::string& name, const Deadline& deadline);

/// Visits every group as it arrives. A repeated attempt visits groups again.
void get_remote_copy_groups(Client& client, const std::function<void(const RemoteCopyGroup&)>& visit,
                            const Deadline& deadline);

Sent post_remote_copy_group(Client& client, const RemoteCopyGroupBody& body, const Deadline& deadline);

/// Switches on automatic failover, path management and automatic recovery.
Sent put_peer_persistence(Client& client, const std::string& group, const std::string& target,
                          const Deadline& deadline);

/// @param seconds between two periodic synchronisations, 300 to 31622400
Sent put_sync_period(Client& client, const std::string& group, const std::string& target, std::int64_t seconds,
                     const Deadline& deadline);

Sent put_admission(Client& client, const std::string& group, const AdmissionBody& body, const Deadline& deadline);

/// Takes the volume out of the group; both arrays keep their volume.
Sent put_dismissal(Client& client, const std::string& group, const std::string& volume, const Deadline& deadline);

/// Same, and removes its copy on the other array.
Sent delete_member(Client& client, const std::string& group, const std::string& volume, const Deadline& deadline);

enum class GroupAction { start = 3, stop = 4 };
Sent put_group_action(Client& client, const std::string& group, GroupAction action, const Deadline& deadline);

/// The volumes stay, on both arrays.
Sent delete_remote_copy_group(Client& client, const std::string& name, const Deadline& deadline);

}  // namespace hpe3par::wsapi
