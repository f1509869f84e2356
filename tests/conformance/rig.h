#pragma once

#include <map>
#include <string>
#include <vector>

#include "hpe3par_test/process.h"
#include "hpe3par_test/temp_dir.h"

namespace hpe3par::test {

/// What volconf printed.
struct Report {
  RunResult result;
  std::map<std::string, std::string> outcomes;  ///< by case: "ok", "FAILED" or "not run"
  std::map<std::string, std::string> texts;

  std::vector<std::string> with(const std::string& outcome) const;
};

Report run_volconf(const std::vector<std::string>& arguments, const TempDir& directory,
                   std::chrono::milliseconds timeout = std::chrono::seconds(220));

/// The daemon and a simulated array, with scripts that start, stop and break them: what somebody with any other plugin
/// would write to run every case.
class Rig {
 public:
  Rig();
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  /// @param outage state of the array during an outage: down or hang
  Report run(const std::string& cases, const std::string& outage = "down");

 private:
  void write_config() const;
  std::vector<std::string> script(const std::string& action) const;
  std::string command(const std::string& action) const;
  bool is_up() const;
  std::string control(const std::string& method, const std::string& path, const std::string& body) const;

  TempDir directory_;
  int array_port_;
  int control_port_;
  Process simulator_;
};

}  // namespace hpe3par::test
