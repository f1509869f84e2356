#pragma once

#include <map>
#include <string>

namespace hpe3par::volumes {

/// What became of the addresses (keys) of arrays that have another one now: whoever was at work on a row meanwhile has
/// a copy with the old one. Not thread-safe.
class NewAddresses {
 public:
  void add(const std::string& from, const std::string& to) {
    for (auto& [old, now] : by_old_)
      if (now == from) now = to;
    by_old_[from] = to;
    by_old_.erase(to);
  }

  /// The address by which the array of `key` is known now.
  const std::string& of(const std::string& key) const {
    const auto found = by_old_.find(key);
    return found == by_old_.end() ? key : found->second;
  }

 private:
  std::map<std::string, std::string> by_old_;
};

}  // namespace hpe3par::volumes
