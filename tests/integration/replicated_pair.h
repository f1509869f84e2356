#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/integration/copy_group.h"
#include "tests/integration/world.h"

namespace hpe3par::test {

/// For ReplicatedPair: what makes a replication_device one of Peer Persistence.
constexpr const char* kPeerPersistence = "synchronous,quorum_witness_ip:10.0.0.9";

/// Simulated arrays A and B, and one daemon whose only backend is on A and replicates to B. At its end nothing may be
/// left.
struct ReplicatedPair {
  /// @param more_lines of hpe.conf
  /// @param arguments more of the simulator's
  explicit ReplicatedPair(std::string replication_mode = "synchronous", std::vector<std::string> more_lines = {},
                          std::vector<std::string> arguments = {})
      : mode(std::move(replication_mode)),
        lines(std::move(more_lines)),
        sim(directory / "sim", with_two(std::move(arguments))),
        leaks({directory.path()}, &sim) {
    daemon.emplace(directory / "h1", options());
    EXPECT_TRUE(both_are_up()) << daemon->log();
  }

  ~ReplicatedPair() {
    EXPECT_TRUE(eventually(90s, [&] { return takeover_note().empty(); })) << "a failover is still remembered";
  }
  ReplicatedPair(const ReplicatedPair&) = delete;
  ReplicatedPair& operator=(const ReplicatedPair&) = delete;

  static SimulatorOptions with_two(std::vector<std::string> arguments) {
    SimulatorOptions options;
    options.arrays = {"A", "B"};
    options.arguments = std::move(arguments);
    return options;
  }

  DaemonOptions options(const std::string& host = "h1") const {
    DaemonOptions options = options_for(sim, host);
    options.backends = {replicating_backend(sim, mode)};
    for (const std::string& line : lines) options.backends.front().lines.push_back(line);
    return options;
  }

  bool is_up(const std::string& array) const {
    const nlohmann::json status = daemon->admin("/v1/status").json();
    if (!status.is_object()) return false;
    for (const nlohmann::json& each : status.value("arrays", nlohmann::json::array()))
      if (each["name"] == array) return each["state"] == "up";
    return false;
  }
  bool both_are_up() const {
    return eventually(30s, [&] { return is_up("A") && is_up("B") && daemon->call("List").ok(); });
  }

  std::string create(const std::string& name, const std::string& group = "g1") const {
    return daemon->create(name, {{"size", "1"}, {"replicationGroup", group}});
  }

  /// The volume set on an array that says who took group g1 over; empty: there is none.
  std::string takeover_note() {
    const nlohmann::json objects = sim.objects();
    for (const char* array : {"A", "B"})
      for (const nlohmann::json& each : objects["arrays"][array]["volumesets"])
        if (std::string name = each["name"]; name.ends_with("-t")) return name;
    return "";
  }

  CopyGroup copies(const std::string& name = "g1") { return {.sim = sim, .name = name}; }
  std::optional<nlohmann::json> group(const std::string& array, const std::string& name = "g1") {
    return copies(name).seen_by(array);
  }
  std::string side(const std::string& array) { return copies().side(array); }
  bool becomes(const std::string& own, const std::string& peer) { return copies().becomes(own, peer); }
  /// Requests to both arrays since it was asked last.
  std::int64_t take_requests() {
    std::int64_t total = 0;
    for (const char* array : {"A", "B"})
      for (const auto& [route, count] : sim.requests(array)) total += count;
    sim.reset_stats();
    return total;
  }
  bool is_synced() { return copies().is_synced("A"); }
  void stop() { copies().change("A", 4); }
  /// Acts of the operator on B: 7 failover, 9 recover, 10 restore.
  void act_on_peer(int action) { copies().change_roles("B", action); }

  std::string mode;
  std::vector<std::string> lines;
  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  std::optional<Daemon> daemon;
};

/// Onto the file system of a mounted volume, and down to its device.
inline void write(const ReplicatedPair& pair, const std::string& volume, const std::string& text) {
  const auto path = pair.daemon->path(volume);
  ASSERT_TRUE(path) << volume << " is not mounted";
  write_file(*path / "file", text);
  const int directory = ::open(path->c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  EXPECT_EQ(::syncfs(directory), 0);
  ::close(directory);
}

inline std::string content(const ReplicatedPair& pair, const std::string& volume) {
  const auto path = pair.daemon->path(volume);
  return path ? read_file(*path / "file") : "not mounted";
}

}  // namespace hpe3par::test
