#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "clock.h"
#include "lun_files.h"
#include "registry.h"
#include "remote_copy_model.h"

namespace hpe3par::sim {

/// Which generation of array is played; they differ in what a volume body may hold and in their build number.
enum class Profile { three_par, primera, alletra_mp };

/// @throws Error invalid_argument naming the allowed words
Profile parse_profile(std::string_view word);

struct Identity {
  std::string name{};
  int system_id = 0;  ///< derived from the name, so that it is the same after a restart and differs between arrays
  std::string serial_number{};
  Profile profile = Profile::three_par;
  int generation = 0;  ///< part of every WWN: a restarted simulator never gives an old WWN to a new volume
};

struct Cpg {
  int id = 0;
  std::string name{};
  std::string uuid{};
  std::string domain{};  ///< empty: none
  std::int64_t growth_increment_mib = 32768;
  std::optional<std::int64_t> growth_limit_mib{};
  std::optional<std::int64_t> warning_mib{};
  int raid_type = 4;
  int availability = 2;
  int set_size = 8;
  int disk_type = 3;
};

struct ObjectKey {
  std::string value{};
  WallTime added{};
};

/// Numbers as on the wire.
enum class Provisioning { full = 1, thin = 2, thin_dedup = 6, dedup_compressed = 7 };

struct Volume {
  int id = 0;
  std::string name{};
  std::string uuid{};
  std::string wwn{};
  int user_cpg = 0;
  std::optional<int> snap_cpg{};
  std::string domain{};
  std::int64_t size_mib = 0;
  Provisioning provisioning = Provisioning::full;
  bool compressed = false;
  std::string comment{};
  std::map<std::string, bool> policies{};
  int host_dif = 1;                                   ///< a policy too, but a number on the wire: 1 to 3
  std::map<std::string, std::int64_t> percentages{};  ///< the four …Pct members
  WallTime created{};
  std::optional<WallTime> expires{};
  std::optional<WallTime> retained_until{};
  std::map<std::string, ObjectKey> keys{};
  SteadyTime busy_until{};  ///< deleting it is refused until then
};

/// What a volume set, or everything outside of them, may use of the array. A limit without a value is none at all.
struct QosRule {
  bool enabled = true;
  int priority = 2;                              ///< 1 low, 2 normal, 3 high
  std::map<std::string, std::int64_t> limits{};  ///< by their names on the wire
  std::optional<std::int64_t> latency_goal_us{};
};

/// A volume set or a host set.
struct ObjectSet {
  int id = 0;
  std::string name{};
  std::string uuid{};
  std::string domain{};
  std::string comment{};
  std::vector<int> members{};    ///< ids, in the order in which they were added
  int flash_cache_policy = 0;    ///< volume sets only; 0: never set, 1 on, 2 off
  std::optional<QosRule> qos{};  ///< volume sets only
};

struct PortPos {
  int node = 0;
  int slot = 0;
  int card_port = 0;
  auto operator<=>(const PortPos&) const = default;
};

struct HostPath {
  std::string name{};     ///< WWN (16 upper hex), IQN or NQN
  std::string address{};  ///< of the client that created the path; only shown while logged in
};

struct Chap {
  std::string name{};
  std::string secret{};
};

struct ArrayHost {
  int id = 0;
  std::string name{};
  std::string domain{};
  int persona = 2;
  std::map<std::string, std::string> descriptors{};
  std::vector<HostPath> fc_paths{};
  std::vector<HostPath> iscsi_paths{};
  std::vector<HostPath> nvme_paths{};
  std::optional<Chap> initiator_chap{};
  std::optional<Chap> target_chap{};
  std::optional<bool> logged_in{};  ///< set by the control port; else decided by the initiator's name
};

struct Vlun {
  int volume = 0;
  int lun = 0;
  std::optional<int> host{};
  std::optional<int> host_set{};
  std::optional<PortPos> port{};
};

enum class Protocol { fc = 1, iscsi = 2, ip = 4 };

struct Port {
  PortPos position{};
  Protocol protocol = Protocol::fc;
  std::string label{};
  std::string wwn_or_mac{};
  std::string iqn{};      ///< iSCSI only
  std::string address{};  ///< iSCSI and IP only
};

struct Vlan {
  int tag = 0;
  std::string address{};
  std::string netmask = "255.255.255.0";
  std::string gateway = "0.0.0.0";
  int mtu = 1500;
};

struct FlashCache {
  std::int64_t size_gib = 0;
  int mode = 2;  ///< 1 simulated, 2 real
};

/// Numbers as on the wire.
enum class TaskStatus { done = 1, active = 2, cancelled = 3, failed = 4 };
enum class TaskType { copy_sync = 5, copy_reverse = 6, copy_failover = 7, copy_recover = 8, copy_restore = 9 };

struct Task {
  int id = 0;
  TaskType type{};
  std::string name{};
  TaskStatus status = TaskStatus::active;
  WallTime started{};
  std::optional<WallTime> finished{};
};

struct Fabric;

/// How the control port makes an array differ from what its profile stands for.
struct ArrayBehaviour {
  std::optional<int> build{};
  std::optional<std::string> system_version{};
  std::optional<std::vector<std::string>> licences{};
  std::optional<std::int64_t> capacity_mib{};        ///< usable
  std::map<std::string, std::vector<Vlan>> vlans{};  ///< by "n:s:p" of an iSCSI port
  Millis in_use_after_unexport{0};                   ///< for so long an array may not notice that a volume is free
};

/// Everything that one array knows. The functions on it (volumes.h, hosts.h …) are the array's rules; they neither lock
/// nor know HTTP. Array covers it with its lock.
struct Model {
  /// The files and the clock must outlive it. Starts with cpg1, cpg2 and the ports of two nodes.
  Model(Identity who, std::set<std::string> known_domains, const Clock& time, LunFiles& data);

  /// Back to what it was at the start, without reusing ids; the data of all volumes is gone.
  void reset();

  Identity identity;
  std::set<std::string> domains;
  const Clock& clock;
  LunFiles& files;
  ArrayBehaviour behaviour;
  bool site_up = true;  ///< false: volumes are kept but no host can see one
  std::optional<FlashCache> flash_cache;
  std::optional<QosRule> qos_of_all_others;
  Registry<Cpg> cpgs;
  Registry<Volume> volumes{1000};  ///< low ids are left to those who ask for one
  Registry<ObjectSet> volume_sets{1};
  Registry<ArrayHost> hosts{1};
  Registry<ObjectSet> host_sets{1};
  std::vector<Port> ports;
  std::vector<Vlun> vluns;
  Registry<CopyGroup> copy_groups{1};
  std::set<std::string> unmirrored_targets;  ///< those whose policy mirrorConfig is off
  std::vector<Task> tasks;                   ///< of the last day, oldest first
  int next_task = 1;
  Fabric* fabric = nullptr;  ///< null: an array on its own
};

/// Takes away (or gives back) what hosts see of the volumes, keeping the VLUNs.
void set_site_up(Model& model, bool up);

}  // namespace hpe3par::sim
