#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hpe3par/base/clock.h"

namespace hpe3par::sim {

enum class FaultKind { error, error_after, latency, reset, reset_after, hang, garbage };

/// The word of the control port, or nothing.
std::optional<FaultKind> parse_fault_kind(std::string_view word);

/// Every word that parse_fault_kind() knows, for messages.
std::string fault_kind_words();

struct Fault {
  FaultKind kind = FaultKind::error;
  std::string method{};  ///< empty: any
  std::string route{};   ///< as in the statistics; empty: any
  int status = 500;
  int code = 1;
  Millis delay{0};
  int count = 1;  ///< how many requests it hits; 0: all until cleared
};

/// The faults asked for on one array, and how often they struck. Thread-safe.
class Faults {
 public:
  void add(Fault fault);
  void clear();

  /// What happens to one request.
  struct Plan {
    Millis delay{0};               ///< of all matching latencies together
    std::optional<Fault> failure;  ///< the oldest other fault that matches
  };

  /// Counts against each fault that it uses.
  Plan take(std::string_view method, std::string_view route);

  int fired() const;
  void reset_fired();

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  int fired_ = 0;
};

}  // namespace hpe3par::sim
