#pragma once

#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>

namespace hpe3par::sim {

/// What an array was asked since the last reset: requests by method and route, and how many were inside at one time.
/// Thread-safe.
class Accounts {
 public:
  /// Counts a request from now until its destruction.
  class Visit {
   public:
    Visit(Accounts& accounts, const std::string& method, const std::string& route);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    Accounts& accounts_;
  };

  /// `total`, `requests` and `concurrency_peak`.
  nlohmann::json report() const;

  /// Requests that are inside now count towards the new peak.
  void reset();

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, int> requests_;  // by route, method
  int total_ = 0;
  int inside_ = 0;
  int peak_ = 0;
};

}  // namespace hpe3par::sim
