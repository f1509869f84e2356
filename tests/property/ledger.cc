#include "tests/property/ledger.h"

namespace hpe3par::test {

void Ownership::observe(const Observation& now) {
  std::set<std::string> primaries;
  for (const char* array : kBoth)
    if (now.at(array).group.is_primary()) primaries.insert(array);
  if (primaries.size() == 1) {
    owner_ = *primaries.begin();
  } else {
    for (const std::string& array : primaries)
      if (!primaries_.contains(array)) owner_ = array;
  }
  if (!now.at("A").group.exists) owner_ = std::string(1, 'A');
  if (!primaries.empty()) primaries_ = primaries;
  ever_changed_ = ever_changed_ || primaries_.contains("B");
}

void Ledger::begin(const std::string& uuid) {
  *this = Ledger();
  uuid_ = uuid;
}

void Ledger::observe(const Observation& before, const Observation& now, const std::string& volume) {
  Numbers known;
  std::set<Inode> files;
  for (const char* array : kBoth) {
    const auto copy = before.at(array).volumes.find(volume);
    if (copy == before.at(array).volumes.end()) continue;
    const Numbers numbers = held_by(copy->second.inode);
    known.insert(numbers.begin(), numbers.end());
    files.insert(copy->second.inode);
  }
  if (known.empty()) known = {0};
  new_.clear();
  for (const char* array : kBoth) {
    const auto copy = now.at(array).volumes.find(volume);
    if (copy == now.at(array).volumes.end() || files.contains(copy->second.inode)) continue;
    held_[copy->second.inode] = known;
    new_.insert(copy->second.inode);
  }
}

void Ledger::write(int number, Inode inode, bool acknowledged, bool alone) {
  if (alone) held_[inode].clear();
  held_[inode].insert(number);
  if (!alone)
    for (const Inode copy : new_) held_[copy].insert(number);
  if (acknowledged)
    allowed_ = {number};
  else
    allowed_.insert(number);
}

Ledger::Numbers Ledger::held_by(Inode inode) const {
  const auto found = held_.find(inode);
  return found == held_.end() ? Numbers{} : found->second;
}

bool is_acknowledged(const Observation& now, const std::string& owner, const HostMount& mount) {
  const ArrayView& array = now.at(owner);
  const auto copy = array.volumes.find(mount.volume);
  return array.condition != "down" && array.group.is_primary() && !array.group.is_failsafe() &&
         copy != array.volumes.end() && copy->second.inode == mount.inode && copy->second.hosts.contains(mount.host) &&
         !array.cut_off.contains(mount.host);
}

}  // namespace hpe3par::test
