#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "hpe3par_test/daemon.h"
#include "hpe3par_test/simulator.h"
#include "hpe3par_test/temp_dir.h"
#include "tests/property/observation.h"
#include "tests/property/step.h"

namespace hpe3par::test {

constexpr const char* kVolumes[] = {"v1", "v2"};

/// What became of a step.
struct Outcome {
  bool called = false;    ///< there was a daemon to call
  bool answered = false;  ///< the call came to its end, with `err` or without
  std::string err{};
  bool accepted = false;       ///< by the array, of what an operator asked
  std::optional<int> shown{};  ///< the number in the volume, after a successful mount
  struct Write {
    int number = 0;
    HostMount mount;
    bool acknowledged = false;
  };
  std::optional<Write> write{};
};

/// Simulated arrays A and B, and the daemons of two hosts that replicate from A to B. Carries steps out; judges
/// nothing, and fails no test.
class PropertyWorld {
 public:
  /// @throws std::runtime_error it does not come up
  explicit PropertyWorld(const Plan& plan);
  /// Unmounts what is left.
  ~PropertyWorld();
  PropertyWorld(const PropertyWorld&) = delete;
  PropertyWorld& operator=(const PropertyWorld&) = delete;

  /// Two steps may be carried out at once, but not two that start or end one daemon.
  /// @param owner of the data, see Ownership; decides what is acknowledged
  Outcome carry_out(const Step& step, const std::string& owner);

  Observation observe();

  Simulator& sim() { return sim_; }
  const std::vector<std::string>& hosts() const { return hosts_; }
  Daemon& daemon(const std::string& host) { return *daemons_.at(host); }
  const std::filesystem::path& directory() const { return directory_.path(); }

  /// Waits until each running daemon uses every array that is up.
  bool settle();
  /// @return the array took it
  bool operate(const std::string& array, int action);
  /// The number in a volume that is mounted; 0: none was ever written.
  int read_number(const std::string& host, const std::string& volume);
  void set_condition(const std::string& array, const std::string& condition);
  /// What the host has mounted writes nothing any more. On a SAN the array sees to that.
  /// @return false: too late, something may have been written since the host lost its paths
  bool shut_down(const HostMount& mount);

 private:
  DaemonOptions options_for_host(const Plan& plan, const std::string& host) const;
  Outcome call(const Step& step);
  Outcome write(const std::string& host, const std::string& volume, const std::string& owner);
  void end_or_start(const Step& step);
  void change_quorum(const Step& step);
  void change_links(const Step& step);
  void change_paths(const Step& step);
  std::filesystem::path path_of(const std::string& host, const std::string& volume);
  ArrayView view_of(const std::string& array, const nlohmann::json& objects) const;

  std::vector<std::string> hosts_;
  TempDir directory_;
  Simulator sim_;
  std::map<std::string, std::unique_ptr<Daemon>> daemons_;
  std::map<std::string, std::string> conditions_ = {{"A", "up"}, {"B", "up"}};
  std::mutex writing_;
  std::mutex paths_;
  std::map<std::string, std::chrono::steady_clock::time_point> synced_at_;  ///< by host
  int last_number_ = 0;
};

}  // namespace hpe3par::test
