#include "tests/property/world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "hpe3par_test/eventually.h"
#include "hpe3par_test/mounts.h"
#include "tests/integration/replicated_pair.h"
#include "tests/property/host_mounts.h"
#include "tests/property/ledger.h"

namespace hpe3par::test {
namespace {

using nlohmann::json;

constexpr const char* kGroup = "g1";
constexpr int kFailover = 7;
constexpr auto kPatience = 60s;
constexpr auto kOperatorsPatience = 30s;

/// connecting, up, unreachable or refused; empty: it does not say.
std::string state_of(const std::string& array, const Daemon& daemon) {
  const json status = daemon.admin("/v1/status").json();
  if (!status.is_object()) return "";
  for (const json& each : status.value("arrays", json::array()))
    if (each["name"] == array) return each["state"];
  return "";
}

std::string docker_name(const std::string& array_volume) {
  return array_volume.starts_with("dcv-") ? array_volume.substr(4) : array_volume;
}

std::string uuid_in(const std::string& comment) {
  const json record = json::parse(comment, nullptr, false);
  return record.is_object() && record.contains("h") ? record["h"].value("u", "") : "";
}

GroupSide side_in(const json& group) {
  const json& target = group.at("targets").at(0);
  GroupSide side{.exists = true,
                 .name = group.at("name"),
                 .role = group.at("role"),
                 .reversed = target.at("roleReversed"),
                 .state = target.at("state")};
  for (const json& member : group.at("volumes"))
    side.synced = side.synced && member.at("remoteVolumes").at(0).at("syncStatus") == 3;
  return side;
}

bool is_without_paths(const json& host) {
  const json paths = host.value("iSCSIPaths", json::array());
  return std::none_of(paths.begin(), paths.end(),
                      [](const json& path) { return path.value("IPAddr", "0.0.0.0") != "0.0.0.0"; });
}

/// No volume is exported to two hosts.
bool has_one_host_at_most(const Observation& now) {
  for (const char* volume : kVolumes) {
    std::set<std::string> hosts;
    for (const char* array : kBoth)
      if (const auto copy = now.at(array).volumes.find(volume); copy != now.at(array).volumes.end())
        hosts.insert(copy->second.hosts.begin(), copy->second.hosts.end());
    if (hosts.size() > 1) return false;
  }
  return true;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return number_; }

