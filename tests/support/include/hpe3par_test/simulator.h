#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "hpe3par_test/process.h"

namespace hpe3par::test {

struct SimulatorOptions {
  std::vector<std::string> arrays = {"A"};  ///< every two of them are linked
  std::string user = "3paradm";
  std::string password = "sim-Secret-42";
  std::vector<std::string> arguments;  ///< more of them, e.g. --domain d1
};

/// A running wsapi-sim with its control port; its data lie in `<directory>/arrays`. Not thread-safe, except for the
/// control calls.
class Simulator {
 public:
  /// Returns when it is ready. @throws std::runtime_error it does not come up; with the end of its log
  explicit Simulator(const std::filesystem::path& directory, SimulatorOptions options = {});
  ~Simulator();

  const SimulatorOptions& options() const { return options_; }
  std::string url(const std::string& array = "A") const;  ///< what goes into hpe3par_api_url
  std::filesystem::path loop_dir(const std::string& array = "A") const;
  Process& process() { return *process_; }

  /// @throws std::runtime_error the simulator answers anything but 2xx (all control calls)
  nlohmann::json control(const std::string& method, const std::string& path, const nlohmann::json& body = {});

  nlohmann::json stats();  ///< {"arrays":{"A":{"total":…,"requests":[…],…}}}
  void reset_stats();
  nlohmann::json objects();  ///< {"arrays":{"A":{"volumes":[…],…}}}

  /// Requests that an array got since reset_stats(), e.g. {"POST /api/v1/volumes", 1}; without sessions (credentials).
  std::map<std::string, std::int64_t> requests(const std::string& array = "A");

  /// One WSAPI request of the array's administrator, in a session of its own. The path is below /api/v1.
  /// @throws std::runtime_error the array answers anything but 2xx
  nlohmann::json administer(const std::string& method, const std::string& path, const nlohmann::json& body = {},
                            const std::string& array = "A");

  void fault(const nlohmann::json& fault);
  void clear_faults();
  void set_array_state(const std::string& array, const std::string& state);  ///< up, down, mgmt_down, hang
  void host_logged_in(const std::string& array, const std::string& host, bool logged_in);
  void advance_clock(std::chrono::seconds by);

 private:
  void start(const std::filesystem::path& directory);

  SimulatorOptions options_;
  std::filesystem::path data_;
  std::map<std::string, int> ports_;
  int control_port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace hpe3par::test
