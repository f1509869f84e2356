#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "hpe3par_test/daemon.h"
#include "hpe3par_test/eventually.h"
#include "hpe3par_test/leak_check.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {

using namespace std::chrono_literals;

inline DaemonOptions options_for(const Simulator& simulator, const std::string& host_name = "h1",
                                 std::vector<std::string> lines = {}) {
  DaemonOptions options;
  options.host_name = host_name;
  options.backends = {Backend::of(simulator)};
  options.backends.front().lines = std::move(lines);
  return options;
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Nothing is left to be finished or undone.
inline bool is_clean(const Daemon& daemon) {
  const nlohmann::json status = daemon.admin("/v1/status").json();  // none before the admin socket is there
  return status.is_object() && status.value("clean_up", nlohmann::json{{}}).empty();
}

/// What a call takes on a machine that may stall at any moment. @param values at least one
inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

inline std::size_t count_vluns(Simulator& sim, const std::string& array = "A") {
  const nlohmann::json objects = sim.objects();
  return objects["arrays"][array]["vluns"].size();
}

/// A volume set that limits the I/O of its members.
inline void make_qos_set(Simulator& sim, const std::string& name) {
  sim.administer("POST", "/volumesets", {{"name", name}});
  sim.administer("POST", "/qos", {{"name", name}, {"type", 1}, {"ioMaxLimit", 1000}});
}

inline void make_flash_cache(Simulator& sim) {
  sim.administer("POST", "", {{"flashCache", {{"sizeGiB", 64}}}});
}

inline void remove_qos_set(Simulator& sim, const std::string& name) {
  sim.administer("DELETE", "/qos/vvset:" + name);
  sim.administer("DELETE", "/volumesets/" + name);
}

/// One simulated array and one daemon on it; at its end nothing may be left.
struct World {
  explicit World(std::vector<std::string> lines = {})
      : sim(directory / "sim"),
        leaks({directory.path()}, &sim),
        daemon(directory / "h1", options_for(sim, "h1", std::move(lines))) {
    EXPECT_TRUE(eventually(10s, [&] { return is_up(); })) << daemon.log();
  }

  bool is_up() const {
    const nlohmann::json status = daemon.admin("/v1/status").json();
    return status.is_object() && status.contains("arrays") && status["arrays"][0]["state"] == "up" &&
           daemon.call("List").ok();
  }

  std::int64_t total_requests() {
    std::int64_t total = 0;
    for (const auto& [route, count] : sim.requests()) total += count;
    return total;
  }

  bool has_array_volume(const std::string& name) {
    const nlohmann::json volumes = sim.objects()["arrays"]["A"]["volumes"];
    return std::any_of(volumes.begin(), volumes.end(), [&](const auto& volume) { return volume["name"] == name; });
  }

  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  Daemon daemon;
};

inline const DriverOptions kSmall = {{"size", "1"}};

}  // namespace hpe3par::test
