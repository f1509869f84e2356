#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "array.h"
#include "clock.h"
#include "fabric.h"
#include "hpe3par/base/clock.h"
#include "hpe3par/base/unique_fd.h"
#include "listener.h"
#include "options.h"
#include "tls.h"

namespace hpe3par::sim {

enum class SiteState { up, down, mgmt_down, hang };

/// All arrays of one process with their listeners, and the switches that the control port offers. Thread-safe.
class Simulator {
 public:
  /// Listens when constructed. One simulator at a time may use a data directory.
  /// @throws Error
  explicit Simulator(const Options& options);
  ~Simulator();

  /// Null when there is no such array.
  Array* find_array(const std::string& name);
  std::vector<Array*> arrays();

  /// The port at which an array's WSAPI listens, also while it plays dead.
  int port_of(const std::string& array) const;

  void set_state(const std::string& array, SiteState state);
  /// False when no such link was declared; the order of the names does not matter.
  /// @param number 0 or 1: only this one of the two
  bool set_link(const std::string& a, const std::string& b, std::optional<int> number, bool up);
  /// The witness. When it comes up, all arrays reach it.
  void set_quorum(bool up);
  /// Whether one array reaches it.
  void set_quorum_of(const std::string& array, bool reached);
  /// What the array's next connections meet. False without --tls.
  bool set_tls(const std::string& array, const TlsPlay& play);
  TlsPlay tls(const std::string& array);
  int tls_resumed(const std::string& array) const;
  void reset_tls_resumed();
  Behaviour behaviour();
  void set_behaviour(const Behaviour& behaviour);
  void advance_clock(std::chrono::seconds by);

  /// Whether data were ever in danger.
  nlohmann::json invariants();
  void reset_invariants();

  /// Everything as freshly started, on the same ports.
  void reset();

 private:
  struct Site {
    std::unique_ptr<Array> array;
    std::unique_ptr<Listener> listener;
    TlsPlay tls = {};
  };

  void apply_tls(Site& site, const TlsPlay& play);
  static void apply(Site& site, SiteState state);
  template <typename Change>
  void change_fabric(Change change);
  void settle_and_watch();
  void tick(const std::stop_token& stop);

  SystemClock system_clock_;
  MovableClock clock_{system_clock_};
  UniqueFd directory_lock_;
  std::unique_ptr<TlsIdentity> tls_;
  Fabric fabric_;
  std::mutex mutex_;  // covers the sites; taken before the fabric's lock. The map itself never changes
  std::map<std::string, Site> sites_;
  bool ending_ = false;  // also covered
  std::condition_variable_any stop_;
  std::jthread ticker_;
};

}  // namespace hpe3par::sim
