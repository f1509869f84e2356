#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tests/integration/world.h"

namespace hpe3par::test {

/// Simulated arrays A and B, and one daemon whose only backend is on A and replicates to B. At its end nothing may be
/// left.
struct ReplicatedPair {
  /// @param more_lines of hpe.conf
  explicit ReplicatedPair(std::string replication_mode = "synchronous", std::vector<std::string> more_lines = {})
      : mode(std::move(replication_mode)),
        lines(std::move(more_lines)),
        sim(directory / "sim", with_two()),
        leaks({directory.path()}, &sim) {
    daemon.emplace(directory / "h1", options());
    EXPECT_TRUE(both_are_up()) << daemon->log();
  }

  static SimulatorOptions with_two() {
    SimulatorOptions options;
    options.arrays = {"A", "B"};
    return options;
  }

  DaemonOptions options(const std::string& host = "h1") const {
    DaemonOptions options = options_for(sim, host);
    options.backends.front().lines = {"replication_device = backend_id:B,",
                                      "    replication_mode:" + mode + ",",
                                      "    cpg_map:cpg1:cpg2,",
                                      "    hpe3par_api_url:" + sim.url("B") + ",",
                                      "    hpe3par_username:" + sim.options().user + ",",
                                      "    hpe3par_password:" + sim.options().password + ",",
                                      "    loop_dir:" + sim.loop_dir("B").string()};
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

  /// The group as an array describes it; absent: it has none. B knows it by a longer name.
  std::optional<nlohmann::json> group(const std::string& array, const std::string& name = "g1") {
    const nlohmann::json groups = sim.administer("GET", "/remotecopygroups", {}, array);
    for (const nlohmann::json& each : groups["members"]) {
      const std::string found = each["name"];
      if (found == name || found.starts_with(name + ".r")) return each;
    }
    return std::nullopt;
  }
  /// "1f3": role, reversed, state; "-": there is no group.
  std::string side(const std::string& array) {
    const auto now = group(array);
    if (!now) return "-";
    const nlohmann::json& target = (*now)["targets"][0];
    return std::to_string((*now)["role"].get<int>()) + (target["roleReversed"].get<bool>() ? "t" : "f") +
           std::to_string(target["state"].get<int>());
  }
  bool becomes(const std::string& own, const std::string& peer) {
    return eventually(20s, [&] { return side("A") == own && side("B") == peer; });
  }
  bool is_synced() {
    const auto now = group("A");
    if (!now) return false;
    const nlohmann::json volumes = (*now)["volumes"];
    return std::all_of(volumes.begin(), volumes.end(),
                       [](const nlohmann::json& volume) { return volume["remoteVolumes"][0]["syncStatus"] == 3; });
  }
  void stop() { sim.administer("PUT", "/remotecopygroups/g1", {{"action", 4}}); }
  /// Acts of the operator on B: 7 failover, 9 recover, 10 restore.
  void act_on_peer(int action) {
    sim.administer("POST", "/remotecopygroups/" + (*group("B"))["name"].get<std::string>(), {{"action", action}}, "B");
  }

  std::string mode;
  std::vector<std::string> lines;
  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  std::optional<Daemon> daemon;
};

}  // namespace hpe3par::test
