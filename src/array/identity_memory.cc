#include "identity_memory.h"

namespace hpe3par::array {

void IdentityMemory::saw(const wsapi::Volume& volume) {
  remember(volume.name, volume.wwn, volume.comment);
}

void IdentityMemory::created(const std::string& name, const std::string& comment) {
  remember(name, "", comment);
}

void IdentityMemory::remember(const std::string& name, const std::string& wwn, const std::string& comment) {
  constexpr std::size_t kMost = 256;
  const std::lock_guard lock(mutex_);
  if (const auto old = known_.find(name); old != known_.end()) names_.erase(old->second.age);
  known_[name] = {wwn, comment, names_.insert(names_.end(), name)};
  if (names_.size() <= kMost) return;
  known_.erase(names_.front());
  names_.pop_front();
}

IdentityMemory::Same IdentityMemory::compare(const wsapi::Volume& volume) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(volume.name);
  if (found == known_.end()) return Same::unknown;
  const Identity& then = found->second;
  if (!then.wwn.empty()) return then.wwn == volume.wwn ? Same::yes : Same::no;
  if (then.comment.empty()) return Same::unknown;
  return then.comment == volume.comment ? Same::yes : Same::no;
}

}  // namespace hpe3par::array
