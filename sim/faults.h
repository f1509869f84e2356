#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange.h"
#include "hpe3par/base/clock.h"

namespace hpe3par::sim {

/// docs/simulator.md says what each one does. `_after`: the request takes effect first.
enum class FaultKind {
  error,
  error_after,
  latency,
  reset,
  reset_after,
  hang,
  hang_after,
  garbage,
  html,
  html_after,
  empty,
  empty_after,
  wrong_shape,
  wrong_shape_after,
  die,
  die_after,
};

/// The word of the control port, or nothing.
std::optional<FaultKind> parse_fault_kind(std::string_view word);

/// Every word that parse_fault_kind() knows, for messages.
std::string fault_kind_words();

bool comes_after_the_effect(FaultKind kind);

/// The array is down from this request on.
bool kills_the_array(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::error;
  std::string method{};  ///< empty: any
  std::string route{};   ///< as in the statistics; empty: any
  int status = 0;        ///< 0: what befits the kind
  int code = 1;
  Millis delay{0};
  int count = 1;                      ///< how many requests it hits; 0: all until cleared
  int skip = 0;                       ///< how many requests that match pass before
  std::string name{};                 ///< stands in the path, the query or the body; empty: any
  std::optional<std::string> body{};  ///< of wrong_shape; absent: one of ours
};

/// What a request that met a fault is answered.
struct FaultAnswer {
  Delivery delivery = Delivery::answer;
  int status = 200;
  std::string content_type{};
  std::string body{};
};

/// For every kind but latency.
FaultAnswer answer_of(const Fault& fault, std::string_view method);

/// The faults asked for on one array, and what they struck. Thread-safe.
class Faults {
 public:
  void add(Fault fault);

  /// Takes away those with this `name`, or all if it is empty, and ends the hangs that they caused.
  void clear(std::string_view name = {});

  /// What happens to one request.
  struct Plan {
    Millis delay{0};                                     ///< of all matching latencies together
    std::optional<Fault> failure;                        ///< the oldest other fault that matches
    std::shared_ptr<const std::atomic<bool>> cleared{};  ///< true as soon as that one was cleared
  };

  /// Counts against each fault that it uses.
  /// @param text what a fault's `name` is looked for in
  Plan take(std::string_view method, std::string_view route, std::string_view text = {});

  int fired() const;
  void reset_fired();

  /// Each fault that was not cleared, used up or not: `kind`, `name`, and as `hits` the requests that it struck.
  nlohmann::json report() const;

 private:
  struct Entry {
    Fault fault;
    bool used_up = false;
    std::vector<std::string> hits{};
    std::shared_ptr<std::atomic<bool>> cleared = std::make_shared<std::atomic<bool>>(false);
  };

  static bool fits(const Entry& entry, std::string_view method, std::string_view route, std::string_view text);
  void strike(Entry& entry, std::string_view method, std::string_view route);

  mutable std::mutex mutex_;
  std::vector<Entry> faults_;
  int fired_ = 0;
};

}  // namespace hpe3par::sim
