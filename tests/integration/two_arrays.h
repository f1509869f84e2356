#pragma once

#include <functional>
#include <optional>

#include "tests/integration/world.h"

namespace hpe3par::test {

/// Simulated arrays A and B with a backend each, DEFAULT and B1, and one daemon. At its end nothing may be left.
struct TwoArrays {
  /// @param before what happens to the simulator before the daemon starts
  explicit TwoArrays(const std::function<void(Simulator&)>& before = {})
      : sim(directory / "sim", with_two()), leaks({directory.path()}, &sim) {
    if (before) before(sim);
    daemon.emplace(directory / "h1", options());
  }

  static SimulatorOptions with_two() {
    SimulatorOptions options;
    options.arrays = {"A", "B"};
    return options;
  }

  DaemonOptions options() const {
    DaemonOptions options;
    options.backends = {Backend::of(sim, "A"), Backend::of(sim, "B")};
    options.backends[1].section = "B1";
    return options;
  }

  /// What /v1/status says of the array behind a backend.
  nlohmann::json array_of(const std::string& backend) const {
    const nlohmann::json status = daemon->admin("/v1/status").json();
    if (!status.is_object()) return {};
    for (const nlohmann::json& each : status.value("arrays", nlohmann::json::array()))
      for (const nlohmann::json& name : each["backends"])
        if (name == backend) return each;
    return {};
  }
  bool is(const std::string& backend, const std::string& state) const {
    const nlohmann::json array = array_of(backend);
    return array.is_object() && array["state"] == state;
  }
  /// Without asking for anything that would make the daemon look.
  bool wait_until(const std::string& backend, const std::string& state) const {
    return eventually(30s, [&] { return is(backend, state); });
  }
  bool both_are_up() const { return wait_until("DEFAULT", "up") && wait_until("B1", "up"); }
  std::string create(const std::string& name, const std::string& backend) const {
    return daemon->create(name, {{"size", "1"}, {"backend", backend}});
  }
  nlohmann::json status_of(const std::string& volume) const { return daemon->get(volume).json["Volume"]["Status"]; }

  TempDir directory;
  Simulator sim;
  LeakCheck leaks;
  std::optional<Daemon> daemon;
};

}  // namespace hpe3par::test