 private:
  int number_;
};

bool is_mount_point(int directory) {
  struct stat here {};
  struct stat above {};
  return ::fstat(directory, &here) == 0 && ::fstatat(directory, "..", &above, 0) == 0 && here.st_dev != above.st_dev;
}

/// As a container does it, which keeps the file system busy meanwhile.
/// @return false: nothing was written, because nothing is mounted there (any more)
bool write_durably(const std::filesystem::path& directory, int number) {
  const Descriptor mount(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (mount < 0 || !is_mount_point(mount)) return false;
  const std::string text = std::to_string(number) + "\n";
  const Descriptor file(::openat(mount, "number", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const bool done = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    ::fsync(file) == 0 && ::syncfs(file) == 0;
  if (!done) throw std::runtime_error("cannot write to " + directory.string() + ": " + std::strerror(errno));
  return true;
}

}  // namespace

PropertyWorld::PropertyWorld(const Plan& plan)
    : hosts_(hosts_of(plan)), sim_(directory_ / "sim", ReplicatedPair::with_two({})) {
  sim_.control("POST", "/behaviour",
               {{"sync_mib_per_s", 100'000}, {"takeover_s", 1}, {"failover", plan.mirrored ? "mirrored" : "classic"}});
  for (const std::string& host : hosts_)
    daemons_[host] = std::make_unique<Daemon>(directory_ / host, options_for_host(plan, host));
  if (!settle()) throw std::runtime_error("the daemons do not reach the arrays");
}

PropertyWorld::~PropertyWorld() {
  for (const auto& [host, daemon] : daemons_) daemon->stop();
  unmount_below(directory_.path());
  detach_loop_devices_below(directory_.path());
}

DaemonOptions PropertyWorld::options_for_host(const Plan& plan, const std::string& host) const {
  DaemonOptions options = options_for(sim_, host);
  options.backends = {replicating_backend(sim_, plan.persistent ? kPeerPersistence : "synchronous")};
  for (const std::string& line : {std::string("create_mount_timeout = 9"), std::string("other_timeout = 9"),
                                  std::string("peer_silent = ") + (plan.peer_serves ? "serve" : "refuse"),
                                  std::string("mount_conflict_policy = ") + (plan.fences_dead ? "dead" : "refuse")})
    options.backends.front().lines.push_back(line);
  return options;
}

Outcome PropertyWorld::carry_out(const Step& step, const std::string& owner) {
  const std::string& actor = step.word(0);
  const std::string& verb = step.word(1);
  if (verb == "write") return write(actor, step.word(2), owner);
  if (verb == "kill" || verb == "start" || verb == "crash") return end_or_start(step), Outcome{};
  if (verb == "paths") return change_paths(step), Outcome{};
  if (actor.front() == 'h') return call(step);
  if (actor == "op") return {.accepted = operate(verb, std::stoi(step.word(2)))};
  if (actor == "settle")
    settle();
  else if (actor == "links")
    change_links(step);
  else if (actor == "witness")
    change_quorum(step);
  else if (actor == "clock")
    sim_.advance_clock(std::chrono::seconds(std::stoi(verb)));
  else
    set_condition(actor, verb);
  return {};
}

void PropertyWorld::change_quorum(const Step& step) {
  json body = {{"state", step.words.back()}};
  if (step.words.size() == 3) body["array"] = step.word(1);
  sim_.control("POST", "/quorum", body);
}

void PropertyWorld::change_links(const Step& step) {
  json body = {{"state", step.words.back()}};
  if (step.words.size() == 3) body["link"] = std::stoi(step.word(1));
  sim_.control("POST", "/links/A,B", body);
}

// An array that has never exported anything to the host does not know it, and its paths stay. What the host has in
// memory could get to the file later, as it could not on a SAN, so nothing is left there.
void PropertyWorld::change_paths(const Step& step) {
  for (const char* volume : kVolumes) sync_file_system(path_of(step.word(0), volume));
  {
    const std::lock_guard hold(paths_);
    synced_at_[step.word(0)] = std::chrono::steady_clock::now();
  }
  const json objects = sim_.objects();
  for (const std::string array : kBoth) {
    if (step.words.size() == 4 && step.word(2) != array) continue;
    for (const json& host : objects.at("arrays").at(array).at("hosts"))
      if (host.value("name", "") == step.word(0)) sim_.host_logged_in(array, step.word(0), step.words.back() == "up");
  }
}

bool PropertyWorld::shut_down(const HostMount& mount) {
  shut_down_file_system(path_of(mount.host, mount.volume));
  // What ext4 has in memory all the same gets to the file after half a minute.
  constexpr std::chrono::seconds kKernelsPatience{20};
  const std::lock_guard hold(paths_);
  const auto synced = synced_at_.find(mount.host);
  return synced != synced_at_.end() && std::chrono::steady_clock::now() - synced->second < kKernelsPatience;
}

void PropertyWorld::set_condition(const std::string& array, const std::string& condition) {
  sim_.set_array_state(array, condition);
  conditions_[array] = condition;
}

void PropertyWorld::end_or_start(const Step& step) {
  Daemon& our = daemon(step.word(0));
  if (step.word(1) != "start") our.kill9();
  if (step.word(1) == "start" && !our.process().running()) our.start();
  if (step.word(1) == "crash") our.start({{"HPE3PARD_CRASH_AT", step.word(2)}});
}

Outcome PropertyWorld::call(const Step& step) {
  const Daemon& our = daemon(step.word(0));
  const std::string& verb = step.word(1);
  const std::string& name = step.word(2);
  if (!accepts_connections(our.socket())) return {};
  Outcome outcome{.called = true};
  if (verb == "create") {
    outcome.err = our.create(name, {{"size", "1"},
                                    {"replicationGroup", kGroup},
                                    {"mountConflictDelay", "2"},
                                    {"mountOptions", "noinit_itable,noatime"}});
  } else if (verb == "remove") {
    outcome.err = our.remove(name);
  } else if (verb == "mount") {
    outcome.err = our.mount(name, step.word(3));
    if (outcome.err.empty()) outcome.shown = read_number(step.word(0), name);
    const std::lock_guard hold(paths_);
    synced_at_.erase(step.word(0));  // a file system that was not there then
  } else if (verb == "unmount") {
    outcome.err = our.unmount(name, step.word(3));
  } else {
    outcome.err = verb == "get" ? our.get(name).err : our.call("List").err;
  }
  outcome.answered = !outcome.err.starts_with("no answer: ");
  return outcome;
}

// The container goes on whatever becomes of the daemon. The simulator cannot take a file away from it; on a host with
// paths, one without any waits.
Outcome PropertyWorld::write(const std::string& host, const std::string& volume, const std::string& owner) {
  const std::lock_guard one_at_a_time(writing_);
  const Observation before = observe();
  const HostMount* const mount = before.find_mount(host, volume);
  if (mount == nullptr || !before.can_write(*mount)) return {};
  const int number = ++last_number_;
  if (!write_durably(path_of(host, volume), number)) return {};
  const Observation now = observe();
  const bool acknowledged = is_acknowledged(before, owner, *mount) && is_acknowledged(now, owner, *mount);
  return {.write = Outcome::Write{number, *mount, acknowledged}};
}

bool PropertyWorld::operate(const std::string& array, int action) {
  if (conditions_.at(array) != "up") return false;
  const Observation now = observe();
  if (!now.at(array).group.exists) return false;
  // docs/replication.md: back to the natural array goes restore. After a failover nobody could tell who took over last.
  const GroupSide& side = now.at(array).group;
  if (action == kFailover && side.is_secondary() && side.reversed) return false;
  // What follows the other array again shows its file to every host that has an export there.
  if (action >= kFailover && !eventually(kOperatorsPatience, [&] { return has_one_host_at_most(observe()); }))
    return false;
  const bool changes_roles = action >= kFailover;
  try {
    sim_.administer(changes_roles ? "POST" : "PUT", "/remotecopygroups/" + now.at(array).group.name,
                    {{"action", action}}, array);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool PropertyWorld::settle() {
  return eventually(kPatience, [&] {
    for (const auto& [host, daemon] : daemons_)
      for (const auto& [array, condition] : conditions_)
        if (condition == "up" && daemon->process().running() && state_of(array, *daemon) != "up") return false;
    return true;
  });
}

std::filesystem::path PropertyWorld::path_of(const std::string& host, const std::string& volume) {
  return daemon(host).mount_dir() / volume;
}

int PropertyWorld::read_number(const std::string& host, const std::string& volume) {
  const std::string text = read_file(path_of(host, volume) / "number");
  return text.empty() ? 0 : std::stoi(text);
}

ArrayView PropertyWorld::view_of(const std::string& array, const json& objects) const {
  ArrayView view{.condition = conditions_.at(array)};
  for (const json& host : objects.at("hosts"))
    if (is_without_paths(host)) view.cut_off.insert(host.value("name", ""));
  for (const json& group : objects.at("remotecopygroups")) view.group = side_in(group);
  for (const json& volume : objects.at("volumes")) {
    const std::string name = volume.at("name");
    CopyView copy{.uuid = uuid_in(volume.value("comment", ""))};
    copy.inode = inode_of(sim_.loop_dir(array) / "volumes" / volume.at("wwn").get<std::string>());
    for (const json& vlun : objects.at("vluns"))
      if (vlun.at("volumeName") == name) copy.hosts.insert(vlun.value("hostname", ""));
    view.volumes[docker_name(name)] = copy;
  }
  return view;
}

Observation PropertyWorld::observe() {
  const json objects = sim_.objects();
  Observation now;
  for (const char* array : kBoth) now.arrays[array] = view_of(array, objects.at("arrays").at(array));
  for (const auto& [host, daemon] : daemons_) {
    for (const char* volume : kVolumes)
      if (const Inode inode = inode_mounted_at(path_of(host, volume))) now.mounts.push_back({host, volume, inode});
    for (const char* array : kBoth)
      if (const std::string state = state_of(array, *daemon); state == "unreachable" || state == "connecting")
        now.silent[host].insert(array);
  }
  return now;
}

}  // namespace hpe3par::test
