#include "accounts.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace hpe3par::sim {

using nlohmann::json;

Accounts::Visit::Visit(Accounts& accounts, const std::string& method, const std::string& route) : accounts_(accounts) {
  const std::lock_guard guard(accounts_.mutex_);
  ++accounts_.total_;
  ++accounts_.requests_[{route, method}];
  accounts_.peak_ = std::max(accounts_.peak_, ++accounts_.inside_);
}

Accounts::Visit::~Visit() {
  const std::lock_guard guard(accounts_.mutex_);
  --accounts_.inside_;
}

json Accounts::report() const {
  const std::lock_guard guard(mutex_);
  json requests = json::array();
  for (const auto& [key, count] : requests_)
    requests.push_back({{"method", key.second}, {"route", key.first}, {"count", count}});
  return {{"total", total_}, {"requests", std::move(requests)}, {"concurrency_peak", peak_}};
}

void Accounts::reset() {
  const std::lock_guard guard(mutex_);
  requests_.clear();
  total_ = 0;
  peak_ = inside_;
}

}  // namespace hpe3par::sim
