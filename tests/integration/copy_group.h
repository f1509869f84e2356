#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/simulator.h"

namespace hpe3par::test {

/// A backend on array `own` whose volumes are replicated to array `peer`, from cpg1 to cpg2.
inline Backend replicating_backend(const Simulator& sim, const std::string& mode, const std::string& own = "A",
                                   const std::string& peer = "B") {
  Backend backend = Backend::of(sim, own);
  backend.lines = {"replication_device = backend_id:" + peer + ",",
                   "    replication_mode:" + mode + ",",
                   "    cpg_map:cpg1:cpg2,",
                   "    hpe3par_api_url:" + sim.url(peer) + ",",
                   "    hpe3par_username:" + sim.options().user + ",",
                   "    hpe3par_password:" + sim.options().password + ",",
                   "    loop_dir:" + sim.loop_dir(peer).string()};
  return backend;
}

/// One remote copy group in the hands of an operator, who logs in to either array and does what the runbooks say.
struct CopyGroup {
  Simulator& sim;
  std::string name = "g1";  ///< on the own array; the peer knows it by a longer one
  std::string own = "A";
  std::string peer = "B";

  /// The group as an array describes it; absent: it has none.
  std::optional<nlohmann::json> seen_by(const std::string& array) const {
    const nlohmann::json groups = sim.administer("GET", "/remotecopygroups", {}, array);
    for (const nlohmann::json& each : groups["members"]) {
      const std::string found = each["name"];
      if (array == own ? found == name : found.starts_with(name + ".r")) return each;
    }
    return std::nullopt;
  }

  /// "1f3": role, reversed, state; "-": there is no group.
  std::string side(const std::string& array) const {
    const auto now = seen_by(array);
    if (!now) return "-";
    const nlohmann::json& target = (*now)["targets"][0];
    return std::to_string((*now)["role"].get<int>()) + (target["roleReversed"].get<bool>() ? "t" : "f") +
           std::to_string(target["state"].get<int>());
  }

  bool becomes(const std::string& on_own, const std::string& on_peer) const {
    return eventually(std::chrono::seconds(30), [&] { return side(own) == on_own && side(peer) == on_peer; });
  }

  /// Every volume is Synced, as that array says.
  bool is_synced(const std::string& array) const {
    const auto now = seen_by(array);
    if (!now) return false;
    const nlohmann::json volumes = (*now)["volumes"];
    return std::all_of(volumes.begin(), volumes.end(),
                       [](const nlohmann::json& volume) { return volume["remoteVolumes"][0]["syncStatus"] == 3; });
  }
  bool becomes_synced(const std::string& array) const {
    return eventually(std::chrono::seconds(30), [&] { return is_synced(array); });
  }

  /// 3 start, 4 stop, 5 synchronise.
  void change(const std::string& array, int action) const { act("PUT", array, action); }
  /// 7 failover, 9 recover, 10 restore.
  void change_roles(const std::string& array, int action) const { act("POST", array, action); }

  void act(const std::string& method, const std::string& array, int action) const {
    sim.administer(method, "/remotecopygroups/" + seen_by(array).value()["name"].get<std::string>(),
                   {{"action", action}}, array);
  }
};

}  // namespace hpe3par::test
