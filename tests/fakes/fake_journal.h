#pragma once

#include <map>
#include <mutex>
#include <set>

#include "hpe3par/base/error.h"
#include "hpe3par/journal/journal.h"
#include "tests/fakes/steps.h"

namespace hpe3par::test {

/// A journal in memory. It outlives the services that are run on it, as the file outlives processes. Thread-safe.
class FakeJournal final : public journal::Journal {
 public:
  explicit FakeJournal(Steps& steps) : steps_(steps) {}

  void set_writable(bool writable) {
    const std::lock_guard hold(mutex_);
    writable_ = writable;
  }
  /// What open() does to the rows when the boot id is another one.
  void reboot() {
    const std::lock_guard hold(mutex_);
    for (auto& [uuid, record] : mounts_) {
      record.ids.clear();
      record.device.clear();
      record.disk_sequence = 0;
      record.mountpoint.clear();
      record.fs_uuid.clear();
      record.state = journal::MountState::unexporting;
    }
  }

  std::vector<journal::KnownArray> arrays() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::KnownArray> arrays;
    for (const auto& [key, array] : arrays_) arrays.push_back(array);
    return arrays;
  }
  void put(const journal::KnownArray& array) override {
    write("journal:array", [&] { arrays_[array.array] = array; });
  }
  void rename_array(const std::string& from, const std::string& to) override {
    write("journal:rename", [&] {
      for (auto& [uuid, record] : mounts_)
        if (record.array == from) record.array = to;
      for (auto& [uuid, volume] : unfinished_)
        if (volume.array == from) volume.array = to;
      if (auto node = arrays_.extract(from)) {
        node.mapped().array = to;
        arrays_.insert_or_assign(to, node.mapped());
      }
    });
  }
  std::vector<journal::MountRecord> mounts() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::MountRecord> records;
    for (const auto& [uuid, record] : mounts_) records.push_back(record);
    for (journal::MountRecord& record : records)
      for (journal::MountId& id : record.ids)
        if (!id.confirmed && notes_.contains({record.uuid, id.id})) id.confirmed = id.doubtful = true;
    return records;
  }
  void put(const journal::MountRecord& record) override {
    write("journal:" + std::string(to_string(record.state)), [&] {
      mounts_[record.uuid] = record;
      for (const journal::MountId& id : record.ids)
        if (id.confirmed) notes_.erase({record.uuid, id.id});
    });
  }
  void erase_mount(const std::string& uuid) override {
    write("journal:erase", [&] {
      mounts_.erase(uuid);
      std::erase_if(notes_, [&](const auto& note) { return note.first == uuid; });
    });
  }
  void note_answer(const std::string& uuid, const std::string& id) override {
    const std::lock_guard hold(mutex_);
    notes_.emplace(uuid, id);
  }
  void forget_answer(const std::string& uuid, const std::string& id) override {
    const std::lock_guard hold(mutex_);
    notes_.erase({uuid, id});
  }
  /// Answers that are noted and not stored.
  std::size_t notes() const {
    const std::lock_guard hold(mutex_);
    return notes_.size();
  }
  std::vector<journal::UnfinishedVolume> unfinished() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::UnfinishedVolume> volumes;
    for (const auto& [uuid, volume] : unfinished_) volumes.push_back(volume);
    return volumes;
  }
  void put(const journal::UnfinishedVolume& volume) override {
    write("journal:" + std::string(to_string(volume.state)), [&] { unfinished_[volume.uuid] = volume; });
  }
  void erase_unfinished(const std::string& uuid) override {
    write("journal:finished", [&] { unfinished_.erase(uuid); });
  }
  std::vector<journal::HeldGroupLock> group_locks() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::HeldGroupLock> locks;
    for (const auto& [token, lock] : group_locks_) locks.push_back(lock);
    return locks;
  }
  void put(const journal::HeldGroupLock& lock) override {
    write("journal:lock", [&] { group_locks_[lock.token] = lock; });
  }
  void erase_group_lock(const std::string& token) override {
    write("journal:unlock", [&] { group_locks_.erase(token); });
  }
  std::vector<journal::TakenGroup> taken_groups() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::TakenGroup> groups;
    for (const auto& [key, group] : taken_groups_) groups.push_back(group);
    return groups;
  }
  void put(const journal::TakenGroup& group) override {
    write("journal:taken", [&] { taken_groups_[{group.array, group.group}] = group; });
  }
  void erase_taken_group(const std::string& array, const std::string& group) override {
    write("journal:given back", [&] { taken_groups_.erase({array, group}); });
  }
  std::vector<journal::CachedVolume> volumes() override {
    const std::lock_guard hold(mutex_);
    std::vector<journal::CachedVolume> volumes;
    for (const auto& [key, volume] : volumes_) volumes.push_back(volume);
    return volumes;
  }
  void put(const journal::CachedVolume& volume) override {
    write("journal:volume", [&] { volumes_[{volume.array, volume.array_volume}] = volume; });
  }
  void erase_volume(const std::string& array, const std::string& array_volume) override {
    write("journal:forget", [&] { volumes_.erase({array, array_volume}); });
  }
  void replace_volumes(const std::string& array, const std::vector<journal::CachedVolume>& volumes) override {
    write("journal:replace", [&] {
      std::erase_if(volumes_, [&](const auto& each) { return each.first.first == array; });
      for (const journal::CachedVolume& each : volumes) volumes_[{each.array, each.array_volume}] = each;
    });
  }

 private:
  template <typename Effect>
  void write(const std::string& step, Effect effect) {
    as_step(steps_, step, [&] {
      const std::lock_guard hold(mutex_);
      if (!writable_) throw Error(ErrorKind::unavailable, "cannot write the journal: disk full");
      effect();
    });
  }

  Steps& steps_;
  mutable std::mutex mutex_;
  bool writable_ = true;
  std::map<std::string, journal::MountRecord> mounts_;
  std::set<std::pair<std::string, std::string>> notes_;  // uuid and mount id
  std::map<std::string, journal::UnfinishedVolume> unfinished_;
  std::map<std::string, journal::HeldGroupLock> group_locks_;
  std::map<std::pair<std::string, std::string>, journal::TakenGroup> taken_groups_;
  std::map<std::string, journal::KnownArray> arrays_;
  std::map<std::pair<std::string, std::string>, journal::CachedVolume> volumes_;
};

}  // namespace hpe3par::test
